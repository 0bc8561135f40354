import { Agent } from 'node:http';
import { createORPCClient, ORPCError } from '@orpc/client';
import { ResponseValidationPlugin } from '@orpc/contract/plugins';
import { StandardOpenAPILink } from '@orpc/openapi-client/standard';
import { systemClock } from '../../base/clock.ts';
import { isVideoError, systemCodeOf, VideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { controlContract, type ControlClient } from '../../protocol/control.ts';
import { isWireErrorCode, parseWireFacts, type WireError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { openCentralDirectory } from '../central-directory/open.ts';
import { CentralFailover } from './central-failover.ts';
import { requestJson, type JsonResponse } from './json-request.ts';

export interface ControlClientOptions {
  /** Proves that this program belongs to the system; needed by secondaries when the central is not on loopback. */
  readonly secret?: string | undefined;
  readonly timeoutMs?: number;
  readonly log: Log;
}

export interface ControlConnection extends AsyncDisposable {
  readonly client: ControlClient;
}

type Sender = ConstructorParameters<typeof StandardOpenAPILink>[1];
type ControlRequest = Parameters<Sender['call']>[0];

/**
 * A typed client of the central, which is at one of these places: addresses, or where to look them up
 * (`openCentralDirectory`). The one that answered last is asked first, the others when it does not answer. Answers are
 * validated against the contract; errors arrive as the `VideoError` that the central threw.
 *
 * @throws VideoError from every call: what the central says; `central_unreachable` when none answers,
 * `central_not_in_dns` and `central_not_announced` when none is found; `central_failed` when the answer is not the
 * contract's; or the signal's reason
 */
export function createControlClient(places: readonly string[], options: ControlClientOptions): ControlConnection {
  const { secret, timeoutMs = limits.requestTimeoutMs, log } = options;
  const agent = new Agent({ keepAlive: true });

  const sendTo = (base: string, { url, method, headers, body, signal }: ControlRequest): Promise<JsonResponse> =>
    requestJson({
      url: new URL(url.pathname + url.search, base),
      method,
      headers: { ...headers, ...(secret !== undefined && { authorization: `Bearer ${secret}` }) },
      body,
      agent,
      timeoutMs,
      maxBytes: limits.bodyMaxBytes,
      signal,
    });

  const failover = new CentralFailover({
    directory: openCentralDirectory(places),
    clock: systemClock,
    isAlive,
    onFailure: (base, error) => log.debug('request.failed', { operation: base, reason: systemCodeOf(error) ?? String(error) }),
  });
  const sender: Sender = {
    async call(request) {
      const { status, headers, body } = await failover.call((base, signal) => sendTo(base, { ...request, signal }), request.signal);
      return { status, headers, body: async () => body };
    },
  };

  const link = new StandardOpenAPILink(controlContract, sender, {
    // Of its requests only the path counts.
    url: 'http://central',
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
          throw toVideoError(error, failover.address);
        }
      },
    ],
  });
  return {
    client: createORPCClient(link),
    async [Symbol.asyncDispose]() {
      agent.destroy();
    },
  };
}

/** Whatever it answers: who refuses a stranger lives as well. */
async function isAlive(base: string, signal: AbortSignal): Promise<boolean> {
  const request = { url: new URL('/health', base), method: 'GET', agent: false, timeoutMs: limits.centralCheckMs, maxBytes: limits.bodyMaxBytes, signal } as const;
  return requestJson(request).then(() => true, () => false);
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
