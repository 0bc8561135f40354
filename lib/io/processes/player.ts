import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants } from 'node:fs/promises';
import { delimiter, join, sep } from 'node:path';
import { VideoError } from '../../base/errors.ts';

/** A player that shows something. */
export interface Player extends AsyncDisposable {
  /**
   * Resolves when its window was closed, or it was ended otherwise.
   *
   * @throws VideoError `player_broke` when it ended with an error of its own
   */
  readonly ended: Promise<void>;
}

/** A player that does not go when it is asked to is killed after so long. */
const GRACE_MS = 2000;

/**
 * Whether such a program is there, before there is something to show.
 *
 * @throws VideoError `player_failed` when it is not where the system looks for programs
 */
export async function findPlayer(commandLine: string): Promise<void> {
  const { program } = wordsOf(commandLine);
  const { PATH: folders, PATHEXT: endings } = process.env;
  // Where nothing is said, the system knows.
  if (program.includes('/') || program.includes(sep) || folders === undefined) return;
  const names = process.platform === 'win32' ? (endings ?? '.EXE').split(delimiter).map(ending => program + ending) : [program];
  const paths = folders.split(delimiter).flatMap(folder => names.map(name => join(folder, name)));
  try {
    await Promise.any(paths.map(path => access(path, constants.X_OK)));
  } catch (error) {
    throw new VideoError('player_failed', { program }, { cause: error });
  }
}

/**
 * Starts a program of the machine (`mpv`, `vlc --fullscreen`) with a URL as its last word. What it prints is not shown. It does not
 * outlive this process, unless that one is killed.
 *
 * @throws VideoError `player_failed` when there is no such program
 */
export async function startPlayer(commandLine: string, url: string): Promise<Player> {
  const { program, args } = wordsOf(commandLine);
  const child = spawn(program, [...args, url], { stdio: 'ignore', windowsHide: true });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const gone = new Promise<number | null>(resolve => {
    child.once('exit', status => resolve(status));
    child.once('error', () => resolve(null));
  }).finally(() => process.off('exit', kill));
  let isAsked = false;
  const ended = gone.then(status => {
    if (status && !isAsked) throw new VideoError('player_broke', { program, status });
  });
  // Not everybody waits for it.
  ended.catch(() => undefined);
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new VideoError('player_failed', { program }, { cause: error });
  }
  return {
    ended,
    async [Symbol.asyncDispose]() {
      isAsked = true;
      child.kill();
      const insist = setTimeout(kill, GRACE_MS);
      await gone;
      clearTimeout(insist);
    },
  };
}

function wordsOf(commandLine: string): { readonly program: string; readonly args: readonly string[] } {
  const [program = '', ...args] = commandLine.trim().split(/\s+/);
  return { program, args };
}
