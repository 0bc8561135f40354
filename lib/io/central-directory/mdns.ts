import { randomInt } from 'node:crypto';
import makeMdns, { type MulticastDNS, type ResponsePacket } from 'multicast-dns';
import { systemClock, type Clock } from '../../base/clock.ts';
import { VideoError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { isLoopback } from '../../domain/access.ts';
import type { CentralDirectory } from '../../domain/central-directory.ts';
import type { LocalAddress } from '../../domain/local-network.ts';
import { orderServices, type ServicePlace } from '../../domain/service-order.ts';
import { limits } from '../../protocol/limits.ts';
import { LOCAL_SERVICE, MDNS_GROUP } from '../../protocol/service.ts';
import { centralsIn } from '../../protocol/service-records.ts';
import { localAddresses } from './local-addresses.ts';

export interface MdnsDirectoryOptions {
  readonly random: Random;
  readonly clock?: Clock;
  /** Whose networks are asked. */
  readonly addresses?: () => readonly LocalAddress[];
  /** Where the questions go. */
  readonly port?: number;
}

/**
 * The centrals that answer on the local networks, or the one called `label`. Each search is a question from a port of its
 * own, which is answered there (RFC 6762 §5.1); it ends a moment after the first answer. A central of several networks is
 * found at its address on each, on loopback last.
 */
export function mdnsDirectory(label: string | undefined, options: MdnsDirectoryOptions): CentralDirectory {
  const { random, clock = systemClock, addresses = localAddresses, port = MDNS_GROUP.port } = options;
  return {
    name: `mdns:${label ?? ''}`,
    freshMs: undefined,
    async locate({ signal } = {}) {
      signal?.throwIfAborted();
      const found = await search(label, { clock, addresses: addresses(), port, signal });
      if (found.length === 0) throw new VideoError('central_not_announced', { label: label ?? '', afterMs: limits.mdnsWaitMs });
      return orderServices(found, random).map(({ url }) => url);
    },
  };
}

/** A secondary that comes by loopback would be offered to others at an address that is their own. */
const BEHIND = 65_536;

interface FoundPlace extends ServicePlace {
  readonly url: string;
}

interface Search {
  readonly clock: Clock;
  readonly addresses: readonly LocalAddress[];
  readonly port: number;
  readonly signal: AbortSignal | undefined;
}

async function search(label: string | undefined, { clock, addresses, port, signal }: Search): Promise<readonly FoundPlace[]> {
  const found = new Map<string, FoundPlace>();
  const over = new AbortController();
  const onAbort = () => over.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const wait = (ms: number) => clock.sleep(ms, { signal: over.signal }).catch(() => undefined);
  let grace: Promise<void> | undefined;
  const onResponse = ({ answers = [], additionals = [] }: ResponsePacket, { address }: { readonly address: string }) => {
    for (const place of centralsIn([...answers, ...additionals], address)) {
      const url = `http://${place.host}:${place.port}`;
      if (label === undefined || place.label === label) found.set(url, { ...place, url, priority: place.priority + (isLoopback(place.host) ? BEHIND : 0) });
    }
    if (found.size > 0) grace ??= wait(limits.mdnsGraceMs).then(() => over.abort());
  };
  const askers = addresses.map(({ address }) => openAsker(address, onResponse));
  const ask = () => {
    for (const asker of askers) {
      asker.query({ id: randomInt(1, 65_536), questions: [{ name: LOCAL_SERVICE, type: 'PTR', class: 'IN' }] }, { address: MDNS_GROUP.address, port });
    }
  };
  try {
    ask();
    await wait(limits.mdnsRepeatMs);
    // The first question, or its answer, may have been lost.
    if (found.size === 0) ask();
    await wait(limits.mdnsWaitMs - limits.mdnsRepeatMs);
  } finally {
    over.abort();
    await grace;
    signal?.removeEventListener('abort', onAbort);
    await Promise.all(askers.map(asker => new Promise<void>(resolve => asker.destroy(resolve))));
  }
  signal?.throwIfAborted();
  return [...found.values()];
}

function openAsker(address: string, onResponse: (packet: ResponsePacket, from: { readonly address: string }) => void): MulticastDNS {
  const asker = makeMdns({ port: 0, interface: address });
  asker.on('response', onResponse);
  // A network that cannot be asked is one where nobody answers.
  asker.on('error', () => undefined);
  return asker;
}
