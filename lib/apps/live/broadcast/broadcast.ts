import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { basename, join, resolve } from 'node:path';
import { CloseStack } from '../../../base/close.ts';
import { systemClock as clock } from '../../../base/clock.ts';
import { isVideoError, VideoError } from '../../../base/errors.ts';
import type { Log } from '../../../base/log.ts';
import { systemRandom as random } from '../../../base/random.ts';
import type { Reel } from '../../../domain/live/block.ts';
import { ROOT } from '../../../domain/live/stream.ts';
import { isLiveStatistics } from '../../../domain/statistics-guards.ts';
import { createControlClient } from '../../../io/http/control-client.ts';
import { openTls } from '../../../io/http/tls.ts';
import { openReel } from '../../../io/live/reel.ts';
import { keepStatistics, loadStatistics } from '../../../io/stats/statistics-file.ts';
import { addressOf } from '../../../io/tcp/legacy-request.ts';
import { startLegacyServer, type LegacyServer } from '../../../io/tcp/legacy-server.ts';
import type { RelayConnection } from '../../../io/tcp/relay-connection.ts';
import { RelayLinks } from '../../../io/tcp/relay-links.ts';
import { startRelayListener } from '../../../io/tcp/relay-listener.ts';
import { limits } from '../../../protocol/limits.ts';
import type { Hello } from '../../../protocol/live.ts';
import { secretOf } from '../../secret.ts';
import type { LiveProgram } from '../live.ts';
import { withPortFlag } from '../port-flag.ts';
import { liveStatisticsFile, SessionBook } from '../session-book.ts';
import type { BroadcastSettings, ChannelPlan } from '../settings.ts';
import { SwarmRoot } from '../swarm-root.ts';
import { airReel } from './air-reel.ts';
import { announceChannels } from './announcer.ts';
import { broadcastCommands, type OnAir } from './commands.ts';

/** Viewers who get slices from the broadcaster himself, as many as make up so many times the stream. */
const RETRANSMISSIONS = 2;
const ANY_ADDRESS = new Set(['0.0.0.0', '::']);

interface Channel extends OnAir {
  readonly reel: Reel;
  readonly book: SessionBook;
  readonly links: RelayLinks;
  readonly root: SwarmRoot;
}

/**
 * Broadcasts channels, each read in a thread of its own, until the input ends or a signal.
 *
 * @throws VideoError of the film that cannot be read, of the address that cannot be listened on
 */
export async function runBroadcast(settings: BroadcastSettings, program: LiveProgram): Promise<void> {
  const { messages, log, stopping, flags, readCommands } = program;
  await using closing = new CloseStack();
  const channels: Channel[] = [];
  for (const plan of settings.channels) channels.push(await openChannel(plan, closing, { statistics: flags.estadisticas, log, signal: stopping.drain }));
  const { ip, port, relayPort, clientPort, maxClients } = settings;
  // First: who chooses another port for it has another one for the relay too.
  const legacy = closing.use(
    await startLegacyServer({ ip, port, clientPort }, channels.map(({ number }) => ({ number, maxClients, others: () => viewersOf(channels, number) })), { log, signal: stopping.abort }),
  );
  const onHello = (connection: RelayConnection, hello: Hello) => {
    const channel = hello.to === ROOT && channels.find(({ number }) => number === hello.channel);
    return channel ? channel.links.adopt(connection, hello) : false;
  };
  const bounds = { connectionsMax: limits.liveViewersMax, perAddressMax: limits.liveViewersMax };
  const relay = closing.use(await withPortFlag('--puerto-relevo', startRelayListener({ ip, port: relayPort }, onHello, bounds)));
  log.info('broadcast.started', { address: addressOf({ host: ip, port: legacy.port }), relayPort: relay.port });

  const ending = new AbortController();
  const airing = Promise.all(channels.map(channel => airChannel(channel, legacy, log, ending.signal)));
  closing.defer(async () => {
    ending.abort(new VideoError('cancelled', {}));
    await airing;
  });
  if (settings.centralUrls) await announce({ settings, centralUrls: settings.centralUrls, channels, legacy, relayPort: relay.port }, program, closing);
  await readCommands(broadcastCommands(channels, legacy, messages), { prompt: 'emisor> ', isOff: flags.sinConsola });
}

async function openChannel({ channel, path }: ChannelPlan, closing: CloseStack, { statistics, log, signal }: { readonly statistics: string; readonly log: Log; readonly signal: AbortSignal }): Promise<Channel> {
  const reel = closing.use(await openReel(path, { signal }).catch((error: unknown) => refuseFilm(path, error)));
  const place = { order: 'emitir', channel } as const;
  const statisticsPath = join(statistics, liveStatisticsFile(place));
  const book = new SessionBook(place, await loadStatistics(statisticsPath, isLiveStatistics, { log }), clock);
  closing.use(keepStatistics({ path: statisticsPath, read: () => book.statistics, clock, log }));
  let links: RelayLinks | undefined;
  const root = new SwarmRoot({ channel, retransmissions: RETRANSMISSIONS }, { openLinks: options => (links = new RelayLinks({ ...options, channel })), clock, random });
  closing.defer(async () => root[Symbol.dispose]());
  return { number: channel, path, block: undefined, reel, book, root, links: links! };
}

/** What a library says to who asks for MP4 is of no use to who broadcasts. */
function refuseFilm(path: string, error: unknown): never {
  if (!isVideoError(error, 'not_remuxable')) throw error;
  const { obstacle, codecs } = error.facts;
  throw new VideoError('film_unusable', { path, obstacle, codecs }, { cause: error });
}

async function airChannel(channel: Channel, legacy: LegacyServer, log: Log, signal: AbortSignal): Promise<void> {
  const { number, path, reel, book, root } = channel;
  let toOldClients = 0;
  book.sentBytes = () => root.sentBytes + toOldClients;
  log.info('channel.on_air', { channel: number, path });
  await airReel(reel, {
    clock,
    log,
    channel: number,
    onAir(block) {
      channel.block = root.air(block).number;
      book.noteBlock(block.bytes.byteLength);
      // A round never rejects.
      void legacy.broadcast(number, block.bytes).then(({ delivered }) => (toOldClients += delivered.length * block.bytes.byteLength));
    },
  }, signal);
}

interface Announced {
  readonly settings: BroadcastSettings;
  readonly centralUrls: readonly string[];
  readonly channels: readonly Channel[];
  readonly legacy: LegacyServer;
  readonly relayPort: number;
}

/** Tells a central of the channels, for as long as they are on the air. */
async function announce({ settings, centralUrls, channels, legacy, relayPort }: Announced, { flags, messages, log, stopping }: LiveProgram, closing: CloseStack): Promise<void> {
  const { ca } = await openTls({ ca: flags.tlsCa }, { signal: stopping.drain });
  const control = closing.use(createControlClient(centralUrls, { secret: secretOf(flags.secreto, process.env, messages), ca, log }));
  const leases = new Map(channels.map(({ number }) => [number, randomUUID()]));
  const ending = new AbortController();
  const announcing = announceChannels(
    {
      registry: control.client.channels,
      centralUrl: centralUrls.join(', '),
      clock,
      log,
      channels: () =>
        channels.map(({ number, path, root }) => ({
          lease: leases.get(number)!,
          name: basename(resolve(path)),
          channel: number,
          host: saidHost(settings.ip),
          port: legacy.port,
          relayPort,
          viewers: root.viewers.length + legacy.clientsOf(number).length,
          stream: root.stream,
        })),
    },
    ending.signal,
  );
  closing.defer(async () => {
    ending.abort(new VideoError('cancelled', {}));
    await announcing;
  });
}

/** Undefined where the central sees it better. */
function saidHost(ip: string): string | undefined {
  if (ip === 'localhost') return '127.0.0.1';
  return isIP(ip) === 0 || ANY_ADDRESS.has(ip) ? undefined : ip;
}

function viewersOf(channels: readonly Channel[], number: number): readonly string[] {
  return channels.find(channel => channel.number === number)?.root.viewers.map(({ host }) => host) ?? [];
}
