import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { CloseStack } from '../../../base/close.ts';
import { systemClock as clock } from '../../../base/clock.ts';
import { VideoError } from '../../../base/errors.ts';
import { teeLogs } from '../../../base/log.ts';
import { systemRandom as random } from '../../../base/random.ts';
import { unlessAborted } from '../../../base/unless-aborted.ts';
import type { BlockTaker } from '../../../domain/live/block-taker.ts';
import { ROOT, type MemberId } from '../../../domain/live/stream.ts';
import { isLiveStatistics } from '../../../domain/statistics-guards.ts';
import { startLiveServer } from '../../../io/live/live-server.ts';
import { openPieceMaker } from '../../../io/live/piece.ts';
import { relayInto } from '../../../io/live/relayed-blocks.ts';
import { openStoredShelf, type StoredShelf } from '../../../io/live/stored-shelf.ts';
import { findPlayer, startPlayer } from '../../../io/processes/player.ts';
import { keepStatistics, loadStatistics } from '../../../io/stats/statistics-file.ts';
import { openLegacyViewer } from '../../../io/tcp/legacy-client.ts';
import { askLegacyServer, type LegacyEndpoint } from '../../../io/tcp/legacy-request.ts';
import { RelayLinks } from '../../../io/tcp/relay-links.ts';
import { startRelayListener, type RelayListener } from '../../../io/tcp/relay-listener.ts';
import { parseClientCount, parseClientList, type LegacyOperation } from '../../../protocol/legacy.ts';
import type { LiveProgram } from '../live.ts';
import { withPortFlag } from '../port-flag.ts';
import { liveStatisticsFile, SessionBook } from '../session-book.ts';
import type { WatchSettings } from '../settings.ts';
import type { SwarmPorts } from '../swarm-root.ts';
import { watchCommands } from './commands.ts';
import { findOrigin, type Origin } from './find-origin.ts';
import { OriginalWatching } from './original-watching.ts';
import { nameOf, watchByRelay } from './relay-watching.ts';
import type { Watching } from './watching.ts';

/** A player that finds fewer begins and stops at once. */
const BLOCKS_TO_BEGIN = 3;
const LOOK_EVERY_MS = 200;
const LOOPBACK = /^(?:localhost$|127\.|::1$)/;

/**
 * Watches a channel until the input ends, the player does, or a signal; it leaves before it ends.
 *
 * @throws VideoError of what cannot be listened on or written, `player_failed`, `player_broke`; or the signal's reason
 */
export async function runWatch(settings: WatchSettings, { language, messages, log: programLog, stopping, flags, readCommands }: LiveProgram): Promise<void> {
  const { channel, directory, player: playerLine } = settings;
  if (playerLine !== undefined) await findPlayer(playerLine);
  await using closing = new CloseStack();
  const place = { order: 'ver', channel } as const;
  const statisticsPath = join(flags.estadisticas, liveStatisticsFile(place));
  const book = new SessionBook(place, await loadStatistics(statisticsPath, isLiveStatistics, { log: programLog }), clock);
  const log = teeLogs(programLog, book.log);
  const shelf = closing.use(await openStoredShelf({ directory, channel, clock, log }));
  const pieces = closing.use(openPieceMaker());
  const server = closing.use(await withPortFlag('--puerto-ver', startLiveServer({ ip: '127.0.0.1', port: settings.viewPort }, shelf, { pieces, clock, log, signal: stopping.abort })));
  log.info('channel.playable', { channel, url: server.url });

  const members = new Map<MemberId, RelayLinks>();
  closing.use(keepStatistics({ path: statisticsPath, read: () => book.statistics, clock, log }));
  let watching: Watching | undefined;
  const shown = { parents: () => watching?.parents ?? [], children: () => watching?.children ?? [] };
  const over = new AbortController();
  // Who waits for somebody to broadcast may have had enough.
  const reading = readCommands(watchCommands({ ...shown, shelf, ...censusOf(settings) }, messages, language), { prompt: `canal ${channel}> `, isOff: flags.sinConsola }).finally(() =>
    over.abort(new VideoError('cancelled', {})),
  );
  const origin = await foundOrigin(settings, log, over.signal);
  if (!origin) return;
  const listenAt = { ip: listenIpOf(settings), port: origin === 'relay' ? 0 : settings.relayPort };
  const listener = closing.use(await withPortFlag('--ip-local', startRelayListener(listenAt, (connection, hello) => members.get(hello.to)?.adopt(connection, hello) ?? false)));
  const swarm: SwarmPorts = {
    clock,
    random,
    openLinks(options) {
      for (const [id, { isClosed }] of members) if (isClosed) members.delete(id);
      const links = new RelayLinks({ ...options, channel, localIp: settings.localIp });
      members.set(options.ownId, links);
      return links;
    },
  };
  const { expect, show } = relayInto(shelf, settings.delayMs);
  const taker: BlockTaker = {
    expect,
    show(block, bytes, onAirMs) {
      book.noteBlock(bytes.byteLength);
      show(block, bytes, onAirMs);
    },
  };
  const opened = closing.use(await openWatching(origin, settings, { swarm, listener, taker, log, signal: stopping.abort }));
  watching = opened;
  book.sentBytes = () => opened.sentBytes;

  try {
    if (playerLine !== undefined) await play(playerLine, server.url, shelf, over.signal);
    // Who closed the player has had enough.
    if (playerLine === undefined || over.signal.aborted) await reading;
  } finally {
    await opened.leave(stopping.abort);
  }
}

/** Undefined when nobody waits for it any more. */
async function foundOrigin(settings: WatchSettings, log: LiveProgram['log'], signal: AbortSignal): Promise<Origin | undefined> {
  try {
    return await findOrigin(settings.channel, nameOf(rootOf(settings)), originPorts(settings, log), signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** Starts the player when there is something to see, and ends with it; at the signal it is closed. */
async function play(playerLine: string, url: string, shelf: StoredShelf, signal: AbortSignal): Promise<void> {
  while (shelf.shown().entries.length < BLOCKS_TO_BEGIN) {
    await clock.sleep(LOOK_EVERY_MS, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
  await using player = await startPlayer(playerLine, url);
  await unlessAborted(player.ended, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

interface WatchingOptions {
  readonly swarm: SwarmPorts;
  readonly listener: RelayListener;
  readonly taker: BlockTaker;
  readonly log: LiveProgram['log'];
  readonly signal: AbortSignal;
}

async function openWatching(origin: Origin, settings: WatchSettings, { swarm, listener, taker, log, signal }: WatchingOptions): Promise<Watching> {
  const { channel, retransmissions, relayPort, clientPort, localIp } = settings;
  if (origin === 'relay') return watchByRelay({ channel, root: rootOf(settings), retransmissions, listenPort: listener.port, taker, log }, swarm);
  return await OriginalWatching.open(
    { channel, address: settings.host, relayPort, retransmissions, taker, log },
    { ...swarm, openViewer: handlers => withPortFlag('--ip-local', openLegacyViewer({ server: serverOf(settings), channel, localIp, clientPort }, { ...handlers, log, signal })) },
  );
}

function originPorts(settings: WatchSettings, log: LiveProgram['log']) {
  return {
    clock,
    log,
    async reachesRelay() {
      using links = new RelayLinks({ channel: settings.channel, localIp: settings.localIp, ownId: randomBytes(16).toString('hex'), received: () => undefined, closed: () => undefined, callerClosed: () => undefined });
      return await links.reaches(rootOf(settings));
    },
    async reachesOriginal(signal: AbortSignal) {
      return await ask(settings, 'count', signal).then(() => true, () => false);
    },
  };
}

/** What whoever broadcasts says of those who watch. */
function censusOf(settings: WatchSettings) {
  const address = `${settings.host}:${settings.port}`;
  return {
    async listClients({ signal }: { readonly signal: AbortSignal }) {
      return understood(parseClientList(await ask(settings, 'list', signal)), address);
    },
    async countClients({ signal }: { readonly signal: AbortSignal }) {
      return understood(parseClientCount(await ask(settings, 'count', signal)), address);
    },
  };
}

function ask(settings: WatchSettings, operation: LegacyOperation, signal: AbortSignal): Promise<string> {
  return askLegacyServer(serverOf(settings), { operation, channel: settings.channel }, { localIp: settings.localIp, signal });
}

function understood<T>(parsed: T | undefined, source: string): T {
  if (parsed === undefined) throw new VideoError('source_protocol', { source, reason: 'list or count' });
  return parsed;
}

function serverOf({ host, port }: WatchSettings): LegacyEndpoint {
  return { host, port };
}

function rootOf({ host, relayPort }: WatchSettings) {
  return { id: ROOT, address: { host, port: relayPort } };
}

/** Who watches somebody of this machine is of no use to others. */
function listenIpOf({ localIp, host }: WatchSettings): string {
  if (localIp !== undefined) return localIp;
  if (LOOPBACK.test(host)) return host.includes(':') ? '::1' : '127.0.0.1';
  return host.includes(':') ? '::' : '0.0.0.0';
}
