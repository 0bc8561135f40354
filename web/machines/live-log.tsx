import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ApiError, isSecretNeeded } from '../api.ts';
import { formatDate, formatTime } from '../format.ts';
import { useSpeech } from '../language.ts';
import { sentenceOf } from '../problem.ts';
import { Icon } from '../ui/icons.tsx';
import type { LogLine } from './event-log.ts';
import { useLiveLog } from './use-live-log.ts';

/** Of the end: who is as near as that follows it. */
const NEAR_PX = 24;
const tones = { connecting: 'joining', live: 'up', waiting: 'suspect', paused: 'suspect', refused: 'down' } as const;

/** What happens at the central, as it tells it. Follows the newest line until the reader scrolls up. */
export function LiveLog() {
  const { text } = useSpeech();
  const { log, following, pause, resume, again } = useLiveLog();
  const [isReadAloud, setReadAloud] = useState(false);
  const shown = log.held ?? log.lines;
  const { scrolled, isAtEnd, toEnd, onScroll } = useEnd(shown);
  const state = following.state === 'live' && log.held ? 'paused' : following.state;
  return (
    <section class="panel">
      <div class="log-head">
        <h2 id="registro">{text.log.title}</h2>
        <span class={`state state-${tones[state]}`} role="status">{text.log.states[state]}</span>
        <div class="log-tools">
          {log.unseen > 0 && <span class="hint">{text.log.unseen(log.unseen)}</span>}
          {!isAtEnd && <button class="button button-small" type="button" onClick={toEnd}>{text.log.toEnd}</button>}
          {state !== 'refused' && <button class="button button-small" type="button" onClick={log.held ? resume : pause}>{log.held ? text.log.resume : text.log.pause}</button>}
        </div>
      </div>
      {following.state === 'refused' && (
        <div class="log-refused">
          <p class="hint">{isSecretNeeded(following.error) ? text.log.needsAdmin : sentenceOf(following.error, text)}</p>
          <button class="button button-small" type="button" onClick={() => void again()}>{isSecretNeeded(following.error) ? text.secret.give : text.actions.retry}</button>
        </div>
      )}
      {following.state === 'waiting' && isAnswer(following.error) && <p class="hint">{sentenceOf(following.error, text)}</p>}
      {(shown.length > 0 || following.state !== 'refused') && (
        <>
          <div class="log" role="log" aria-live={isReadAloud ? 'polite' : 'off'} aria-labelledby="registro" tabIndex={0} ref={scrolled} onScroll={onScroll}>
            {shown.length > 0 ? <ol>{shown.map(line => <Line key={line.id} line={line} />)}</ol> : <p class="hint">{following.state === 'live' ? text.log.empty : text.loading}</p>}
          </div>
          <label class="check"><input type="checkbox" checked={isReadAloud} onChange={event => setReadAloud(event.currentTarget.checked)} />{text.log.readAloud}</label>
        </>
      )}
    </section>
  );
}

/** Of a central that is there: the state alone would not tell why. */
function isAnswer(error: unknown): boolean {
  return error instanceof ApiError && error.code !== 'central_unreachable';
}

function Line({ line: { atMs, level, sentence } }: { readonly line: LogLine }) {
  const { text, language } = useSpeech();
  return (
    <li class={`log-line log-${level}`}>
      <time dateTime={new Date(atMs).toISOString()} title={formatDate(atMs, language)}>{formatTime(atMs, language)}</time>
      <span class="log-level">{(level === 'warn' || level === 'error') && <Icon name="warning" />}{text.log.levels[level]}</span>
      <span class="log-sentence">{sentence}</span>
    </li>
  );
}

/** Keeps the end of a list in sight for who is there. */
function useEnd(shown: readonly LogLine[]) {
  const scrolled = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const toEnd = () => {
    const { current } = scrolled;
    if (current) current.scrollTop = current.scrollHeight;
    setAtEnd(true);
  };
  useLayoutEffect(() => {
    if (isAtEnd) toEnd();
  }, [shown]);
  const onScroll = () => {
    const { scrollHeight, scrollTop, clientHeight } = scrolled.current!;
    setAtEnd(scrollHeight - scrollTop - clientHeight < NEAR_PX);
  };
  return { scrolled, isAtEnd, toEnd, onScroll };
}
