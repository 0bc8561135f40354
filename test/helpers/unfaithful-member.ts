import { randomBytes } from 'node:crypto';
import { SwarmMember } from '../../lib/apps/live/swarm-member.ts';
import { systemClock as clock } from '../../lib/base/clock.ts';
import { ROOT, type MemberId, type Slice } from '../../lib/domain/live/stream.ts';
import { RelayLinks } from '../../lib/io/tcp/relay-links.ts';
import { startRelayListener } from '../../lib/io/tcp/relay-listener.ts';
import type { Teardown } from './programs.ts';

export interface UnfaithfulOptions {
  /** Where the root of channel 0 is. */
  readonly rootIp: string;
  readonly rootPort?: number;
  /** What it gives instead of a slice, and when; nothing instead of it is given when it is undefined. */
  give(slice: Slice): { readonly slice: Slice; readonly afterMs: number } | undefined;
}

/** A member that joins, promises much, and gives to others what it should not. */
export async function startUnfaithfulMember(t: Teardown, { rootIp, rootPort = 6061, give }: UnfaithfulOptions): Promise<SwarmMember> {
  const members = new Map<MemberId, RelayLinks>();
  const listener = await startRelayListener({ ip: '127.0.0.1', port: 0 }, (connection, hello) => members.get(hello.to)?.adopt(connection, hello) ?? false);
  const later = new Set<NodeJS.Timeout>();
  const member = new SwarmMember(
    { root: { id: ROOT, address: { host: rootIp, port: rootPort } }, retransmissions: 3, listenPort: listener.port },
    {
      clock,
      random: Math.random,
      openLinks(options) {
        const links = new RelayLinks({ ...options, channel: 0 });
        members.set(options.ownId, links);
        const send = links.send.bind(links);
        links.send = (to, message) => {
          if (message.type !== 'slice') return send(to, message);
          const given = give(message.slice);
          if (given) later.add(setTimeout(() => send(to, { type: 'slice', slice: given.slice }), given.afterMs));
        };
        return links;
      },
    },
    { joined: () => undefined, fed: () => undefined, away: () => undefined, expected: () => undefined, block: () => undefined, lost: () => undefined },
  );
  t.teardown(async () => {
    for (const timer of later) clearTimeout(timer);
    await member[Symbol.asyncDispose]();
    await listener[Symbol.asyncDispose]();
  });
  return member;
}

/** Bytes that are not those that were signed. */
export function altered(slice: Slice): Slice {
  return { ...slice, bytes: randomBytes(slice.bytes.byteLength) };
}
