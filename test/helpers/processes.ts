import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';

export type ProgramName = 'videocentral' | 'videosecundario' | 'videocliente' | 'videopeer' | 'videocanal';

/** A real program, its lines, and its end. */
export interface RunningProgram {
  readonly process: ChildProcess;
  /** Lines of standard output, so far. */
  readonly lines: readonly string[];
  readonly errors: readonly string[];
  /** Resolves with the first line of standard output, past ones included, that `find` turns into something. */
  until<T>(find: (line: string) => T | undefined): Promise<T>;
  /** Sends the signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Exit status, or the signal's name. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

export interface RunOptions {
  readonly cwd: string;
  /** Written to standard input, which then ends; without it the input is /dev/null. */
  readonly input?: string;
  /** Beside the environment of the test. */
  readonly env?: Readonly<Record<string, string>>;
}

const PATIENCE_MS = 60_000;

export function run(t: Pick<ExecutionContext, 'teardown'>, name: ProgramName, flags: readonly string[], { cwd, input, env = {} }: RunOptions): RunningProgram {
  const bin = fileURLToPath(new URL(`../../bin/${name}.js`, import.meta.url));
  const child = spawn(process.execPath, [bin, ...flags], {
    cwd,
    env: { ...process.env, LC_ALL: 'es_ES.UTF-8', ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  if (input !== undefined) child.stdin!.end(input);
  const lines: string[] = [];
  const errors: string[] = [];
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of listeners) listener();
  };
  createInterface(child.stdout!).on('line', line => {
    lines.push(line);
    changed();
  });
  createInterface(child.stderr!).on('line', line => errors.push(line));
  const ended = once(child, 'close').then(([status, signal]) => (status ?? signal) as number | NodeJS.Signals);
  void ended.then(changed);
  const isOver = () => child.exitCode !== null || child.signalCode !== null;

  const program: RunningProgram = {
    process: child,
    lines,
    errors,
    ended,
    until: find =>
      new Promise((resolve, reject) => {
        let seen = 0;
        const finish = (settle: () => void) => {
          listeners.delete(look);
          clearTimeout(timer);
          settle();
        };
        const fail = (reason: string) =>
          finish(() => reject(new Error(`${name} ${reason}:\n${[...lines, ...errors].slice(-40).join('\n')}`)));
        const timer = setTimeout(() => fail('never said it'), PATIENCE_MS);
        const look = () => {
          for (; seen < lines.length; seen += 1) {
            const found = find(lines[seen]!);
            if (found !== undefined) {
              seen += 1;
              finish(() => resolve(found));
              return;
            }
          }
          if (isOver()) fail('ended without saying it');
        };
        listeners.add(look);
        look();
      }),
    async stop(signal = 'SIGTERM') {
      if (!isOver()) child.kill(signal);
      await ended;
    },
  };
  t.teardown(() => program.stop('SIGKILL'));
  return program;
}

/** The port in a line that tells an address of a program's own. */
export function portIn(line: string): number | undefined {
  const port = /http:\/\/[^\s/]+:(\d+)/.exec(line)?.[1];
  return port === undefined ? undefined : Number(port);
}

/** An object of a `--json` line, when it has that event. */
export function eventNamed(name: string): (line: string) => Record<string, unknown> | undefined {
  return line => {
    const value = JSON.parse(line) as Record<string, unknown>;
    return value['event'] === name ? value : undefined;
  };
}
