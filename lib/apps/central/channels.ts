import { VideoError } from '../../base/errors.ts';
import { isLoopback } from '../../domain/access.ts';
import type { ChannelOnAir } from '../../domain/live/channel-registry.ts';
import type { ChannelAnnouncement, ListedChannel } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';
import { bracketed, plain } from './addresses.ts';
import type { RequestContext } from './request-context.ts';
import type { CentralState } from './state.ts';

/** What broadcasters say of their channels, and who is on the air. */
export function channelHandlers({ channels, clock, log }: Pick<CentralState, 'channels' | 'clock' | 'log'>) {
  return {
    async announce({ host, ...told }: ChannelAnnouncement, { remoteAddress }: RequestContext) {
      const { channel, isNew } = channels.announce({ ...told, host: hostOf(host, plain(remoteAddress)) }, clock.now(), clock.date());
      if (isNew) log.info('channel.announced', factsOf(channel));
      return { id: channel.id, leaseMs: limits.channelLeaseMs };
    },

    async withdraw({ lease }: { readonly lease: string }): Promise<Record<string, never>> {
      const gone = channels.withdraw(lease);
      if (gone) log.info('channel.gone', factsOf(gone));
      return {};
    },

    async list(): Promise<{ channels: ListedChannel[] }> {
      return { channels: [...channels.all(clock.now())] };
    },
  };
}

/** Notices who fell silent. */
export function expireChannels({ channels, clock, log }: Pick<CentralState, 'channels' | 'clock' | 'log'>): void {
  for (const channel of channels.expire(clock.now())) log.info('channel.gone', factsOf(channel));
}

/**
 * Where a channel is reached: where its broadcaster says, or where he asks from.
 *
 * @throws VideoError `invalid_request` when nobody but himself would reach it there
 */
function hostOf(said: string | undefined, seen: string): string {
  const host = said === undefined ? seen : plain(said);
  if (isLoopback(host) && !isLoopback(seen)) throw new VideoError('invalid_request', { reason: `host: ${host} is reached from its own machine only` });
  return host;
}

function factsOf({ channel, name, host, relayPort }: ChannelOnAir) {
  return { channel, name, address: `${bracketed(host)}:${relayPort}` };
}
