import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { VideoError } from '../../base/errors.ts';

/** A player that shows something. */
export interface Player extends AsyncDisposable {
  /** Resolves when its window was closed, or however else it ended. */
  readonly ended: Promise<void>;
}

/**
 * Starts a program of the machine (`mpv`, `vlc --fullscreen`) with a URL as its last word. What it prints is not shown.
 *
 * @throws VideoError `player_failed` when there is no such program
 */
export async function startPlayer(commandLine: string, url: string): Promise<Player> {
  const [program = '', ...args] = commandLine.trim().split(/\s+/);
  const child = spawn(program, [...args, url], { stdio: 'ignore', windowsHide: true });
  const ended = new Promise<void>(resolve => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw new VideoError('player_failed', { program }, { cause: error });
  }
  return {
    ended,
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended;
    },
  };
}
