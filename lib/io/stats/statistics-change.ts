import { dirname } from 'node:path';
import { systemClock, type Clock } from '../../base/clock.ts';
import { isVideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { makeFolder } from '../files/make-folder.ts';
import { lockForProcess } from '../files/process-lock.ts';
import { loadStatistics, saveStatistics } from './statistics-file.ts';

/** A change takes a few milliseconds. */
const LOOK_AGAIN_MS = 20;
/** Many programs may end at once, each with a change of its own; and who waits for the last one is a person. */
const WAIT_MAX_MS = 5000;

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
  await using _lock = await lockWithin(WAIT_MAX_MS, `${path}.lock`, clock);
  await saveStatistics(path, change(await loadStatistics(path, isValid, { log, clock })));
}

async function lockWithin(maxMs: number, path: string, clock: Clock): Promise<AsyncDisposable> {
  const deadlineMs = clock.now() + maxMs;
  for (;;) {
    try {
      return await lockForProcess(path);
    } catch (error) {
      if (!isVideoError(error, 'path_in_use') || clock.now() >= deadlineMs) throw error;
    }
    await clock.sleep(LOOK_AGAIN_MS);
  }
}
