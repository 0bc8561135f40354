import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { createORPCClient, ORPCError } from '@orpc/client';
import { ResponseValidationPlugin } from '@orpc/contract/plugins';
import { StandardOpenAPILink } from '@orpc/openapi-client/standard';
import { isVideoError, systemCodeOf, VideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { controlContract, type ControlClient } from '../../protocol/control.ts';
import { isWireErrorCode, parseWireFacts, type WireError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { requestJson, type JsonResponse } from './json-request.ts';

export interface ControlClientOptions {
  /** Proves that this program belongs to the system; needed by secondaries when the central is not on loopback. */
  readonly secret?: string | undefined;
  /** Who vouches for a central of HTTPS, in PEM; without it, those that Node trusts. */
  readonly ca?: string | undefined;
  readonly timeoutMs?: number;
  readonly log: Log;
}

export interface ControlConnection extends AsyncDisposable {
  readonly client: ControlClient;
}

type Sender = ConstructorParameters<typeof StandardOpenAPILink>[1];
type ControlRequest = Parameters<Sender['call']>[0];

/**
 * A typed client of the central. Of several addresses the one that answered last is asked first, the others when it does
 * not answer. Answers are validated against the contract; errors arrive as the `VideoError` that the central threw.
 *
 * @throws VideoError from every call: what the central says; `central_unreachable` when none answers; `central_untrusted` when its
 * certificate is not to be believed; `central_failed`
 * when the answer is not the contract's; or the signal's reason
 */
export function createControlClient(urls: readonly string[], options: ControlClientOptions): ControlConnection {
  const { secret, ca, timeoutMs = limits.requestTimeoutMs, log } = options;
  const agents = { 'http:': new Agent({ keepAlive: true }), 'https:': new TlsAgent({ keepAlive: true }) };
  let preferred = 0;

  const sendTo = (base: string, { url: { pathname, search }, method, headers, body, signal }: ControlRequest): Promise<JsonResponse> => {
    const url = new URL(pathname + search, base);
    return requestJson({
      url,
      method,
      headers: { ...headers, ...(secret !== undefined && { authorization: `Bearer ${secret}` }) },
      body,
      agent: agents[url.protocol as keyof typeof agents],
      ca,
      timeoutMs,
      maxBytes: limits.bodyMaxBytes,
      signal,
    });
  };

  const sender: Sender = {
    async call(request) {
      let failure: unknown;
      for (let tried = 0; tried < urls.length; tried += 1) {
        const index = (preferred + tried) % urls.length;
        try {
          const { status, headers, body } = await sendTo(urls[index]!, request);
          preferred = index;
          return { status, headers, body: async () => body };
        } catch (error) {
          request.signal?.throwIfAborted();
          log.debug('request.failed', { operation: `${request.method} ${urls[index]}`, reason: systemCodeOf(error) ?? String(error) });
          failure = error;
        }
      }
      if (isDistrust(failure)) throw new VideoError('central_untrusted', { address: urls.join(', '), reason: systemCodeOf(failure)! }, { cause: failure });
      throw new VideoError('central_unreachable', { address: urls.join(', ') }, { cause: failure });
    },
  };

  const link = new StandardOpenAPILink(controlContract, sender, {
    url: urls[0]!,
    customErrorResponseBodyDecoder: (body, { status }) => {
      const { code, message, details } = (body ?? {}) as Partial<WireError>;
      return new ORPCError<string, object>(code ?? 'UNKNOWN', { status, message: message ?? '', data: details ?? {} });
    },
    plugins: [new ResponseValidationPlugin(controlContract)],
    interceptors: [
      async call => {
        try {
          return await call.next();
        } catch (error) {
          call.signal?.throwIfAborted();
          throw toVideoError(error, urls[preferred]!);
        }
      },
    ],
  });
  return {
    client: createORPCClient(link),
    async [Symbol.asyncDispose]() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** What OpenSSL and Node call a certificate that they do not believe. */
function isDistrust(error: unknown): boolean {
  return /CERT|SELF_SIGNED|ISSUER|^ERR_TLS_/.test(systemCodeOf(error) ?? '');
}

function toVideoError(error: unknown, address: string): VideoError {
  if (isVideoError(error)) return error;
  if (error instanceof ORPCError && isWireErrorCode(error.code)) {
    const facts = parseWireFacts(error.code, error.data);
    if (facts) return new VideoError(error.code, facts);
  }
  const status = error instanceof ORPCError ? error.status : 200;
  return new VideoError('central_failed', { address, status }, { cause: error });
}
