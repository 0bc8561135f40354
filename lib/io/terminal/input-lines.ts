import { fstatSync, statSync } from 'node:fs';
import readline from 'node:readline';
import { Writable } from 'node:stream';
import { printable } from '../../base/printable.ts';
import type { Screen } from './screen.ts';

export type LineInput = NodeJS.ReadableStream & { readonly isTTY?: boolean };

export interface InputLinesOptions {
  readonly input: LineInput;
  readonly screen: Screen;
  readonly prompt: string;
  /** What the words typed so far may become; called at Tab. */
  complete(typed: string): readonly string[];
  /** Ctrl-C in a terminal, which no longer is a signal while lines are being edited. */
  onInterrupt(): void;
  /** Ends the lines. */
  readonly signal: AbortSignal;
}

/** The lines that a person types or a pipe brings, until its end, Ctrl-D or the signal. */
export async function* inputLines(options: InputLinesOptions): AsyncGenerator<string, void, undefined> {
  const { input, screen, signal } = options;
  if (signal.aborted) return;
  const isEdited = input.isTTY === true && screen.isTerminal;
  const lines = isEdited ? createEditor(options) : readline.createInterface({ input, terminal: false });
  const close = () => lines.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    yield* lines;
  } finally {
    signal.removeEventListener('abort', close);
    lines.close();
    screen.showPrompt(undefined);
  }
}

/** True for `/dev/null`, which services have as their standard input: it has no lines, yet it is no wish to end. */
export function isNullDevice(fd: number): boolean {
  try {
    const { rdev } = fstatSync(fd);
    return rdev !== 0 && rdev === statSync('/dev/null').rdev;
  } catch {
    return false;
  }
}

/** readline edits, remembers and completes the line; drawing it is the screen's, which knows where the bars are. */
function createEditor({ input, screen, prompt, complete, onInterrupt }: InputLinesOptions): readline.Interface {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const editor = readline.createInterface({ input, output: nowhere, terminal: true, prompt: '', completer });
  let isDrawn = true;
  // A pasted text comes as many keys at once: it is drawn once.
  const draw = () => {
    if (isDrawn) process.nextTick(drawNow);
    isDrawn = false;
  };
  const drawNow = () => {
    if (!isDrawn) screen.showPrompt({ prompt, typed: editor.line, cursor: editor.cursor });
    isDrawn = true;
  };

  function completer(typed: string): [string[], string] {
    const candidates = [...complete(typed)];
    const isStuck = candidates.length > 1 && candidates.every(candidate => candidate.length > typed.length);
    if (isStuck) screen.print(candidates.join('  '));
    return [candidates.length === 1 ? [`${candidates[0]!} `] : candidates, typed];
  }

  // After readline's own listener: the line already is what the key made of it.
  input.on('keypress', draw);
  editor.on('line', line => screen.print(prompt + printable(line)));
  editor.on('SIGINT', onInterrupt);
  editor.on('SIGCONT', draw);
  editor.on('close', () => {
    input.off('keypress', draw);
    isDrawn = true;
  });
  draw();
  return editor;
}
