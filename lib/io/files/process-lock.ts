import { createHash, randomUUID } from 'node:crypto';
import { constants, readFileSync } from 'node:fs';
import { copyFile, link, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { isVideoError, systemCodeOf, toDiskError, VideoError } from '../../base/errors.ts';
import { hasNoLinks } from './atomic-write.ts';

/** What this process holds or is about to. */
const heldHere = new Set<string>();
/** Of the machine, since it started; of Linux only. Clocks tell less: when one is put forward, locks of those who live look old. */
const ownBoot = bootOfMachine();
/** Where no lock tells it: clocks may be set a little after the machine started. */
const BOOT_SLACK_MS = 60_000;
const LOOK_AGAIN_MS = 5;
const DIGEST_LENGTH = 16;
/** Between two looks at who holds a change. */
const CHANGED_AGAIN_MS = 20;
/** Many programs may end at once, each with a change of its own; and who waits for the last one is a person. */
const WAIT_MAX_MS = 5000;

/**
 * Holds `path` for this process: a file that names its owner, `PID HOST BOOT`, without the last where nobody knows it. The lock of a process that is gone is taken
 * over at once, however it ended; a time-based lock would make a person wait after every `kill -9`. Errors tell of
 * `subject`, what the lock is for.
 *
 * @throws VideoError `path_in_use` while its owner lives, `path_not_writable`, `disk_full`
 */
export async function lockForProcess(path: string, subject = path): Promise<AsyncDisposable> {
  const held = resolve(path);
  if (heldHere.has(held)) throw new VideoError('path_in_use', { path: subject });
  heldHere.add(held);
  try {
    await takeOver(path, subject);
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

/**
 * Holds `path` as soon as its owner is done with it, for changes that take a few milliseconds.
 *
 * @throws VideoError `path_in_use` when it was never free; as `lockForProcess`
 */
export async function waitForLock(path: string, clock: Clock): Promise<AsyncDisposable> {
  const deadlineMs = clock.now() + WAIT_MAX_MS;
  for (;;) {
    try {
      return await lockForProcess(path);
    } catch (error) {
      if (!isVideoError(error, 'path_in_use') || clock.now() >= deadlineMs) throw error;
    }
    await clock.sleep(CHANGED_AGAIN_MS);
  }
}

/** Removes, from a folder, what processes that are gone were about to lock something with. */
export async function removeStaleLocks(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!/^\..+\.lock$/.test(name)) continue;
    if ((await stateOf(path).catch(() => undefined)) === 'stale') await rm(path, { force: true }).catch(() => undefined);
  }
}

async function takeOver(path: string, subject: string): Promise<void> {
  const own = join(dirname(path), `.${randomUUID()}.lock`);
  try {
    // Whoever finds the lock finds it with its owner's name: it appears whole.
    const name = [process.pid, hostname(), ownBoot].filter(part => part !== undefined).join(' ');
    await writeFile(own, `${name}\n`, { flag: 'wx' });
    while (!(await appeared(own, path))) {
      const found = await stateOf(path);
      if (found === 'held') throw new VideoError('path_in_use', { path: subject });
      if (found === 'stale') await putAway(path, own);
    }
  } catch (error) {
    throw toDiskError(error, subject);
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

/** Removes a lock whose owner is gone. One process at a time does, or a second one would remove the new lock of the first. */
async function putAway(path: string, own: string): Promise<void> {
  const turn = turnBeside(path);
  while (!(await appeared(own, turn))) {
    if ((await stateOf(turn)) === 'stale') await rm(turn, { force: true });
    else await sleep(LOOK_AGAIN_MS);
  }
  try {
    if ((await stateOf(path)) === 'stale') await rm(path, { force: true });
  } finally {
    await rm(turn, { force: true });
  }
}

/** A hidden name, and short: that of a lock may be as long as names can be. */
function turnBeside(path: string): string {
  const digest = createHash('sha256').update(basename(path)).digest('hex').slice(0, DIGEST_LENGTH);
  return join(dirname(path), `.${digest}.lock`);
}

/** `absent` also when it was released while it was looked at. */
async function stateOf(path: string): Promise<'absent' | 'held' | 'stale'> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return isOwnerAlive(text, mtimeMs) ? 'held' : 'stale';
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return 'absent';
    throw error;
  }
}

function isOwnerAlive(text: string, lockedAtMs: number): boolean {
  const [pidText, host, boot] = text.trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  if (host !== hostname()) return true;
  // An earlier process that had our number, as the first of a container always has: we hold no such lock.
  if (pid === process.pid) return false;
  // Since the machine started again, the number may have gone to another process.
  const isOfThisBoot = boot === undefined || ownBoot === undefined ? lockedAtMs >= Date.now() - uptime() * 1000 - BOOT_SLACK_MS : boot === ownBoot;
  if (!isOfThisBoot) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === 'EPERM';
  }
}

function bootOfMachine(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
}
