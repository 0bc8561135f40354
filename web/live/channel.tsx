import { useEffect, useState } from 'preact/hooks';
import { printable } from '../../lib/base/printable.ts';
import { api, type ListedChannel } from '../api.ts';
import { formatSpan } from '../format.ts';
import { useSpeech } from '../language.ts';
import { lazy } from '../lazy.tsx';
import { formatRoute } from '../route.ts';
import { askForSecret } from '../secret.ts';
import { Icon } from '../ui/icons.tsx';
import { Notice } from '../ui/notice.tsx';
import { useRepeated } from '../use-repeated.ts';
import { findObstacle, type Obstacle } from './obstacle.ts';

const LivePlayer = lazy(async () => (await import('./live-player.tsx')).LivePlayer);

const EVERY_MS = 3000;
/** Between a channel that stopped and the next try. */
const RETRY_MS = 2000;

/** A channel, as it is on the air; when it stops, why, and on with it when it comes back. */
export function Channel({ id }: { readonly id: string }) {
  const { text } = useSpeech();
  const { value } = useRepeated(async signal => (await api.channels({ signal })).channels.find(channel => channel.id === id), EVERY_MS);
  // What it was called is still known when it is gone.
  const [known, setKnown] = useState<ListedChannel>();
  useEffect(() => {
    if (value) setKnown(value);
  }, [value]);
  const name = known ? printable(known.name) : text.live.title;
  return (
    <div class="watch-view">
      <a class="back" href={formatRoute({ view: 'live' })}><Icon name="back" />{text.live.title}</a>
      <article class="watch">
        <LiveScreen id={id} title={name} />
        <div class="watch-head">
          <h1>{name}</h1>
          {value && <ChannelFacts channel={value} />}
        </div>
      </article>
    </div>
  );
}

function ChannelFacts({ channel: { channel, viewers, sinceMs } }: { readonly channel: ListedChannel }) {
  const { text, language } = useSpeech();
  return (
    <p class="live-facts">
      <span class="state state-live">{text.live.onAir}</span>
      <span>{text.live.facts(channel, viewers)} · {text.live.forSpan(formatSpan(Date.now() - sinceMs, language))}</span>
    </p>
  );
}

function LiveScreen({ id, title }: { readonly id: string; readonly title: string }) {
  const { text } = useSpeech();
  const [obstacle, setObstacle] = useState<Obstacle>();
  const [attempt, setAttempt] = useState(0);
  const [isPlaying, setIsPlaying] = useState(false);
  /** Plays it again when there is something to play. */
  const look = async () => {
    const found = await findObstacle(id);
    setIsPlaying(false);
    setObstacle(found === 'none' || found === 'soon' ? undefined : found);
    setAttempt(count => count + 1);
  };
  /** What the central gives and this browser does not play is not tried again at once. */
  const stop = (why: 'impossible' | 'stopped') => {
    if (why === 'impossible') setObstacle(why);
    else if (isPlaying) void look();
    else void findObstacle(id).then(found => (found === 'soon' ? setAttempt(count => count + 1) : setObstacle(found === 'none' ? 'broken' : found)));
  };
  useEffect(() => {
    if (obstacle === undefined || obstacle === 'impossible' || obstacle === 'secret') return undefined;
    const timer = setInterval(() => void look(), RETRY_MS);
    return () => clearInterval(timer);
  }, [obstacle]);
  if (obstacle === undefined) {
    return (
      <div>
        <div class="screen"><LivePlayer key={attempt} id={id} title={title} onPlaying={() => setIsPlaying(true)} onStopped={stop} /></div>
        <p class="screen-note" role="status">{isPlaying ? '' : text.live.connecting}</p>
      </div>
    );
  }
  if (obstacle === 'secret') {
    const give = async () => {
      if (await askForSecret({ isWrong: false, role: undefined })) await look();
    };
    return <Notice title={text.secret.title} text={text.secret.sessionText} tone="danger"><button class="button" type="button" onClick={() => void give()}>{text.secret.give}</button></Notice>;
  }
  const told = {
    ended: [text.live.endedTitle, text.live.endedText],
    full: [text.live.fullTitle, text.live.fullText],
    busy: [text.live.busyTitle, text.live.busyText],
    broken: [text.live.brokenTitle, text.live.brokenText],
    impossible: [text.live.impossibleTitle, text.live.impossibleText],
  } as const;
  const [heading, sentence] = told[obstacle];
  return <Notice title={heading} text={sentence} icon="live" />;
}
