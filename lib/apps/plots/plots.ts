import { basename, join } from 'node:path';
import { VideoError } from '../../base/errors.ts';
import type { Language, Messages } from '../../base/messages/index.ts';
import { centralPlots } from '../../domain/plots/central-plots.ts';
import { clientPlots, hasTimeline, type TimedDownload } from '../../domain/plots/client-plots.ts';
import type { Plot } from '../../domain/plots/frame.ts';
import type { Reading } from '../../domain/plots/reading.ts';
import { centralStatistics, type ClientStatistics } from '../../domain/statistics.ts';
import { isCentralStatistics, isClientStatistics } from '../../domain/statistics-guards.ts';
import { writeAtomically } from '../../io/files/atomic-write.ts';
import { makeFolder } from '../../io/files/make-folder.ts';
import { openPictures, type DrawPicture } from '../../io/plots/pictures.ts';
import { readStatistics } from '../../io/stats/read-statistics.ts';
import type { Screen } from '../../io/terminal/screen.ts';

export interface PlotOptions {
  /** Where the pictures go; those of the same name are replaced. */
  readonly directory: string | undefined;
  readonly screen: Screen;
  readonly language: Language;
  readonly messages: Messages;
  readonly signal: AbortSignal;
}

const DEFAULT_DIRECTORY = 'graficos';

/**
 * Draws what a central saved.
 *
 * @throws VideoError `path_not_readable`, `statistics_invalid`, and what a disk can say
 */
export async function plotCentral(path: string, options: PlotOptions): Promise<void> {
  const statistics = centralStatistics(await readStatistics(path, 'videocentral', isCentralStatistics, options.signal));
  await save(path, drawn(path, 'videocentral', () => centralPlots(statistics, readingOf(options))), options);
}

/**
 * Draws what a client saved; `wanted` is the download whose timeline is drawn, else the newest one.
 *
 * @throws VideoError as `plotCentral`, and `invalid_flag`
 */
export async function plotClient(path: string, wanted: string | undefined, options: PlotOptions): Promise<void> {
  const statistics = await readStatistics(path, 'videocliente', isClientStatistics, options.signal);
  const timed = timedDownload(statistics, wanted, options);
  const plots = drawn(path, 'videocliente', () => clientPlots(basename(path, '.json'), statistics, timed, readingOf(options)));
  await save(path, plots, options);
  if (!timed && plots.length > 0) options.screen.print(options.messages.plots.noTimeline);
}

function timedDownload({ downloads }: ClientStatistics, wanted: string | undefined, { messages }: PlotOptions): TimedDownload | undefined {
  const timed = downloads.filter(hasTimeline).toReversed();
  if (wanted === undefined || timed.length === 0) return timed[0];
  const found = timed.find(({ name }) => name === wanted) ?? timed[Number(wanted) - 1];
  if (!found) throw new VideoError('invalid_flag', { flag: '--descarga', value: wanted, expected: messages.plots.downloadExpected(timed.length) });
  return found;
}

/** A file that somebody changed may lack what its program would have saved. */
function drawn(path: string, program: string, draw: () => readonly Plot[]): readonly Plot[] {
  try {
    return draw();
  } catch (error) {
    throw new VideoError('statistics_invalid', { path, program }, { cause: error });
  }
}

async function save(from: string, plots: readonly Plot[], { directory = DEFAULT_DIRECTORY, screen, messages, signal }: PlotOptions): Promise<void> {
  if (plots.length === 0) return screen.print(messages.plots.nothingYet(from));
  await makeFolder(directory);
  const draw = await picturesOrNone({ screen, messages });
  const keep = async (path: string, content: string | Uint8Array) => {
    signal.throwIfAborted();
    await writeAtomically(path, content);
    if (screen.isJson) screen.printJson({ plot: path });
    else screen.print(path);
  };
  for (const { name, svg } of plots) {
    await keep(join(directory, `${name}.svg`), svg);
    if (draw) await keep(join(directory, `${name}.png`), draw(svg));
  }
}

async function picturesOrNone({ screen, messages }: Pick<PlotOptions, 'screen' | 'messages'>): Promise<DrawPicture | undefined> {
  try {
    return await openPictures();
  } catch (error) {
    screen.printError(messages.plots.noPictures(error instanceof Error ? error.message.split('\n')[0]! : String(error)));
    return undefined;
  }
}

function readingOf({ language, messages }: PlotOptions): Reading {
  return { language, messages: messages.plots, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
}
