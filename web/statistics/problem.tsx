import { useSpeech } from '../language.ts';
import { sentenceOf } from '../problem.ts';
import { Notice } from '../ui/notice.tsx';

/** In the place of numbers that did not come. */
export function Problem({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const { text } = useSpeech();
  return (
    <Notice title={text.errors.title} text={sentenceOf(error, text)} tone="danger">
      <button class="button" type="button" onClick={onRetry}>{text.actions.retry}</button>
    </Notice>
  );
}
