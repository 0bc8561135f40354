import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { createORPCClient, ORPCError } from '@orpc/client';
import { ResponseValidationPlugin } from '@orpc/contract/plugins';
import { StandardOpenAPILink } from '@orpc/openapi-client/standard';
import { systemClock } from '../../base/clock.ts';
import { isVideoError, systemCodeOf, VideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { controlContract, type ControlClient } from '../../protocol/control.ts';
import { isRepeatable } from '../../protocol/control-routes.ts';
import { isWireErrorCode, parseWireFacts, type WireError } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { openCentralDirectory } from '../central-directory/open.ts';
import { CentralFailover } from './central-failover.ts';
import { isDistrust } from './distrust.ts';
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
 * A typed client of the central, which is at one of these places: addresses, or where to look them up
 * (`openCentralDirectory`). The one that answered last is asked first, the others when it does not answer. Answers are
 * validated against the contract; errors arrive as the `VideoError` that the central threw.
 *
 * @throws VideoError from every call: what the central says; `central_unreachable` when none answers,
 * `central_not_in_dns` and `central_not_announced` when none is found; `outcome_unknown` when one fell silent over a change; `central_untrusted` when its certificate is not to be
 * believed; `central_failed` when the answer is not the contract's; or the signal's reason
 */
export function createControlClient(places: readonly string[], options: ControlClientOptions): ControlConnection {
  const { secret, ca, timeoutMs = limits.requestTimeoutMs, log } = options;
  const agents = { 'http:': new Agent({ keepAlive: true }), 'https:': new TlsAgent({ keepAlive: true }) };
  // Who names an authority wants HTTPS wherever a central is found.
  const urlAt = (base: string, target: string) => new URL(target, ca === undefined ? base : base.replace(/^http:/, 'https:'));

  const sendTo = (base: string, { url: { pathname, search }, method, headers, body, signal }: ControlRequest, mayRepeat: boolean): Promise<JsonResponse> => {
    const url = urlAt(base, pathname + search);
    return requestJson({
      url,
      method,
      headers: { ...headers, ...(secret !== undefined && { authorization: `Bearer ${secret}` }) },
      body,
      // Of a connection that closes as it is used again nobody knows whether the request was read.
      agent: mayRepeat && agents[url.protocol as keyof typeof agents],
      ca,
      timeoutMs,
      maxBytes: limits.bodyMaxBytes,
      signal,
    });
  };

  const failover = new CentralFailover({
    directory: openCentralDirectory(places),
    clock: systemClock,
    // Whatever it answers: who refuses a stranger lives as well.
    isAlive: (base, signal) =>
      requestJson({ url: urlAt(base, '/health'), method: 'GET', agent: false, ca, timeoutMs: limits.centralCheckMs, maxBytes: limits.bodyMaxBytes, signal }).then(
        () => true,
        () => false,
      ),
    onFailure: (base, error) => log.debug('request.failed', { operation: base, reason: systemCodeOf(error) ?? String(error) }),
  });
  const sender: Sender = {
    async call(request) {
      const mayRepeat = isRepeatable(request.method, request.url.pathname);
      try {
        const { status, headers, body } = await failover.call((base, signal) => sendTo(base, { ...request, signal }, mayRepeat), {
          isRepeatable: mayRepeat,
          signal: request.signal,
        });
        return { status, headers, body: async () => body };
      } catch (error) {
        throw isVideoError(error, 'central_unreachable') && isDistrust(error.cause)
          ? new VideoError('central_untrusted', { address: error.facts.address, reason: systemCodeOf(error.cause)! }, { cause: error.cause })
          : error;
      }
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
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
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
