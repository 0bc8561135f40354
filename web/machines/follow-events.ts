import { limits } from '../../lib/protocol/limits.ts';
import { ServerEventReader, type ServerEvent } from './server-events.ts';

const LONGEST_WAIT_MS = 30_000;

export type FollowState =
  | { readonly state: 'connecting' | 'live' }
  /** Before the next time; without an error the stream just ended. */
  | { readonly state: 'waiting'; readonly error: unknown }
  | { readonly state: 'refused'; readonly error: unknown };

export interface Following {
  /** The text of a stream of what came after that event; without one, of all that is kept. */
  open(lastId: string): AsyncIterable<string>;
  /** Whether it makes no sense to ask again. */
  isRefusal(error: unknown): boolean;
  /** Resolves early when nobody follows any more. */
  wait(waitMs: number): Promise<void>;
  onEvents(events: readonly ServerEvent[]): void;
  onState(state: FollowState): void;
}

/** Comes back, later each time, whenever the stream ends. Resolves when it was refused, or when nobody follows any more. */
export async function followEvents({ open, isRefusal, wait, onEvents, onState }: Following, { lastId: firstId, signal }: { readonly lastId: string; readonly signal: AbortSignal }): Promise<void> {
  let lastId = firstId;
  let retryMs: number = limits.eventRetryMs;
  let failures = 0;
  onState({ state: 'connecting' });
  while (!signal.aborted) {
    const reader = new ServerEventReader(lastId);
    let problem: unknown;
    try {
      for await (const text of open(lastId)) {
        if (signal.aborted) return;
        failures = 0;
        onState({ state: 'live' });
        const events = reader.push(text);
        ({ lastId, retryMs = retryMs } = reader);
        if (events.length > 0) onEvents(events);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (isRefusal(error)) return onState({ state: 'refused', error });
      problem = error;
    }
    if (signal.aborted) return;
    onState({ state: 'waiting', error: problem });
    await wait(backOffMs(retryMs, failures));
    failures += 1;
  }
}

function backOffMs(retryMs: number, failures: number): number {
  return Math.min(LONGEST_WAIT_MS, retryMs * 2 ** failures);
}
