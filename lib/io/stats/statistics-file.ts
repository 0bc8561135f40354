import { readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { systemClock, type Clock } from '../../base/clock.ts';
import { systemCodeOf, toDiskError, toVideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { SECOND_MS } from '../../base/units.ts';
import { makeFolder } from '../files/make-folder.ts';

/**
 * Statistics of an earlier run; undefined when there are none. A file that cannot be read or understood is kept aside
 * under another name, so that saving anew destroys nothing.
 *
 * @throws VideoError when it cannot even be renamed
 */
export async function loadStatistics<T>(
  path: string,
  isValid: (value: unknown) => value is T,
  { log, clock = systemClock }: { readonly log: Log; readonly clock?: Pick<Clock, 'date'> },
): Promise<T | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (isValid(value)) return value;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
  }
  const keptAs = `${path}.bad-${compactDate(clock.date())}`;
  try {
    await rename(path, keptAs);
  } catch (error) {
    throw toDiskError(error, path);
  }
  log.warn('statistics.unreadable', { path, keptAs });
  return undefined;
}

/**
 * Creates the folder, and replaces the file by an atomic rename: a reader sees the old one or the new one, whole.
 *
 * @throws VideoError `disk_full`, `path_not_writable`, `not_a_directory`
 */
export async function saveStatistics(path: string, value: unknown): Promise<void> {
  try {
    await makeFolder(dirname(path));
    await writeFileAtomic(path, `${JSON.stringify(value, undefined, 2)}\n`);
  } catch (error) {
    throw toDiskError(error, path);
  }
}

export interface KeepStatisticsOptions {
  readonly path: string;
  /** What to save now; its `savedAt` is written here and is no change by itself. */
  readonly read: () => object;
  readonly everyMs?: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Saves what `read` gives each 30 s when it changed, and once more when disposed of. Failures are told, not thrown. */
export function keepStatistics(options: KeepStatisticsOptions): AsyncDisposable {
  const { path, read, everyMs = 30 * SECOND_MS, clock, log } = options;
  const stop = new AbortController();
  const current = () => ({ ...read(), savedAt: undefined });
  let saved = JSON.stringify(current());

  const save = async () => {
    const value = current();
    try {
      await saveStatistics(path, { ...value, savedAt: new Date(clock.date()).toISOString() });
      saved = JSON.stringify(value);
      log.debug('statistics.saved', { path });
    } catch (error) {
      log.error('statistics.failed', { path, reason: toVideoError(error).code });
    }
  };
  const saveRegularly = async () => {
    while (!stop.signal.aborted) {
      await clock.sleep(everyMs, { signal: stop.signal }).catch(() => undefined);
      if (!stop.signal.aborted && JSON.stringify(current()) !== saved) await save();
    }
  };
  const saving = saveRegularly();

  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await saving;
      await save();
    },
  };
}

/** `20260131T235959`, UTC. */
function compactDate(dateMs: number): string {
  return new Date(dateMs).toISOString().replace(/[-:]|\..*$/g, '');
}
