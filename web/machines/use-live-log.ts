import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, getOtherSecret, isSecretNeeded } from '../api.ts';
import { useSpeech } from '../language.ts';
import { keptSecret } from '../secret.ts';
import { addEvents, emptyLog, pauseLog, resumeLog, type EventLog } from './event-log.ts';
import { eventsText } from './events-text.ts';
import { followEvents, type FollowState } from './follow-events.ts';

/** Answers that stay the same however often one asks. */
const REFUSALS: ReadonlySet<string> = new Set(['unauthorized', 'role_required', 'forbidden', 'not_found', 'invalid_request', 'method_not_allowed']);

export interface LiveLog {
  readonly log: EventLog;
  readonly following: FollowState;
  readonly pause: () => void;
  readonly resume: () => void;
  /** After a refusal; where a secret is needed it asks for one. */
  readonly again: () => Promise<void>;
}

/** What the central tells, in the language of the page, while the page is seen. */
export function useLiveLog(): LiveLog {
  const { language } = useSpeech();
  const [log, setLog] = useState(emptyLog);
  const [following, setFollowing] = useState<FollowState>({ state: 'connecting' });
  const [round, setRound] = useState(0);
  const lastId = useRef('');
  const used = useRef<string | undefined>(undefined);
  useEffect(() => {
    setLog(emptyLog);
    lastId.current = '';
  }, [language]);
  useEffect(() => {
    let leaving = new AbortController();
    const look = () => {
      leaving.abort();
      if (document.hidden) return;
      leaving = new AbortController();
      used.current = keptSecret();
      void follow(leaving.signal);
    };
    const follow = (signal: AbortSignal) =>
      followEvents(
        {
          open: after => eventsText(language, after, signal),
          isRefusal: error => error instanceof ApiError && REFUSALS.has(error.code),
          wait: waitMs => waitFor(waitMs, signal),
          onEvents: events => {
            lastId.current = events.at(-1)!.id;
            setLog(log => addEvents(log, events));
          },
          onState: setFollowing,
        },
        { lastId: lastId.current, signal },
      );
    document.addEventListener('visibilitychange', look);
    look();
    return () => {
      leaving.abort();
      document.removeEventListener('visibilitychange', look);
    };
  }, [language, round]);
  const again = async () => {
    if (following.state === 'refused' && isSecretNeeded(following.error) && !(await getOtherSecret(following.error, used.current))) return;
    setRound(round => round + 1);
  };
  return { log, following, pause: () => setLog(pauseLog), resume: () => setLog(resumeLog), again };
}

function waitFor(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, waitMs);
    signal.addEventListener('abort', end);
  });
}
