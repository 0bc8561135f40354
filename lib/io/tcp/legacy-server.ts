import { CloseStack } from '../../base/close.ts';
import type { Log } from '../../base/log.ts';
import { Audience } from '../../domain/live/audience.ts';
import { formatClientCount, formatClientList, legacyPorts, type LegacyRequest } from '../../protocol/legacy.ts';
import { limits } from '../../protocol/limits.ts';
import type { ListenAddress } from '../http/listen.ts';
import { LegacyAnswers } from './legacy-answers.ts';
import { LegacyBroadcast, type LegacyRound } from './legacy-broadcast.ts';
import { acceptLegacyRequests, type Asker, type LegacyHandler } from './legacy-requests.ts';

export interface LegacyChannel {
  /** 0 to 9. */
  readonly number: number;
  readonly maxClients: number;
  /** IPs of those who watch the channel by another way, of whom clients are told too. */
  others?(): readonly string[];
}

export interface LegacyServerAddress extends ListenAddress {
  /** Where clients are called back: 9091 by the protocol. */
  readonly clientPort?: number;
}

export interface LegacyServerOptions {
  readonly log: Log;
  /** Ends what is under way: rounds fail, nobody else is called back. */
  readonly signal?: AbortSignal;
  readonly timing?: Partial<LegacyServerTiming>;
}

export interface LegacyServerTiming {
  /** For a request and its reply, and for an answer to who joins. */
  readonly requestMs: number;
  /** For a block, to all clients. */
  readonly roundMs: number;
}

export interface LegacyServer extends AsyncDisposable {
  readonly port: number;
  /** IPs of the clients of a channel, in order of arrival. */
  clientsOf(channel: number): readonly string[];
  /**
   * Sends a block to all clients of a channel at once, and ends within the time of a round, whatever they do; it never rejects. A
   * round may begin while the last one, or another channel's, still runs. The bytes must not change until it ended.
   */
  broadcast(channel: number, block: Uint8Array): Promise<LegacyRound>;
}

interface OpenChannel {
  readonly audience: Audience;
  others(): readonly string[];
  readonly sender: LegacyBroadcast;
  /** Clients that have not been told yet that they are in, and get no block before. */
  readonly untold: Set<string>;
}

/**
 * Serves channels by the old protocol (`lib/protocol/legacy.ts`). A client that cannot be called back does not join.
 *
 * @throws VideoError `port_in_use`, `address_unavailable`, `listen_denied`
 */
export async function startLegacyServer(
  { ip, port, clientPort = legacyPorts.client }: LegacyServerAddress,
  channels: readonly LegacyChannel[],
  { log, signal, timing: { requestMs = limits.legacyRequestTimeoutMs, roundMs = limits.legacyRoundMs } = {} }: LegacyServerOptions,
): Promise<LegacyServer> {
  let isClosed = false;
  const open = new Map(channels.map(channel => [channel.number, openChannel(channel)]));
  /** `CHANNEL IP` of who is being told. */
  const answering = new Set<string>();
  const answers = new LegacyAnswers(clientPort, requestMs);

  const handle: LegacyHandler = (request, asker) => {
    const channel = open.get(request.channel);
    switch (request.operation) {
      case 'join':
        void join(request, asker);
        return '';
      case 'leave':
        leave(request, asker);
        return '';
      case 'list':
        return formatClientList([...new Set([...(channel?.audience.addresses ?? []), ...(channel?.others() ?? [])])]);
      case 'count':
        return formatClientCount((channel?.audience.size ?? 0) + (channel?.others().length ?? 0));
      default:
        return request.operation satisfies never;
    }
  };
  const requests = await acceptLegacyRequests({ ip, port }, handle, { patienceMs: requestMs });

  const stack = new CloseStack();
  stack.use(requests);
  stack.defer(endAll);
  signal?.addEventListener('abort', endAll, { once: true });
  stack.defer(() => signal?.removeEventListener('abort', endAll));
  if (signal?.aborted) endAll();

  return {
    port: requests.port,
    clientsOf: channel => open.get(channel)?.audience.addresses ?? [],
    async broadcast(channel, block) {
      const { audience, sender, untold } = open.get(channel) ?? {};
      const addresses = audience?.addresses.filter(client => !untold?.has(client)) ?? [];
      return (await sender?.send(block, addresses)) ?? { delivered: [], failed: [] };
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };

  function openChannel({ number: channel, maxClients, others = () => [] }: LegacyChannel): OpenChannel {
    const audience = new Audience(maxClients);
    const onRemoved = (address: string) => log.warn('viewer.removed', { channel, address });
    return { audience, others, sender: new LegacyBroadcast(audience, { clientPort, roundMs, onRemoved }), untold: new Set() };
  }

  async function join({ channel: number }: LegacyRequest, asker: Asker): Promise<void> {
    const { ip: address } = asker;
    const key = `${number} ${address}`;
    // Who asks twice is told once; who finds too many before it asks again.
    if (answering.has(key) || answering.size >= limits.legacyAnswersAtOnce || isClosed) return;
    answering.add(key);
    const channel = open.get(number);
    const place = channel?.audience.join(address) ?? 'none';
    const isIn = place === 'joined' || place === 'known';
    if (isIn) channel?.sender.admit(address, asker.reachedIp);
    if (place === 'joined') channel?.untold.add(address);
    const isTold = await answers.tell(asker, isIn ? 'accepted' : 'full');
    answering.delete(key);
    channel?.untold.delete(address);
    if (isClosed) return;
    if (place === 'joined' && !isTold && channel?.audience.leave(address)) channel.sender.forget(address);
    if (!isIn) log.info('viewer.refused', { channel: number, address, reason: place === 'full' ? 'channel_full' : 'no_channel' });
    else if (!isTold) log.info('viewer.refused', { channel: number, address, reason: 'unreachable' });
    else if (place === 'joined' && channel?.audience.has(address)) log.info('viewer.joined', { channel: number, address });
  }

  function leave({ channel: number }: LegacyRequest, { ip: address }: Asker): void {
    const channel = open.get(number);
    if (!channel?.audience.leave(address)) return;
    channel.sender.forget(address);
    log.info('viewer.left', { channel: number, address });
  }

  function endAll(): void {
    isClosed = true;
    answers[Symbol.dispose]();
    for (const { sender } of open.values()) sender[Symbol.dispose]();
  }
}
