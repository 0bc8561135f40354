import type { Writable } from 'node:stream';
import { printable } from '../../base/printable.ts';
import { fitText, graphemesOf, textWidth } from '../../base/text-width.ts';

const CLEAR_BELOW = '\x1b[J';
const DEFAULT_COLUMNS = 80;
const DEFAULT_ROWS = 24;
/** The prompt never shows fewer than this many columns of what is being typed. */
const TYPED_MIN_COLUMNS = 10;

/** What is being typed, and where its cursor is (in UTF-16 units, as readline counts). */
export interface PromptLine {
  readonly prompt: string;
  readonly typed: string;
  readonly cursor: number;
}

/**
 * The one place that writes to the terminal. Lines scroll up; below them stays a block: the progress bars, then the
 * prompt. Every change redraws the block in one write, so that bars, log lines and what is being typed never mix.
 *
 * Where the output is no terminal there is no block and no control code: only lines.
 */
export interface Screen {
  readonly isTerminal: boolean;
  /** True with `--json`: the output carries JSON lines and people's lines go to the error stream. */
  readonly isJson: boolean;
  readonly columns: number;
  /** A whole line (or several) for people, above the block. */
  print(text: string): void;
  /** A whole line on the error stream, wherever the rest goes. */
  printError(text: string): void;
  /** One line for programs, on the output. */
  printJson(value: unknown): void;
  showBars(lines: readonly string[]): void;
  showPrompt(line: PromptLine | undefined): void;
  /** Wipes the block; what was printed stays. May be called twice. */
  close(): void;
}

export type ScreenOutput = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

export interface ScreenOptions {
  readonly output: ScreenOutput;
  readonly errors: ScreenOutput;
  readonly isJson?: boolean;
  /** How many bars did not fit, in words. */
  readonly moreBars?: (hidden: number) => string;
}

export function createScreen(options: ScreenOptions): Screen {
  return options.isJson || options.output.isTTY !== true ? new PlainScreen(options) : new TerminalScreen(options);
}

class PlainScreen implements Screen {
  readonly isTerminal = false;
  readonly isJson: boolean;
  readonly columns = DEFAULT_COLUMNS;
  readonly #output: ScreenOutput;
  readonly #errors: ScreenOutput;

  constructor({ output, errors, isJson = false }: ScreenOptions) {
    this.isJson = isJson;
    this.#output = output;
    this.#errors = errors;
  }

  print(text: string): void {
    (this.isJson ? this.#errors : this.#output).write(`${text}\n`);
  }

  printError(text: string): void {
    this.#errors.write(`${text}\n`);
  }

  printJson(value: unknown): void {
    this.#output.write(`${JSON.stringify(value)}\n`);
  }

  showBars(): void {}

  showPrompt(): void {}

  close(): void {}
}

class TerminalScreen implements Screen {
  readonly isTerminal = true;
  readonly isJson = false;
  readonly #output: ScreenOutput;
  readonly #errors: ScreenOutput;
  readonly #moreBars: (hidden: number) => string;
  readonly #onResize = () => this.#paint('');
  #bars: readonly string[] = [];
  #prompt: PromptLine | undefined;
  /** Lines of the block as they were drawn; the cursor stays on the last one. */
  #drawn: readonly string[] = [];

  constructor({ output, errors, moreBars = hidden => `… +${hidden}` }: ScreenOptions) {
    this.#output = output;
    this.#errors = errors;
    this.#moreBars = moreBars;
    output.on('resize', this.#onResize);
  }

  get columns(): number {
    return this.#output.columns || DEFAULT_COLUMNS;
  }

  print(text: string): void {
    this.#paint(`${text}\n`);
  }

  printError(text: string): void {
    // On a terminal both streams are the same screen, and one writer keeps it right.
    if (this.#errors.isTTY) this.print(text);
    else this.#errors.write(`${text}\n`);
  }

  printJson(value: unknown): void {
    this.print(JSON.stringify(value));
  }

  showBars(lines: readonly string[]): void {
    this.#bars = lines;
    this.#paint('');
  }

  showPrompt(line: PromptLine | undefined): void {
    this.#prompt = line;
    this.#paint('');
  }

  close(): void {
    this.#output.off('resize', this.#onResize);
    if (this.#drawn.length === 0) return;
    this.#bars = [];
    this.#prompt = undefined;
    this.#paint('');
  }

  #paint(above: string): void {
    const bars = this.#visibleBars();
    const prompt = this.#prompt && promptInWindow(this.#prompt, this.columns - 1);
    const block = prompt ? [...bars, prompt.text] : bars;
    const cursor = prompt ? cursorTo(prompt.cursorColumn) : '';
    this.#output.write(this.#toBlockStart() + CLEAR_BELOW + above + block.join('\n') + cursor);
    this.#drawn = block;
  }

  /** A terminal that became narrower wrapped the lines of the block: they take more rows than were drawn. */
  #toBlockStart(): string {
    const rowsAbove = this.#drawn
      .slice(0, -1)
      .reduce((rows, line) => rows + Math.max(1, Math.ceil(textWidth(line) / this.columns)), 0);
    return rowsAbove > 0 ? `\r\x1b[${rowsAbove}A` : '\r';
  }

  /** The block must fit in the window: rows that scrolled away could not be redrawn. */
  #visibleBars(): readonly string[] {
    const room = Math.max(1, (this.#output.rows || DEFAULT_ROWS) - 2);
    const fits = this.#bars.length <= room;
    const shown = fits ? this.#bars : [...this.#bars.slice(0, room - 1), this.#moreBars(this.#bars.length - room + 1)];
    // One column free: a full line would leave the cursor waiting to wrap.
    return shown.map(line => fitText(line, this.columns - 1));
  }
}

/** The prompt in one row: of a long line, the part around the cursor. */
function promptInWindow({ prompt, typed, cursor }: PromptLine, columns: number): { text: string; cursorColumn: number } {
  const head = fitText(prompt, Math.max(0, columns - TYPED_MIN_COLUMNS));
  const room = columns - textWidth(head);
  const before = graphemesOf(printable(typed.slice(0, cursor)));
  let start = before.length;
  let width = 0;
  for (; start > 0; start -= 1) {
    const nextWidth = width + textWidth(before[start - 1]!);
    if (nextWidth >= room) break;
    width = nextWidth;
  }
  const visible = before.slice(start).join('') + printable(typed.slice(cursor, cursor + columns));
  return { text: head + fitText(visible, room), cursorColumn: textWidth(head) + width };
}

function cursorTo(column: number): string {
  return column > 0 ? `\r\x1b[${column}C` : '\r';
}
