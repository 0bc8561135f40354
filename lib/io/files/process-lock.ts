import { open, readFile, rm, stat } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { resolve } from 'node:path';
import { systemCodeOf, toDiskError, VideoError } from '../../base/errors.ts';

/** What this process holds or is about to. */
const heldHere = new Set<string>();
/** Clocks may be set a little after the machine started. */
const BOOT_SLACK_MS = 60_000;

/**
 * Holds `path` for this process: a file that names its owner, `PID HOST`. The lock of a process that is gone is taken
 * over at once, however it ended; a time-based lock would make a person wait after every `kill -9`.
 *
 * @throws VideoError `path_in_use` while its owner lives, `path_not_writable`, `disk_full`
 */
export async function lockForProcess(path: string): Promise<AsyncDisposable> {
  const held = resolve(path);
  if (heldHere.has(held)) throw new VideoError('path_in_use', { path });
  heldHere.add(held);
  try {
    await takeOver(path);
  } catch (error) {
    heldHere.delete(held);
    throw error;
  }
  return {
    async [Symbol.asyncDispose]() {
      // A disk that no longer takes anything keeps it; whoever comes next takes over from a process that is gone.
      await rm(path, { force: true }).catch(() => undefined);
      heldHere.delete(held);
    },
  };
}

async function takeOver(path: string): Promise<void> {
  for (;;) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(`${process.pid} ${hostname()}\n`);
      await file.close();
      return;
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw toDiskError(error, path);
    }
    if (await isOwnerAlive(path)) throw new VideoError('path_in_use', { path });
    try {
      await rm(path, { force: true });
    } catch (error) {
      throw toDiskError(error, path);
    }
  }
}

async function isOwnerAlive(path: string): Promise<boolean> {
  const [pidText, host] = (await readFile(path, 'utf8').catch(() => '')).trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  if (host !== hostname()) return true;
  // An earlier process that had our number, as the first of a container always has: we hold no such lock.
  if (pid === process.pid) return false;
  // Since the machine started again, the number may have gone to another process.
  if (await isOlderThanBoot(path)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === 'EPERM';
  }
}

async function isOlderThanBoot(path: string): Promise<boolean> {
  const bootedAtMs = Date.now() - uptime() * 1000;
  const stats = await stat(path).catch(() => undefined);
  // Released while we looked at it.
  return stats === undefined || stats.mtimeMs < bootedAtMs - BOOT_SLACK_MS;
}
