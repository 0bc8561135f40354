import { useRef, useState } from 'preact/hooks';
import { mayBeRemuxed } from '../../lib/domain/remux.ts';
import { streamUrl, type ListedVideo } from '../api.ts';
import { useSpeech } from '../language.ts';
import { lazy } from '../lazy.tsx';
import { isPlayable } from '../library/poster.tsx';
import { findRefusal } from '../refusal.ts';
import { askForSecret } from '../secret.ts';
import { Notice } from '../ui/notice.tsx';
import type { Place, PlayFailure } from './player.tsx';

const Player = lazy(async () => (await import('./player.tsx')).Player);

type Form = 'file' | 'remuxed' | 'none';
type Failure = Exclude<PlayFailure, 'unknown_format'> | 'secret';

/** The player, or why there is none and what to do instead. */
export function Screen({ video: { id, name, title = name, contentType, durationMs, width, height, available } }: { readonly video: ListedVideo }) {
  const { text } = useSpeech();
  const [attempts, setAttempts] = useState(0);
  const otherForm: Form = mayBeRemuxed(contentType) ? 'remuxed' : 'none';
  const [form, setForm] = useState<Form>(isPlayable(contentType) ? 'file' : otherForm);
  const [failure, setFailure] = useState<Failure>();
  // A player has something to play when nobody is there for a moment.
  const hasBegun = useRef(false);
  hasBegun.current ||= available.length > 0;
  // Whoever gives a secret in the middle of a film, or asks for it again, goes on from there.
  const place = useRef<Place>({ atS: 0, isPlaying: false });
  const again = () => {
    setAttempts(count => count + 1);
    setFailure(undefined);
  };
  /** To the player, what is refused and what it cannot show look alike. */
  const explain = async (why: PlayFailure, left: Place) => {
    place.current = left;
    const refusal = await findRefusal(streamUrl(id));
    if (refusal === 'renewed') again();
    else if (refusal !== undefined) setFailure(refusal);
    else if (why === 'unknown_format') setForm(form === 'file' ? otherForm : 'none');
    else setFailure(why);
  };
  const giveSecret = async () => {
    if (await askForSecret({ isWrong: false, role: undefined })) again();
  };
  if (available.length === 0 && (!hasBegun.current || failure !== undefined)) {
    return <Notice title={text.watch.unavailableTitle} text={text.watch.unavailableText} icon="machine" />;
  }
  if (form === 'none') return <Notice title={text.watch.cannotPlayTitle} text={text.watch.cannotPlayText(contentType ?? text.watch.unknownKind)} icon="film" />;
  if (failure !== undefined) {
    const told = {
      busy: { title: text.watch.busyTitle, sentence: text.watch.busyText, action: text.actions.retry, act: again },
      broken: { title: text.watch.failedTitle, sentence: text.watch.failedText, action: text.actions.retry, act: again },
      secret: { title: text.secret.title, sentence: text.secret.sessionText, action: text.secret.give, act: giveSecret },
    }[failure];
    return (
      <Notice title={told.title} text={told.sentence} tone="danger">
        <button class="button" type="button" onClick={() => void told.act()}>{told.action}</button>
      </Notice>
    );
  }
  return (
    <div>
      <div class="screen"><Player key={`${form} ${attempts}`} id={id} form={form} durationMs={durationMs} title={title} ratio={width && height ? `${width} / ${height}` : '16 / 9'} from={place.current} onFailed={(why, left) => void explain(why, left)} /></div>
      {form === 'remuxed' && <p class="screen-note">{text.watch.remuxed}</p>}
    </div>
  );
}
