import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { ORPCError } from '@orpc/server';
import { isVideoError, systemCodeOf, toVideoError, VideoError } from '../../base/errors.ts';
import { messagesIn } from '../../base/messages/index.ts';
import { errorSentence } from '../../base/messages/sentence.ts';
import type { Log } from '../../base/log.ts';
import { isWireErrorCode, wireErrors, type WireError } from '../../protocol/errors.ts';

/** For who reads the wire; programs tell their own sentence in their reader's language. */
const english = messagesIn('en');

export interface WireAnswer {
  readonly status: number;
  readonly body: WireError;
}

/** What an error becomes outside: its status and `{code, message, details}`. */
export function wireErrorOf(error: VideoError): WireAnswer {
  const { code, facts } = error;
  const status = isWireErrorCode(code) ? wireErrors[code].status : 500;
  return { status, body: { code, message: errorSentence(english, error), details: facts } };
}

/**
 * Whatever went wrong with a request, as others may know it. What is no fault of theirs goes to the log, and nothing of
 * it outside.
 */
export function toWireError(error: unknown, operation: string, log: Log): VideoError {
  const refused = refusalOf(error);
  if (refused !== undefined) return new VideoError('invalid_request', { reason: refused });
  const known = toVideoError(error);
  if (isVideoError(known, 'catalog_unavailable')) {
    log.error('request.failed', { operation, reason: `${known.message} ${String(known.cause ?? '')}` });
    // The kind of it, `sqlite:`, and no more: an address may be a path of this machine, or hold a password.
    return new VideoError('catalog_unavailable', { url: known.facts.url.replace(/(?<=:).*$/s, '') });
  }
  if (isWireErrorCode(known.code) && known.code !== 'internal') return known;
  // Who stops a central does not need to hear what that cut short.
  if (known.code !== 'cancelled') log.error('request.failed', { operation, reason: known.message });
  return new VideoError('internal', { reason: 'see the log of the central' });
}

/** The same, as errors travel inside oRPC. */
export function toOrpcError(error: VideoError): ORPCError<string, object> {
  const { status, body } = wireErrorOf(error);
  return new ORPCError(body.code, { status, message: body.message, data: body.details });
}

/** Answers what never became a request: no HTTP, headers too long, a sender too slow. */
export function refuseConnection(error: Error, socket: Duplex): void {
  const code = systemCodeOf(error);
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, body } = wireErrorOf(new VideoError('invalid_request', { reason: code ?? 'no HTTP' }));
  const content = JSON.stringify(body);
  const fields = ['connection: close', 'content-type: application/json', `content-length: ${Buffer.byteLength(content)}`];
  socket.end([`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...fields, '', content].join('\r\n'), () => socket.destroy());
}

/** Why the request itself is wrong; undefined when it is not. */
function refusalOf(error: unknown): string | undefined {
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') return reasonOf(error);
  const { statusCode } = error as { readonly statusCode?: number };
  if (statusCode !== undefined && statusCode < 500) return (error as Error).message;
  return undefined;
}

/** `limit: Too small: expected number to be >=1`, of a validation that failed. */
function reasonOf(error: ORPCError<string, unknown>): string {
  const issues = (error.data as { issues?: readonly { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] }[] } | undefined)?.issues;
  const issue = issues?.[0];
  if (!issue) return error.message;
  const path = (issue.path ?? []).map(key => String(typeof key === 'object' ? key.key : key)).join('.');
  return path ? `${path}: ${issue.message}` : issue.message;
}
