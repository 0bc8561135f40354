import { fstatSync, statSync } from 'node:fs';
import readline from 'node:readline';
import { Writable } from 'node:stream';
import { printable } from '../../base/printable.ts';
import type { Screen } from './screen.ts';

export type LineInput = NodeJS.ReadableStream & { readonly isTTY?: boolean };

const CANDIDATES_SHOWN = 50;

/** What the end of a line may become. */
export interface Completion {
  /** The end of it. */
  readonly of: string;
  readonly words: readonly string[];
}

export interface InputLinesOptions {
  readonly input: LineInput;
  readonly screen: Screen;
  /** May be another one whenever the next line is asked for. */
  readonly prompt: () => string;
  /** Called at Tab, with what stands before the cursor; nothing else is typed until it resolves. Never rejects. */
  complete(typed: string): Promise<Completion>;
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
  const { lines, draw } = isEdited ? createEditor(options) : { lines: readline.createInterface({ input, terminal: false }), draw: () => undefined };
  const close = () => lines.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    for await (const line of lines) {
      yield line;
      draw();
    }
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
function createEditor({ input, screen, prompt, complete, onInterrupt }: InputLinesOptions): { readonly lines: readline.Interface; readonly draw: () => void } {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const editor = readline.createInterface({ input, output: nowhere, terminal: true, prompt: '', completer });
  let isDrawn = true;
  // A pasted text comes as many keys at once: it is drawn once.
  const draw = () => {
    if (isDrawn) process.nextTick(drawNow);
    isDrawn = false;
  };
  const drawNow = () => {
    if (!isDrawn) screen.showPrompt({ prompt: prompt(), typed: editor.line, cursor: editor.cursor });
    isDrawn = true;
  };

  function completer(typed: string, tell: (error: null, completions: [string[], string]) => void): void {
    void complete(typed).then(({ words, of }) => {
      if (words.length > 1) screen.print([...words.slice(0, CANDIDATES_SHOWN), ...(words.length > CANDIDATES_SHOWN ? ['…'] : [])].map(printable).join('  '));
      tell(null, [words.length === 1 ? [`${words[0]!} `] : [...words], of]);
      draw();
    });
  }

  // After readline's own listener: the line already is what the key made of it.
  input.on('keypress', draw);
  editor.on('line', line => screen.print(prompt() + printable(line)));
  editor.on('SIGINT', onInterrupt);
  editor.on('SIGCONT', draw);
  editor.on('close', () => {
    input.off('keypress', draw);
    isDrawn = true;
  });
  draw();
  return { lines: editor, draw };
}
