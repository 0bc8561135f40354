import { dirname } from 'node:path';
import { systemClock } from '../../base/clock.ts';
import { CloseStack } from '../../base/close.ts';
import { systemRandom } from '../../base/random.ts';
import type { FileShape } from '../../domain/download/file-plan.ts';
import { limitSources } from '../../domain/download/limited-sources.ts';
import type { SourceFactory } from '../../domain/download/source.ts';
import { isClientStatistics } from '../../domain/statistics-guards.ts';
import { TokenBucket } from '../../domain/token-bucket.ts';
import { assertReadable } from '../../io/files/assert-readable.ts';
import { openCheckedFile } from '../../io/files/checked-file.ts';
import { Hasher } from '../../io/files/hasher.ts';
import { makeFolder } from '../../io/files/make-folder.ts';
import { partialPathFor } from '../../io/files/partial-name.ts';
import { readSmallStream } from '../../io/files/read-small-stream.ts';
import { readSmallText } from '../../io/files/read-small-text.ts';
import { assertFree, openResumableFile } from '../../io/files/resumable-file.ts';
import { createControlClient } from '../../io/http/control-client.ts';
import { openMirrorWeb } from '../../io/http/mirror-web.ts';
import { openPlayerServer } from '../../io/http/player-server.ts';
import { createUploadSender } from '../../io/http/uploads/upload-sender.ts';
import { openNodeSources } from '../../io/http/node-sources.ts';
import { openPeerParts } from '../../io/http/peer-parts.ts';
import { openTls } from '../../io/http/tls.ts';
import { startPlayer } from '../../io/processes/player.ts';
import { loadStatistics } from '../../io/stats/statistics-file.ts';
import { changeStatistics } from '../../io/stats/statistics-change.ts';
import { confirm } from '../../io/terminal/confirm.ts';
import { createCommandOutput } from '../../io/terminal/command-output.ts';
import { createProgress } from '../../io/terminal/progress.ts';
import { withSpinner } from '../../io/terminal/spinner.ts';
import { limits } from '../../protocol/limits.ts';
import { PeerReports } from '../peer-reports.ts';
import type { Program } from '../program.ts';
import { secretOf } from '../secret.ts';
import { sharingSettings } from '../sharing/settings.ts';
import type { Sharing } from '../sharing/sharing.ts';
import type { clientProgram } from './flags.ts';
import type { ForeignPorts } from './foreign/get-foreign.ts';
import type { GetPorts } from './get.ts';
import { STANDARD_INPUT } from './name-list.ts';
import { orderFlags } from './order-flags.ts';
import { parseOrder } from './orders.ts';
import { ClientSession } from './session.ts';
import { clientSettings } from './settings.ts';

/** The client: one order of the command line, or the console until its input ends. */
export async function runClient(program: Program<(typeof clientProgram)['flags']>): Promise<void> {
  const { flags, words, messages, language, screen, log, stopping } = program;
  const settings = clientSettings(flags, messages);
  const shared = sharingSettings(flags, settings, messages);
  const order = words.length > 0 || flags.lista !== undefined ? parseOrder(words, orderFlags(flags), messages) : undefined;
  if (order?.type === 'help') return screen.print(program.help());
  if (order?.type === 'plot') {
    // What a client that downloads never needs stays out of its start.
    const { plotClient } = await import('../plots/plots.ts');
    return plotClient(order.path, flags.descarga, { directory: flags.salida, screen, language, messages, signal: stopping.drain });
  }

  const { ca } = await openTls({ ca: flags.tlsCa }, { signal: stopping.drain });
  const limit = settings.limit === undefined ? undefined : { bucket: new TokenBucket(settings.limit, systemClock.now()), clock: systemClock };
  const limited = (sources: SourceFactory, shape: FileShape) => (limit ? limitSources(sources, shape, limit) : sources);
  await using control = createControlClient(settings.centralUrls, { secret: secretOf(flags.secreto, process.env, messages), ca, log });
  await using opened = new CloseStack();
  const hasher = opened.use(new Hasher());
  const centralUrl = settings.centralUrls.join(', ');
  let sharing: Sharing | undefined;
  if (shared) {
    const { openSharing } = await import('../sharing/sharing.ts');
    sharing = opened.use(await openSharing(shared, { registry: control.client.peers, centralUrl, log, signal: stopping.abort }));
  }
  const reports = new PeerReports({ registry: control.client.peers, log });
  opened.defer(() => reports.settled());
  const ports: GetPorts = {
    control: control.client,
    centralUrl,
    clock: systemClock,
    random: systemRandom,
    log,
    assertFree,
    async openSink(manifest, finalPath, signal) {
      await makeFolder(dirname(finalPath));
      const partialPath = partialPathFor(finalPath);
      const sink = await openResumableFile({ manifest, finalPath, partialPath, signal });
      return sharing?.share(sink, { manifest, partialPath, finalPath }) ?? sink;
    },
    openSources: manifest => limited(openNodeSources(manifest, { ca }), manifest),
    openPeerParts,
    reports,
    ownAddress: () => sharing?.address,
    partOrder: sharing && 'rarest-first',
  };
  const openForeignPorts = async (): Promise<ForeignPorts> => {
    const web = opened.use(await openMirrorWeb({ clock: systemClock }));
    return {
      clock: systemClock,
      random: systemRandom,
      log,
      probe: web.probe,
      fetchMetalink: web.fetchMetalink,
      readMetalink: (path, { signal }) => readSmallText(path, { maxBytes: limits.metalinkMaxBytes, signal }),
      async openSink(plan, finalPath, { onRestart, signal }) {
        await makeFolder(dirname(finalPath));
        const partialPath = partialPathFor(finalPath);
        return openCheckedFile({ manifest: plan, finalPath, partialPath, checksum: plan.checksum, onRestart, signal });
      },
      openSources: (plan, options) => limited(web.openSources(plan, options), plan),
    };
  };
  const session = new ClientSession(settings, {
    ...ports,
    sharing,
    openForeignPorts,
    openPlayerServer: (manifest, finalPath, present) => openPlayerServer(manifest, { path: partialPathFor(finalPath), present, log }),
    startPlayer: flags.reproductor === undefined ? undefined : url => startPlayer(flags.reproductor!, url),
    readList: (path, { signal }) => {
      const options = { maxBytes: limits.nameListMaxBytes, signal };
      return path === STANDARD_INPUT ? readSmallStream(process.stdin, { path, ...options }) : readSmallText(path, options);
    },
    language,
    messages,
    signal: stopping.drain,
    output: createCommandOutput(screen),
    put: {
      async describe(path, options) {
        await assertReadable(path);
        return (await hasher.hash(path, options)).content;
      },
      sender: createUploadSender({ ca, limit }),
    },
    views: createProgress({ screen, language, messages }),
    store: {
      load: path => loadStatistics(path, isClientStatistics, { log }),
      change: (path, change) => changeStatistics(path, isClientStatistics, change, { log }),
    },
    tellProgram: screen.isJson ? value => screen.printJson(value) : undefined,
    tellError: text => screen.printError(text),
    confirm: question => confirm(question, { input: process.stdin, screen, isYes: answer => messages.trash.yes.test(answer), signal: stopping.drain }),
    whileLooking: (text, task) => withSpinner(screen, text, task),
  });
  if (order) await session.runOrder(order, {
    outputPath: flags.salida,
    wishes: { remoteName: flags.nombreRemoto, replace: flags.reemplazar, title: flags.titulo, description: flags.descripcion },
  });
  else await session.runConsole(commands => program.readCommands(commands, { prompt: 'cliente> ' }));
}
