import type { Messages } from '../base/messages/index.ts';
import type { ToldEvent } from '../domain/event-feed.ts';

/** Server-Sent Events, as WHATWG's HTML describes them (§9.2): what `EventSource` of browsers reads. */
export const EVENT_STREAM_TYPE = 'text/event-stream; charset=utf-8';

export const EVENTS_PATH = '/events';

/** Says nothing; whoever stands between does not take the silence for an end. */
export const KEEP_ALIVE = ':\n\n';

/** How long to wait before coming back when the stream ends. */
export function formatRetry(ms: number): string {
  return `retry: ${ms}\n\n`;
}

export function formatEvent({ id, atMs, level, event, sentence }: ToldEvent, messages: Messages): string {
  return `id: ${id}\ndata: ${JSON.stringify({ atMs, level, event, sentence: sentence(messages) })}\n\n`;
}
