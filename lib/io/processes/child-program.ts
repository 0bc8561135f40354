import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { toVideoError } from '../../base/errors.ts';

/** How a program ended: its exit status, or the signal that ended it. */
export type ChildEnd = number | NodeJS.Signals;

export interface ChildProgramOptions {
  /** A file of JavaScript for this Node. */
  readonly script: string;
  readonly args: readonly string[];
  /** Where what it prints goes: this terminal, or a file that is created. */
  readonly output: 'inherit' | { readonly path: string };
}

export interface ChildProgram extends AsyncDisposable {
  /** Resolves when it is gone; never rejects. */
  readonly ended: Promise<ChildEnd>;
  /** At once and without warning, as a power cut would. */
  kill(): void;
  /** Asks it to end (SIGTERM), insists after a while, and resolves when it is gone. May be called twice. */
  [Symbol.asyncDispose](): Promise<void>;
}

const GRACE_MS = 5000;

/**
 * Runs another program. It does not outlive this process, however this one ends: it is killed when this one exits,
 * and when this one is killed its standard input ends (or the channel to this one, when it shares the terminal's
 * output), which our programs obey. A Ctrl-C in the terminal is for this process, unless the child shares the
 * terminal's output.
 */
export async function startProgram({ script, args, output }: ChildProgramOptions): Promise<ChildProgram> {
  const file = output === 'inherit' ? undefined : await open(output.path, 'a');
  const out = file ? file.fd : 'inherit';
  const child = spawn(process.execPath, [script, ...args], {
    stdio: file ? ['pipe', out, out] : ['ignore', out, out, 'ipc'],
    // On Windows a detached program would open a window.
    detached: file !== undefined && process.platform !== 'win32',
    windowsHide: true,
  });
  // Writing to a program that is gone is no failure of ours.
  child.stdin?.on('error', () => undefined);
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'exit').then(
    ([status, signal]) => (status ?? signal) as ChildEnd,
    () => 1,
  );
  const gone = ended.finally(() => process.off('exit', kill));
  try {
    await Promise.race([once(child, 'spawn'), gone]);
  } catch (error) {
    throw toVideoError(error);
  } finally {
    await file?.close();
  }
  return {
    ended,
    kill,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      const insist = setTimeout(kill, GRACE_MS);
      await gone;
      clearTimeout(insist);
    },
  };
}
