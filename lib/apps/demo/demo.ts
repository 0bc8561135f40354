import { once } from 'node:events';
import { join, relative, resolve } from 'node:path';
import { systemClock as clock } from '../../base/clock.ts';
import { VideoError } from '../../base/errors.ts';
import { silentLog } from '../../base/log.ts';
import { formatBytes, formatDuration, formatRate, MIB } from '../../base/units.ts';
import { isClientStatistics } from '../../domain/statistics-guards.ts';
import { hashFile } from '../../io/files/hash-file.ts';
import { partialPathFor } from '../../io/files/partial-name.ts';
import { lockForProcess } from '../../io/files/process-lock.ts';
import { createControlClient } from '../../io/http/control-client.ts';
import { freePorts } from '../../io/http/free-ports.ts';
import { startProgram } from '../../io/processes/child-program.ts';
import { loadStatistics } from '../../io/stats/statistics-file.ts';
import { withSpinner } from '../../io/terminal/spinner.ts';
import type { Program } from '../program.ts';
import { commandsByHand } from './by-hand.ts';
import { Cluster, SECONDARIES, type ProgramName } from './cluster.ts';
import { openDemoFolder } from './demo-folder.ts';
import type { demoProgram } from './flags.ts';
import { halfWay } from './half-way.ts';
import { Narrator } from './narrator.ts';
import { makeSampleVideo } from './sample-video.ts';
import { verdictOf } from './verdict.ts';

const VIDEO = 'muestra.mp4';
const SIZE_BYTES = 240 * MIB;
const CLIENT = 'demo';
const VICTIM = 2;
/** Without a limit, on one machine, it would be over before anyone could look. */
const LIMIT = '40M';
const LIMIT_BYTES = 40 * MIB;

/**
 * The demonstration: a video, three secondaries that hold it, a download, a death half way, and the proof that the
 * file is whole. Real processes throughout, of the scripts in `programsFolder`; none is left when it ends, however it
 * ends.
 */
export async function runDemo(program: Program<(typeof demoProgram)['flags']>, programsFolder: string): Promise<void> {
  const scriptOf = (name: ProgramName) => join(programsFolder, `${name}.js`);
  const { flags, language, messages, screen, stopping } = program;
  const { demo } = messages;
  const directory = shown(flags.directorio);
  const statistics = shown(resolve(directory, flags.estadisticas));
  await using folder = await openDemoFolder(directory, { refusal: demo.notOurs(directory), lock: lockForProcess });
  const original = join(folder.videos(1), VIDEO);
  const downloaded = join(folder.downloads, VIDEO);
  const [centralPort = 0, ...ports] = await freePorts(1 + SECONDARIES.length);
  const urlOf = (port = 0) => `http://127.0.0.1:${port}`;

  await using control = createControlClient([urlOf(centralPort)], { log: silentLog });
  await using cluster = new Cluster(
    { folder, statistics, language, centralPort, secondaryPorts: ports },
    {
      control: control.client,
      clock,
      start: (name, args, path) => startProgram({ script: scriptOf(name), args, output: { path } }),
      endedSentence: demo.ended,
    },
  );
  const signal = AbortSignal.any([stopping.drain, cluster.broken]);
  const narrator = new Narrator(text => screen.print(text));
  const waiting = <T>(text: string, task: () => Promise<T>) => withSpinner(screen, text, task);

  narrator.step(demo.making(formatBytes(SIZE_BYTES, language)));
  const { durationMs } = await waiting(demo.encoding, () => makeSampleVideo(original, { sizeBytes: SIZE_BYTES, signal }));
  const { sha256, sizeBytes } = (await hashFile(original, { signal })).content;
  narrator.details(demo.made(original, formatBytes(sizeBytes, language), formatDuration(durationMs)));

  narrator.step(demo.starting);
  await cluster.start();
  narrator.details(demo.central(urlOf(centralPort)), ...SECONDARIES.map(number => demo.secondary(number, urlOf(ports[number - 1]))));

  narrator.step(demo.copying);
  await waiting(demo.waiting, () => cluster.replicated(VIDEO, signal));
  narrator.details(demo.copied);

  narrator.step(demo.downloading(VICTIM, formatRate(LIMIT_BYTES, language)));
  await download();

  narrator.step(demo.checking);
  await prove();

  const isRunning = flags.mantener;
  if (isRunning) await cluster.startSecondary(VICTIM);
  narrator.step(isRunning ? demo.running : demo.stopping);
  const { downloads } = folder;
  narrator.details(
    ...commandsByHand(cluster, { video: VIDEO, downloads, isRunning, messages, scriptOf: name => shown(scriptOf(name)) }),
  );
  if (isRunning) await untilStopped();

  /** The real client on this terminal, and a death half way. */
  async function download(): Promise<void> {
    const manner = ['--nombre', CLIENT, '--limite', LIMIT, '--idioma', language, ...(screen.isJson ? ['--json'] : [])];
    const args = [...cluster.clientArgs(), ...manner, 'descargar', VIDEO];
    await using client = await startProgram({ script: scriptOf('videocliente'), args, output: 'inherit' });
    const over = new AbortController();
    const ended = client.ended.then(end => {
      over.abort(new VideoError('internal', { reason: demo.ended('videocliente', end) }));
      return end;
    });
    await halfWay(partialPathFor(downloaded), sizeBytes, clock, AbortSignal.any([signal, over.signal]));
    cluster.killSecondary(VICTIM);
    const end = await Promise.race([ended, rejectionOf(signal)]);
    if (end !== 0) throw over.signal.reason;
  }

  async function prove(): Promise<void> {
    const path = join(statistics, `cliente-${CLIENT}.json`);
    const saved = await loadStatistics(path, isClientStatistics, program);
    const verdict = verdictOf({
      record: saved?.downloads.at(-1),
      originalSha256: sha256,
      downloadedSha256: (await hashFile(downloaded, { signal })).content.sha256,
      victimId: `secundario-${VICTIM}`,
    });
    if (!verdict.isProved) throw new VideoError('internal', { reason: demo.notProved[verdict.missing] });
    const { record, victim } = verdict;
    narrator.details(
      demo.identical(sha256),
      demo.rescued(VICTIM, formatBytes(victim.bytes, language), victim.reassignedParts),
      demo.statistics(path),
      ...record.sources.map(source => `  ${demo.source(source, formatRate(source.rate, language))}`),
    );
    if (screen.isJson) screen.printJson({ event: 'done', sha256, statistics: path, record });
  }

  async function untilStopped(): Promise<void> {
    await once(signal, 'abort');
    if (!stopping.drain.aborted) signal.throwIfAborted();
  }
}

/** As a person would type it here. */
function shown(path: string): string {
  const fromHere = relative('.', path);
  return fromHere === '' || fromHere.startsWith('..') ? resolve(path) : fromHere;
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
