import { useState } from 'preact/hooks';
import { streamUrl, type ListedVideo } from '../api.ts';
import { useSpeech } from '../language.ts';
import { lazy } from '../lazy.tsx';
import { isPlayable } from '../library/poster.tsx';
import { findRefusal } from '../refusal.ts';
import { askForSecret } from '../secret.ts';
import { Notice } from '../ui/notice.tsx';

const Player = lazy(async () => (await import('./player.tsx')).Player);

/** The player, or why there is none and what to do instead. */
export function Screen({ video: { id, name, title = name, contentType, width, height, available } }: { readonly video: ListedVideo }) {
  const { text } = useSpeech();
  const [failures, setFailures] = useState(0);
  const [failure, setFailure] = useState<'unknown_format' | 'broken' | 'secret'>();
  const again = () => {
    setFailures(count => count + 1);
    setFailure(undefined);
  };
  const src = streamUrl(id);
  /** To the player, what is refused and what it cannot show look alike. */
  const explain = async (why: 'unknown_format' | 'broken') => {
    const refusal = await findRefusal(src);
    if (refusal === 'renewed') again();
    else setFailure(refusal ?? why);
  };
  const giveSecret = async () => {
    if (await askForSecret({ isWrong: false, role: undefined })) again();
  };
  if (available.length === 0) return <Notice title={text.watch.unavailableTitle} text={text.watch.unavailableText} icon="machine" />;
  if (!isPlayable(contentType) || failure === 'unknown_format') {
    return <Notice title={text.watch.cannotPlayTitle} text={text.watch.cannotPlayText(contentType ?? text.watch.unknownKind)} icon="film" />;
  }
  if (failure === 'secret') {
    return (
      <Notice title={text.secret.title} text={text.secret.sessionText} tone="danger">
        <button class="button" type="button" onClick={() => void giveSecret()}>{text.secret.give}</button>
      </Notice>
    );
  }
  if (failure === 'broken') {
    return (
      <Notice title={text.watch.failedTitle} text={text.watch.failedText} tone="danger">
        <button class="button" type="button" onClick={again}>{text.actions.retry}</button>
      </Notice>
    );
  }
  return <div class="screen"><Player key={failures} src={src} title={title} ratio={width && height ? `${width} / ${height}` : '16 / 9'} onFailed={why => void explain(why)} /></div>;
}
