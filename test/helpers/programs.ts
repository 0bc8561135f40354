import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import type { ExecutionContext } from 'ava';

export type ProgramName = 'videocentral' | 'videosecundario' | 'videocliente' | 'videopeer' | 'videocanal';

/** Where things that were opened are closed: a test, or what a whole file shares. */
export type Teardown = Pick<ExecutionContext, 'teardown'>;

export interface ProgramOptions {
  readonly cwd: string;
  /** Its whole standard input; without it the input stays open for `type`; `null` is /dev/null. */
  readonly input?: string | null;
  /** Beside what this process has. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** A command that runs another one somewhere else. */
  readonly through?: readonly string[];
}

export interface ProgramEnd {
  /** Exit status; undefined when a signal ended it. */
  readonly status: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Longer than anything that a program here waits for by itself. */
const PATIENCE_MS = 60_000;
const TOLD_LINES = 40;

/** Starts a program in a folder, as a person would who reads Spanish; it is killed when the test is over. */
export function startProgram(t: Teardown, name: ProgramName, args: readonly string[], { cwd, input, env, through = [] }: ProgramOptions): TalkingProgram {
  const [command, ...words] = [...through, process.execPath, binaryOf(name), ...args];
  const child = spawn(command!, words, {
    cwd,
    env: { ...process.env, LC_ALL: 'es_ES.UTF-8', ...env },
    stdio: [input === null ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const program = new TalkingProgram(name, child);
  if (typeof input === 'string') program.endInput(input);
  t.teardown(() => program.stop('SIGKILL'));
  return program;
}

/** Runs a program with that input, or none, until it ends. */
export function runProgram(t: Teardown, name: ProgramName, args: readonly string[], { input = null, ...options }: ProgramOptions): Promise<ProgramEnd> {
  return startProgram(t, name, args, { ...options, input }).ended();
}

export function binaryOf(name: ProgramName): string {
  return fileURLToPath(new URL(`../../bin/${name}.js`, import.meta.url));
}

/** `stats/NAME.json` of whoever ran in `cwd`. */
export function statisticsPathIn(cwd: string, name: string): string {
  return join(cwd, 'stats', `${name}.json`);
}

/** A program that is listened to, and that can be spoken to. */
export class TalkingProgram {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #end: Promise<ProgramEnd>;
  readonly #listeners = new Set<() => void>();
  #stdout = '';
  #stderr = '';
  #lines: string[] = [];
  #isOver = false;

  constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#child = child;
    // It may end before it reads what it is told.
    child.stdin?.on('error', () => undefined);
    this.#listen(child.stdout!, text => (this.#stdout += text));
    this.#listen(child.stderr!, text => (this.#stderr += text));
    this.#end = once(child, 'close').then(([status, signal]) => {
      this.#isOver = true;
      for (const listener of this.#listeners) listener();
      return { status: status ?? undefined, signal: signal ?? undefined, stdout: this.#stdout, stderr: this.#stderr };
    });
  }

  /** Lines of both streams, as they came. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves with the first line that matches, past ones included from the `after`-th on. */
  async says(pattern: RegExp, { after = 0, withinMs = PATIENCE_MS } = {}): Promise<RegExpExecArray> {
    let seen = after;
    const find = () => {
      for (; seen < this.#lines.length; seen += 1) {
        const match = pattern.exec(this.#lines[seen]!);
        if (match) return match;
      }
      if (this.#isOver) throw this.#failure(`ended without saying ${pattern}`);
      return undefined;
    };
    return this.#until(find, `did not say ${pattern} within ${withinMs} ms`, withinMs);
  }

  /** Types a line and resolves with the first that it answers and that matches. */
  async ask(line: string, answer: RegExp): Promise<RegExpExecArray> {
    const after = this.#lines.length;
    this.type(line);
    return this.says(answer, { after });
  }

  type(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  /** Ctrl-D, or the end of a pipe. */
  endInput(last = ''): void {
    this.#child.stdin!.end(last);
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.#isOver) this.#child.kill(signal);
  }

  async ended({ withinMs = PATIENCE_MS } = {}): Promise<ProgramEnd> {
    await this.#until(() => this.#isOver || undefined, `did not end within ${withinMs} ms`, withinMs);
    return this.#end;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<ProgramEnd> {
    this.signal(signal);
    return this.ended();
  }

  #listen(stream: NodeJS.ReadableStream, keep: (text: string) => void): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      keep(text);
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      if (lines.length === 0) return;
      this.#lines.push(...lines.map(line => stripVTControlCharacters(line)));
      for (const listener of this.#listeners) listener();
    });
  }

  #until<T>(find: () => T | undefined, failure: string, withinMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void) => {
        clearTimeout(timer);
        this.#listeners.delete(look);
        finish();
      };
      const timer = setTimeout(() => settle(() => reject(this.#failure(failure))), withinMs);
      const look = () => {
        try {
          const found = find();
          if (found !== undefined) settle(() => resolve(found));
        } catch (error) {
          settle(() => reject(error as Error));
        }
      };
      this.#listeners.add(look);
      look();
    });
  }

  #failure(reason: string): Error {
    return new Error(`${this.#name} ${reason}; it said:\n${this.#lines.slice(-TOLD_LINES).join('\n')}`);
  }
}
