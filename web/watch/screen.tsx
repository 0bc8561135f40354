import { useRef, useState } from 'preact/hooks';
import { mayBeRemuxed } from '../../lib/domain/remux.ts';
import type { ListedVideo } from '../api.ts';
import { useSpeech } from '../language.ts';
import { lazy } from '../lazy.tsx';
import { isPlayable } from '../library/poster.tsx';
import { Notice } from '../ui/notice.tsx';
import type { PlayFailure } from './player.tsx';

const Player = lazy(async () => (await import('./player.tsx')).Player);

type Form = 'file' | 'remuxed' | 'none';

/** The player, or why there is none and what to do instead. */
export function Screen({ video: { id, name, title = name, contentType, durationMs, width, height, available } }: { readonly video: ListedVideo }) {
  const { text } = useSpeech();
  const [attempts, setAttempts] = useState(0);
  const otherForm: Form = mayBeRemuxed(contentType) ? 'remuxed' : 'none';
  const [form, setForm] = useState<Form>(isPlayable(contentType) ? 'file' : otherForm);
  const [failure, setFailure] = useState<Exclude<PlayFailure, 'unknown_format'>>();
  // A player has something to play when nobody is there for a moment.
  const hasBegun = useRef(false);
  hasBegun.current ||= available.length > 0;
  if (available.length === 0 && (!hasBegun.current || failure !== undefined)) {
    return <Notice title={text.watch.unavailableTitle} text={text.watch.unavailableText} icon="machine" />;
  }
  if (form === 'none') return <Notice title={text.watch.cannotPlayTitle} text={text.watch.cannotPlayText(contentType ?? text.watch.unknownKind)} icon="film" />;
  if (failure !== undefined) {
    const again = () => {
      setAttempts(attempts + 1);
      setFailure(undefined);
    };
    const [title, sentence] = failure === 'busy' ? [text.watch.busyTitle, text.watch.busyText] : [text.watch.failedTitle, text.watch.failedText];
    return (
      <Notice title={title} text={sentence} tone="danger">
        <button class="button" type="button" onClick={again}>{text.actions.retry}</button>
      </Notice>
    );
  }
  const onFailed = (why: PlayFailure) => {
    if (why === 'unknown_format') setForm(form === 'file' ? otherForm : 'none');
    else setFailure(why);
  };
  return (
    <div>
      <div class="screen"><Player key={`${form} ${attempts}`} id={id} form={form} durationMs={durationMs} title={title} ratio={width && height ? `${width} / ${height}` : '16 / 9'} onFailed={onFailed} /></div>
      {form === 'remuxed' && <p class="screen-note">{text.watch.remuxed}</p>}
    </div>
  );
}
