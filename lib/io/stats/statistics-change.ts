import { dirname } from 'node:path';
import { systemClock, type Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { makeFolder } from '../files/make-folder.ts';
import { waitForLock } from '../files/process-lock.ts';
import { loadStatistics, saveStatistics } from './statistics-file.ts';

export interface ChangeStatisticsOptions {
  readonly log: Log;
  readonly clock?: Clock;
}

/**
 * Replaces the statistics at `path` by what `change` makes of them, which gets undefined when there are none that can be
 * understood. Nobody else who changes them through here does so meanwhile, in this process or another.
 *
 * @throws VideoError `path_in_use` when others change them all the while; as `loadStatistics` and `saveStatistics`
 */
export async function changeStatistics<T>(
  path: string,
  isValid: (value: unknown) => value is T,
  change: (saved: T | undefined) => T,
  { log, clock = systemClock }: ChangeStatisticsOptions,
): Promise<void> {
  await makeFolder(dirname(path));
  await using _lock = await waitForLock(`${path}.lock`, clock);
  await saveStatistics(path, change(await loadStatistics(path, isValid, { log, clock })));
}
