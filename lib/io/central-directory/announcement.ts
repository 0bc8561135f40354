import { hostname } from 'node:os';
import makeMdns, { type MulticastDNS, type QueryPacket } from 'multicast-dns';
import type { Clock } from '../../base/clock.ts';
import { VideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { addressesServed, isNeighbour, type LocalAddress } from '../../domain/local-network.ts';
import { limits } from '../../protocol/limits.ts';
import { MDNS_GROUP, serviceLabelOf } from '../../protocol/service.ts';
import { answerTo, recordsOf, type AnnouncedCentral, type ServiceRecord } from '../../protocol/service-records.ts';
import { localAddresses } from './local-addresses.ts';

export interface AnnouncementOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** This machine's. */
  readonly addresses?: readonly LocalAddress[];
  /** Where questions are listened to. */
  readonly mdnsPort?: number;
}

export interface Announcement extends AsyncDisposable {
  /** What others may call it: `mdns:LABEL`. */
  readonly label: string;
}

/**
 * Answers who looks for a central on the networks that reach `ip`, on each with the address that it has there, until it
 * is disposed of. Resolves when questions are heard.
 *
 * @throws VideoError `address_unavailable` when no IPv4 network reaches it; `listen_denied` when mDNS is not allowed
 */
export async function announceCentral({ ip, port }: { readonly ip: string; readonly port: number }, options: AnnouncementOptions): Promise<Announcement> {
  const { clock, log, addresses = localAddresses(), mdnsPort = MDNS_GROUP.port } = options;
  const served = addressesServed(ip, addresses);
  if (served.length === 0) throw new VideoError('address_unavailable', { ip });
  const label = serviceLabelOf(hostname(), port);
  const stop = new AbortController();
  const speakers: Speaker[] = [];
  const close = async () => {
    stop.abort();
    await Promise.all(speakers.map(speaker => speaker.close()));
  };
  try {
    for (const local of served) speakers.push(await openSpeaker(local, { label, address: local.address, port }, mdnsPort));
  } catch (error) {
    await close();
    throw new VideoError('listen_denied', { ip: MDNS_GROUP.address, port: mdnsPort }, { cause: error });
  }
  log.info('central.announced', { label, addresses: served.map(({ address }) => address) });
  const announced = announce(speakers, clock, stop.signal);
  return {
    label,
    async [Symbol.asyncDispose]() {
      await close();
      await announced;
    },
  };
}

interface Speaker {
  announce(): void;
  close(): Promise<void>;
}

/** Twice, a second apart, in case one is lost (RFC 6762 §8.3). */
async function announce(speakers: readonly Speaker[], clock: Clock, signal: AbortSignal): Promise<void> {
  for (const speaker of speakers) speaker.announce();
  await clock.sleep(limits.mdnsRepeatMs, { signal }).catch(() => undefined);
  if (!signal.aborted) for (const speaker of speakers) speaker.announce();
}

async function openSpeaker(local: LocalAddress, central: AnnouncedCentral, mdnsPort: number): Promise<Speaker> {
  // Of all addresses: what is sent to a group does not reach a socket that has an address of its own.
  const socket = makeMdns({ port: mdnsPort, interface: local.address, bind: '0.0.0.0' });
  await new Promise<void>((resolve, reject) => {
    socket.once('ready', resolve);
    socket.once('error', reject);
  }).catch(async (error: unknown) => {
    await destroyed(socket);
    throw error;
  });
  socket.on('error', () => undefined);
  socket.on('query', (query, from) => answer(socket, query, { from, local, central, mdnsPort }));
  const say = (ttlS?: number) => new Promise<void>(resolve => socket.respond({ answers: [...recordsOf(central, ttlS)] }, undefined, () => resolve()));
  return {
    announce: () => void say(),
    async close() {
      // What others remember is taken back (RFC 6762 §10.1).
      await say(0);
      await destroyed(socket);
    },
  };
}

interface Asked {
  readonly from: { readonly address: string; readonly port: number };
  readonly local: LocalAddress;
  readonly central: AnnouncedCentral;
  readonly mdnsPort: number;
}

function answer(socket: MulticastDNS, { id, questions = [], answers: known = [] }: QueryPacket, { from, local, central, mdnsPort }: Asked): void {
  // Every socket hears the questions of all networks; the one that has an address there answers.
  if (!isNeighbour(from.address, local)) return;
  const said = answerTo(questions, known, central);
  if (!said) return;
  const { answers, additionals } = said;
  if (from.port === mdnsPort) {
    socket.respond({ answers: [...answers], additionals: [...additionals] });
    return;
  }
  // Who asks from a port of its own knows nothing of mDNS: an ordinary answer, there, that lives shortly (RFC 6762 §6.7).
  const plain = (records: readonly ServiceRecord[]) => records.map(record => ({ ...record, ttl: limits.mdnsPlainTtlS, flush: false }));
  socket.respond({ id, questions, answers: plain(answers), additionals: plain(additionals) }, from);
}

function destroyed(socket: MulticastDNS): Promise<void> {
  return new Promise(resolve => socket.destroy(resolve));
}
