import type { Agent, Dispatcher } from 'undici';
import { systemCodeOf, VideoError } from '../../base/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { isHttpUrl, parseMirrorUrl, type MirrorUrl } from '../../protocol/mirror-url.ts';

type Answer = Dispatcher.ResponseData;
export type MirrorHeaders = Answer['headers'];

/** The answer at the end of the redirects, and the way there. Whoever does not read its body destroys it. */
export interface MirrorAnswer {
  readonly status: number;
  readonly headers: MirrorHeaders;
  readonly body: Answer['body'];
  readonly place: MirrorUrl;
  /** Heads of the redirects, in order. */
  readonly redirects: readonly { readonly url: URL; readonly headers: MirrorHeaders }[];
}

export interface MirrorRequest {
  /** Name in errors. */
  readonly source: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * `GET`, following redirects between HTTP and HTTPS. User and password go no further than the origin they are for.
 *
 * @throws VideoError `source_unreachable`; `source_protocol` for redirects that go round, nowhere, or on for too long;
 * or the signal's reason
 */
export async function requestMirror(agent: Agent, from: MirrorUrl, { source, headers, signal }: MirrorRequest): Promise<MirrorAnswer> {
  const redirects: { url: URL; headers: MirrorHeaders }[] = [];
  const seen = new Set<string>();
  for (let place = from; ; ) {
    if (seen.has(place.url.href)) throw protocolError(source, 'redirects in a circle');
    if (redirects.length > limits.mirrorRedirects) throw protocolError(source, `more than ${limits.mirrorRedirects} redirects`);
    seen.add(place.url.href);
    const answer = await ask(agent, place, { source, headers: headers ?? {}, signal });
    const { statusCode: status, body } = answer;
    if (!REDIRECTS.has(status)) return { status, headers: answer.headers, body, place, redirects };
    body.destroy();
    redirects.push({ url: place.url, headers: answer.headers });
    place = nextPlace(place, fieldOf(answer.headers, 'location'), source);
  }
}

/** A field's value; of repeated ones, joined as RFC 9110 §5.3 allows. */
export function fieldOf(headers: MirrorHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** What undici throws, with a code of ours; an abort travels as the signal's reason. */
export function toSourceError(error: unknown, source: string, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof VideoError) return error;
  const { name, message, cause } = error as Error;
  if (name === 'HTTPParserError') return new VideoError('source_protocol', { source, reason: 'not HTTP' }, { cause: error });
  return new VideoError('source_unreachable', { source, reason: systemCodeOf(cause) ?? systemCodeOf(error) ?? message }, { cause: error });
}

export function protocolError(source: string, reason: string): VideoError<'source_protocol'> {
  return new VideoError('source_protocol', { source, reason });
}

async function ask(agent: Agent, { url, authorization }: MirrorUrl, request: Required<MirrorRequest>): Promise<Answer> {
  const { source, headers, signal } = request;
  signal.throwIfAborted();
  try {
    const answer = await agent.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'GET',
      headers: { 'accept-encoding': 'identity', 'user-agent': 'videocliente', ...(authorization && { authorization }), ...headers },
      signal,
    });
    // A body that is destroyed before its end calls that an error; who reads it is told by the iteration.
    answer.body.on('error', () => undefined);
    return answer;
  } catch (error) {
    throw toSourceError(error, source, signal);
  }
}

function nextPlace({ url, authorization }: MirrorUrl, location: string | undefined, source: string): MirrorUrl {
  const target = location !== undefined && URL.canParse(location, url.href) ? new URL(location, url.href).href : undefined;
  if (target === undefined || !isHttpUrl(target)) throw protocolError(source, `redirect to ${location ?? 'nowhere'}`);
  const next = parseMirrorUrl(target);
  return next.authorization === undefined && next.url.origin === url.origin ? { url: next.url, authorization } : next;
}
