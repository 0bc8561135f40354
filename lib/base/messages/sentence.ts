import type { VideoError } from '../errors.ts';
import type { EventFields, EventName } from '../events.ts';
import { printable } from '../printable.ts';
import type { Messages } from './index.ts';

/** What happened and what to do next, in one line that is safe to show. */
export function errorSentence(messages: Messages, error: VideoError): string {
  const write = messages.errors[error.code] as (facts: VideoError['facts']) => string;
  return printable(write(error.facts));
}

/** An event as one line that is safe to show. */
export function eventSentence<E extends EventName>(messages: Messages, event: E, fields: EventFields[E]): string {
  return printable(messages.events[event](fields));
}
