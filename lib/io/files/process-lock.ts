import { randomUUID } from 'node:crypto';
import { constants, type BigIntStats } from 'node:fs';
import { copyFile, link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { systemCodeOf, toDiskError, VideoError } from '../../base/errors.ts';
import { hasNoLinks } from './atomic-write.ts';

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
  const own = unseenBeside(path);
  try {
    // Whoever finds the lock finds it with its owner's name: it appears whole.
    await writeFile(own, `${process.pid} ${hostname()}\n`, { flag: 'wx' });
    while (!(await appeared(own, path))) {
      const found = await statsOf(path);
      if (await isOwnerAlive(path)) throw new VideoError('path_in_use', { path });
      if (found) await putAway(path, found);
    }
  } catch (error) {
    throw toDiskError(error, path);
  } finally {
    await rm(own, { force: true }).catch(() => undefined);
  }
}

/** False when something has that name already. */
async function appeared(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    if (!hasNoLinks(error)) throw error;
  }
  try {
    await copyFile(own, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock that was found; when another process did so first and holds the path by now, gives it back its own. */
async function putAway(path: string, found: BigIntStats): Promise<void> {
  const aside = unseenBeside(path);
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return;
    throw error;
  }
  if ((await statsOf(aside))?.ino !== found.ino) await appeared(aside, path);
  await rm(aside, { force: true });
}

/** A hidden name, and short: that of a lock may be as long as names can be. */
function unseenBeside(path: string): string {
  return join(dirname(path), `.${randomUUID()}.lock`);
}

async function statsOf(path: string): Promise<BigIntStats | undefined> {
  return stat(path, { bigint: true }).catch(() => undefined);
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
  const stats = await statsOf(path);
  // Released while we looked at it.
  return stats === undefined || Number(stats.mtimeMs) < bootedAtMs - BOOT_SLACK_MS;
}
