import { open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { systemCodeOf, toDiskError, VideoError } from '../../base/errors.ts';

/**
 * Holds `path` for this process: a file that names its owner, `PID HOST`. The lock of a process that is gone is taken
 * over at once, however it ended; a time-based lock would make a person wait after every `kill -9`.
 *
 * @throws VideoError `path_in_use` while its owner lives, `path_not_writable`, `disk_full`
 */
export async function lockForProcess(path: string): Promise<AsyncDisposable> {
  for (;;) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(`${process.pid} ${hostname()}\n`);
      await file.close();
      return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    } catch (error) {
      if (systemCodeOf(error) !== 'EEXIST') throw toDiskError(error, path);
    }
    if (await isOwnerAlive(path)) throw new VideoError('path_in_use', { path });
    await rm(path, { force: true });
  }
}

async function isOwnerAlive(path: string): Promise<boolean> {
  const [pidText, host] = (await readFile(path, 'utf8').catch(() => '')).trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCodeOf(error) === 'EPERM';
  }
}
