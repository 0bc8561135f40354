import { systemClock, type Clock } from '../../base/clock.ts';
import { CloseStack } from '../../base/close.ts';
import { VideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Random } from '../../base/random.ts';
import { LegacyMembership, type LegacyState, type LegacyTiming } from '../../domain/live/legacy-membership.ts';
import { legacyPorts, parseClientCount, parseClientList, type LegacyOperation } from '../../protocol/legacy.ts';
import { limits } from '../../protocol/limits.ts';
import { startLegacyReceiver } from './legacy-receiver.ts';
import { addressOf, askLegacyServer, type LegacyEndpoint } from './legacy-request.ts';

export interface LegacyTarget {
  readonly server: LegacyEndpoint;
  /** 0 to 9. */
  readonly channel: number;
  /** Who we are to the server; without one, the system's choice, and blocks are awaited at all addresses. */
  readonly localIp?: string | undefined;
  /** Where the server calls back: 9091 by the protocol. */
  readonly clientPort?: number;
}

export interface LegacyViewerOptions {
  /** Each block, whole, in order of arrival. */
  readonly onBlock: (bytes: Uint8Array) => void;
  /** Called when it changed. */
  readonly onState?: (state: LegacyState) => void;
  readonly log: Log;
  /** Ends the viewer as closing it does, without a word to the server. */
  readonly signal?: AbortSignal;
  readonly timing?: Partial<LegacyTiming>;
  readonly clock?: Clock;
  readonly random?: Random;
}

export interface LegacyViewer extends AsyncDisposable {
  /** Where the server calls back. */
  readonly port: number;
  readonly state: LegacyState;
  /** Does not wait for the next turn to ask for a place. */
  askNow(): void;
  /** @throws VideoError `channel_unreachable`, `source_protocol` */
  listClients(options?: { readonly signal?: AbortSignal }): Promise<readonly string[]>;
  /** @throws VideoError `channel_unreachable`, `source_protocol` */
  countClients(options?: { readonly signal?: AbortSignal }): Promise<number>;
  /** Wants no more blocks, and tells the server. @throws VideoError `channel_unreachable` when it could not be told */
  leave(options?: { readonly signal?: AbortSignal }): Promise<void>;
}

const timingByDefault: LegacyTiming = { answerMs: limits.legacyAnswerTimeoutMs, silentMs: limits.legacySilentMs, retry: { firstMs: 1000, maxMs: 8000 } };

/**
 * A viewer of the old protocol: asks for a place until it has one, and again when the server fell silent. Only what comes from the IP
 * of the server is believed.
 *
 * @throws VideoError `port_in_use`, `address_unavailable`, `listen_denied`
 */
export async function openLegacyViewer(
  { server, channel, localIp, clientPort = legacyPorts.client }: LegacyTarget,
  { onBlock, onState, log, signal, timing, clock = systemClock, random = Math.random }: LegacyViewerOptions,
): Promise<LegacyViewer> {
  signal?.throwIfAborted();
  const address = addressOf(server);
  const closing = new AbortController();
  let serverIp: string | undefined;
  const membership = new LegacyMembership({
    ask: join,
    onState: state => {
      tell(state);
      onState?.(state);
    },
    timing: { ...timingByDefault, ...timing },
    clock,
    random,
  });

  const stack = new CloseStack();
  const receiver = await startLegacyReceiver(
    { ip: localIp ?? (server.host.includes(':') ? '::' : '0.0.0.0'), port: clientPort },
    {
      isBelieved: ip => ip === serverIp,
      onAnswer: answer => membership.answered(answer),
      onBlock: bytes => {
        if (membership.heard()) onBlock(bytes);
      },
    },
  );
  stack.use(receiver);
  // What people give may be a name.
  const from = localIp === undefined ? undefined : receiver.address;
  stack.use(membership);
  stack.defer(() => closing.abort(new VideoError('cancelled', {})));
  const end = () => void stack[Symbol.asyncDispose]();
  signal?.addEventListener('abort', end, { once: true });
  stack.defer(() => signal?.removeEventListener('abort', end));
  membership.start();

  return {
    port: receiver.port,
    get state() {
      return membership.state;
    },
    askNow: () => membership.askNow(),
    listClients: async options => understood(parseClientList(await reply('list', options))),
    countClients: async options => understood(parseClientCount(await reply('count', options))),
    async leave(options) {
      await membership[Symbol.asyncDispose]();
      await reply('leave', options);
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };

  /** Who was reached answers by calling back, however it ends this connection. */
  async function join(asking: AbortSignal): Promise<void> {
    let isReached = false;
    const onReached = (ip: string) => {
      serverIp = ip;
      isReached = true;
    };
    try {
      await askLegacyServer(server, { operation: 'join', channel }, { localIp: from, onReached, signal: asking });
    } catch (error) {
      if (!isReached) throw error;
    }
  }

  function reply(operation: LegacyOperation, { signal: asking }: { readonly signal?: AbortSignal } = {}): Promise<string> {
    const ending = asking ? AbortSignal.any([asking, closing.signal]) : closing.signal;
    return askLegacyServer(server, { operation, channel }, { localIp: from, signal: ending });
  }

  function understood<T>(parsed: T | undefined): T {
    if (parsed === undefined) throw new VideoError('source_protocol', { source: address, reason: 'list or count' });
    return parsed;
  }

  function tell(state: LegacyState): void {
    if (state === 'accepted') log.info('channel.joined', { channel, address });
    else if (state === 'full') log.info('channel.full', { channel, address });
    else if (state !== 'asking') log.warn('channel.lost', { channel, address, reason: state });
  }
}
