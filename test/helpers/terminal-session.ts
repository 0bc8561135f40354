import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { eventually } from './eventually.ts';
import type { Teardown } from './programs.ts';

const run = promisify(execFile);
const PATIENCE_MS = 60_000;

/** A program in a real terminal, which tmux keeps. */
export interface TerminalSession {
  /** Keys by their names (`Enter`, `C-d`) or a text. */
  press(...keys: readonly string[]): Promise<void>;
  /** Rows of the window, without the empty ones at its end. */
  rows(): Promise<readonly string[]>;
  /** Those that scrolled away as well. */
  history(): Promise<readonly string[]>;
  /** Resolves with the rows as soon as they are as wanted. */
  shows(what: string, isWanted: (rows: readonly string[]) => boolean): Promise<readonly string[]>;
  cursor(): Promise<{ readonly row: number; readonly column: number }>;
  resize(columns: number, rows: number): Promise<void>;
}

export interface TerminalOptions {
  readonly cwd: string;
  readonly columns: number;
  readonly rows: number;
}

export function isTmuxHere(): boolean {
  return spawnSync('tmux', ['-V']).status === 0;
}

/** Runs the command; after it the terminal shows `FIN` and its status, and stays until the test is over. */
export async function openTerminal(t: Teardown, command: readonly string[], { cwd, columns, rows }: TerminalOptions): Promise<TerminalSession> {
  const socket = `videopartes-${randomUUID()}`;
  const tmux = async (...args: readonly string[]) =>
    (await run('tmux', ['-u', '-L', socket, '-f', '/dev/null', ...args], { cwd, env: { ...process.env, LC_ALL: 'C.UTF-8' } })).stdout;
  const line = `LC_ALL=es_ES.UTF-8 ${command.map(quoted).join(' ')}; echo FIN $?; exec cat`;
  await tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), line);
  t.teardown(() => tmux('kill-server').catch(() => undefined));

  const session: TerminalSession = {
    async press(...keys) {
      await tmux('send-keys', ...keys);
    },
    rows: async () => rowsOf(await tmux('capture-pane', '-p')),
    history: async () => rowsOf(await tmux('capture-pane', '-p', '-S', '-')),
    async shows(what, isWanted) {
      let last: readonly string[] = [];
      const look = async () => {
        last = await session.rows();
        return isWanted(last) ? last : undefined;
      };
      try {
        return await eventually(`the terminal shows ${what}`, look, PATIENCE_MS);
      } catch (error) {
        throw new Error(`${String(error)}; it shows:\n${last.join('\n')}`, { cause: error });
      }
    },
    async cursor() {
      const [row, column] = (await tmux('display-message', '-p', '#{cursor_y} #{cursor_x}')).split(' ').map(Number);
      return { row: row!, column: column! };
    },
    async resize(newColumns, newRows) {
      await tmux('resize-window', '-x', String(newColumns), '-y', String(newRows));
    },
  };
  return session;
}

function rowsOf(captured: string): readonly string[] {
  const rows = captured.split('\n').map(row => row.trimEnd());
  while (rows.at(-1) === '') rows.pop();
  return rows;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
