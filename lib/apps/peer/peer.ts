import { randomUUID } from 'node:crypto';
import { CloseStack } from '../../base/close.ts';
import { systemClock as clock } from '../../base/clock.ts';
import { VideoError } from '../../base/errors.ts';
import { createLog, type Log } from '../../base/log.ts';
import { eventSentence } from '../../base/messages/sentence.ts';
import { systemRandom as random } from '../../base/random.ts';
import { formatBytes } from '../../base/units.ts';
import type { FileId } from '../../domain/file.ts';
import { ServingPace } from '../../domain/serving-pace.ts';
import { ServingSlots } from '../../domain/serving-slots.ts';
import { openReplicaFolder } from '../../io/files/replica-folder.ts';
import { openResumableFile } from '../../io/files/resumable-file.ts';
import { createControlClient } from '../../io/http/control-client.ts';
import { startFileServer } from '../../io/http/file-server.ts';
import { openNodeSources } from '../../io/http/node-sources.ts';
import { fetchPeerManifest } from '../../io/http/peer-manifest.ts';
import { openPeerParts } from '../../io/http/peer-parts.ts';
import { openTls } from '../../io/http/tls.ts';
import { createCommandOutput } from '../../io/terminal/command-output.ts';
import { createProgress } from '../../io/terminal/progress.ts';
import { userAgents } from '../../protocol/data.ts';
import { VERSION } from '../../protocol/version.ts';
import { logObserver, observeAll } from '../observe.ts';
import { PeerReports } from '../peer-reports.ts';
import type { Program } from '../program.ts';
import { secretOf } from '../secret.ts';
import { Folder } from '../shared-folder/folder.ts';
import { keepHouse } from '../shared-folder/housekeeping.ts';
import { Membership } from '../shared-folder/membership.ts';
import { fetchFile } from './fetch.ts';
import type { peerProgram } from './flags.ts';
import { peerMenu } from './menu.ts';
import { offeredFiles, offeredManifest } from './offers.ts';
import { PeerSession, type SharedPeer } from './session.ts';
import { peerSettings, type PeerPlace } from './settings.ts';

type PeerProgram = Program<typeof peerProgram.flags>;

const ANY_ADDRESS = new Set(['0.0.0.0', '::']);
/** The menu itself; seen at a terminal only. */
const PROMPT = 'JOIN, SEARCH, DOWNLOAD, LEAVE> ';

/** A peer with its menu, until the end of the input, `salir` or a signal; it leaves before it ends. */
export async function runPeer(program: PeerProgram): Promise<void> {
  const { flags, language, messages, screen, stopping } = program;
  const settings = peerSettings(flags, messages);
  const log = settings.isDetailed ? program.log : problemLog(program);
  const { ca } = await openTls({ ca: flags.tlsCa }, { signal: stopping.drain });
  await using control = createControlClient(settings.centralUrls, { secret: secretOf(flags.secreto, process.env, messages), ca, log });
  const registry = control.client.peers;
  const output = createCommandOutput(screen);
  await using session = new PeerSession({
    registry,
    reports: new PeerReports({ registry, log }),
    fetchManifest: fetchPeerManifest,
    clock,
    share: (place, signal) => share(place, { ...program, log, settings, registry, signal }),
    onFound(peers) {
      const rows = peers.map(({ address, id = '', sizeBytes }) => [address, id.slice(0, 12), sizeBytes === undefined ? '' : formatBytes(sizeBytes, language)]);
      if (settings.isDetailed && !screen.isJson && rows.length > 0) output.table(messages.peer.headings, rows);
    },
  });
  const menu = peerMenu(session, { place: settings.place, messages, tellError: text => screen.printError(text) });
  await program.readCommands(menu, { prompt: PROMPT, welcomes: false });
  if (session.wasCutOff) stopping.drain.throwIfAborted();
}

interface Sharing extends Pick<PeerProgram, 'screen' | 'language' | 'messages' | 'log' | 'stopping'> {
  readonly settings: ReturnType<typeof peerSettings>;
  readonly registry: ConstructorParameters<typeof Membership>[1]['registry'];
  readonly signal: AbortSignal;
}

/** Opens folder and port, joins, and keeps all of it going; when something fails, nothing stays open. */
async function share(place: PeerPlace, sharing: Sharing): Promise<SharedPeer> {
  const closing = new CloseStack();
  try {
    return await open(place, sharing, closing);
  } catch (error) {
    await closing[Symbol.asyncDispose]();
    throw error;
  }
}

async function open(place: PeerPlace, { screen, language, messages, stopping, log, settings, registry, signal }: Sharing, closing: CloseStack): Promise<SharedPeer> {
  const disk = closing.use(await openReplicaFolder(place.directory, { clock }));
  let membership: Membership | undefined;
  const noteChange = () => membership?.noteChange();
  const inventory = { put: () => undefined, remove: () => undefined };
  const folder = new Folder(settings.folder, { ...disk, inventory, clock, log, onChange: noteChange, onLook: noteChange });
  await folder.load();

  const stop = new AbortController();
  const fetching = new Set<FileId>();
  const isHeld = (id: FileId) => folder.holds(id);
  const housekeeping = keepHouse({ leftovers: disk.leftovers, isHeld, isCopied: id => fetching.has(id), clock, log }, stop.signal);
  const following = Promise.all([folder.run(stop.signal), housekeeping]);
  closing.defer(async () => {
    stop.abort(new VideoError('cancelled', {}));
    await following;
  });

  const identity = randomUUID();
  const server = await startFileServer(place, folder, {
    log,
    slots: new ServingSlots(settings.maxUploads),
    pace: settings.uploadBytesPerSecond === undefined ? undefined : new ServingPace(settings.uploadBytesPerSecond, clock),
    manifests: { find: name => offeredManifest(name, folder, disk.manifests) },
    status: { health: () => ({ status: 'ok', peer: identity, version: VERSION }) },
    signal: stopping.abort,
  });
  // Not disposed of, which would cut the answers that are running.
  closing.defer(() => server.close());

  const held = () => offeredFiles(folder);
  const ip = ANY_ADDRESS.has(place.ip) ? undefined : place.ip;
  const joined = new Membership({ ip, port: server.port, identity }, { registry, centralUrl: settings.centralUrls.join(', '), held, clock, log });
  const names = [...held().keys()].sort();
  await joined.join({ signal });
  membership = joined;
  const leaving = new AbortController();
  const renewing = joined.run(leaving.signal);
  // Before the server drains: whoever asks now is told of others.
  closing.defer(async () => {
    leaving.abort(new VideoError('cancelled', {}));
    await renewing;
    await joined.leave();
  });

  const progress = settings.isDetailed ? createProgress({ screen, language, messages }) : undefined;
  return {
    membership: joined,
    names,
    directory: place.directory,
    async fetch(file, reporting, fetchSignal) {
      const { manifest } = file;
      const view = progress?.open(manifest.name);
      const observer = view ? observeAll(view.observer, logObserver(manifest.name, log), reporting) : reporting;
      const ports = {
        folder,
        files: disk.files,
        openSink: () => openResumableFile({ manifest, finalPath: disk.pathOf(manifest.name), partialPath: disk.incomingPathOf(manifest.id), isDurable: true, signal: fetchSignal }),
        openSources: () => openNodeSources(manifest, { userAgent: userAgents.peer }),
        openPeerParts,
        clock,
        random,
      };
      fetching.add(manifest.id);
      try {
        await fetchFile(file, observer, ports, fetchSignal);
      } finally {
        fetching.delete(manifest.id);
        view?.close();
      }
    },
    [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose](),
  };
}

/** What went wrong, on the error stream: without `--detalle` the console has its lines alone. */
function problemLog({ screen, messages }: PeerProgram): Log {
  return createLog((_level, event, fields) => screen.printError(eventSentence(messages, event, fields)), 'warn');
}
