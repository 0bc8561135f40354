import type { Log } from '../../../base/log.ts';
import type { BlockTaker } from '../../../domain/live/block-taker.ts';
import type { Contact } from '../../../domain/live/stream.ts';
import { SwarmMember, type SwarmMemberOptions } from '../swarm-member.ts';
import type { SwarmPorts } from '../swarm-root.ts';
import type { Watching } from './watching.ts';

export interface RelayWatchingOptions extends SwarmMemberOptions {
  readonly channel: number;
  readonly taker: BlockTaker;
  readonly log: Log;
  /** Blocks come, or do not come any more, or nobody has room; every time. */
  readonly onState?: (state: 'joined' | 'away' | 'full') => void;
}

/** Watches a channel of which a root of ours is known. */
export function watchByRelay({ channel, taker, onState, log, ...member }: RelayWatchingOptions, ports: SwarmPorts): Watching {
  const address = nameOf(member.root);
  let isJoined = false;
  let isUnreachable = false;
  let wasFull = false;
  return new SwarmMember(member, ports, {
    joined(_stream, canRelay) {
      // Said again when it turned out that nobody can connect to this viewer.
      if (!isJoined) log.info('channel.joined', { channel, address });
      isJoined = true;
      if (!canRelay && member.retransmissions > 0 && !isUnreachable) log.warn('relay.unreachable', { channel });
      isUnreachable = !canRelay;
      onState?.('joined');
    },
    fed(isFed) {
      if (!isFed) log.warn('channel.full', { channel, address });
      else if (wasFull) log.info('channel.joined', { channel, address });
      if (!isFed || wasFull) onState?.(isFed ? 'joined' : 'full');
      wasFull = !isFed;
    },
    away() {
      isJoined = false;
      log.warn('channel.lost', { channel, address, reason: 'unreachable' });
      onState?.('away');
    },
    expected: (block, onAirMs) => taker.expect(block, onAirMs),
    block(block, bytes, onAirMs) {
      log.debug('channel.block', { channel, number: block.number, bytes: bytes.byteLength, lagMs: Math.round(ports.clock.now() - onAirMs) });
      taker.show(block, bytes, onAirMs);
    },
    lost: (parent, tree, reason) => log.info('relay.lost', { channel, address: nameOf(parent), slice: tree + 1, reason }),
  });
}

/** `192.168.1.10:6061`. */
export function nameOf({ id, address, seenAt }: Contact): string {
  const place = address ?? seenAt;
  if (!place) return id;
  return `${place.host.includes(':') ? `[${place.host}]` : place.host}:${place.port}`;
}
