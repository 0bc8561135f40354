import { limits } from '../../lib/protocol/limits.ts';
import { request } from '../api.ts';
import type { Language } from '../languages.ts';

/** The central says at least that it is there: who hears nothing for so long is cut off. */
const SILENT_MS = 3 * limits.eventKeepAliveMs;

/** `/events` as it comes. `EventSource` could not send the secret. */
export async function* eventsText(language: Language, lastId: string, signal: AbortSignal): AsyncGenerator<string, void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENT_MS);
  try {
    const response = await request('GET', '/events', {
      query: { idioma: language },
      headers: lastId === '' ? {} : { 'last-event-id': lastId },
      signal: AbortSignal.any([signal, silence.signal]),
    });
    // Not every browser iterates over a stream.
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENT_MS);
      yield value;
    }
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}
