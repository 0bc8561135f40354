import { PassThrough, Writable } from 'node:stream';
import xterm from '@xterm/headless';
import type { ScreenOutput } from '../../lib/io/terminal/screen.ts';

/** A terminal in memory: programs write to `output` and read from `keyboard`; tests look at the screen. */
export class VirtualTerminal {
  readonly output: ScreenOutput;
  readonly keyboard: PassThrough & { isTTY: boolean; setRawMode: () => unknown };
  readonly #terminal: xterm.Terminal;
  #written = '';
  readonly #onWritten = new Set<() => void>();

  constructor(columns = 80, rows = 12) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
    this.output = Object.assign(
      new Writable({
        decodeStrings: false,
        write: (chunk: string | Buffer, _encoding, done) => {
          this.#written += String(chunk);
          this.#terminal.write(chunk);
          done();
          for (const look of this.#onWritten) look();
        },
      }),
      { isTTY: true, columns, rows },
    );
    this.keyboard = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  }

  /** Everything that was written, control codes included. */
  get written(): string {
    return this.#written;
  }

  /** Rows of the window without the empty ones at its end. */
  async rows(): Promise<readonly string[]> {
    const { active } = await this.#settled();
    const rows = Array.from({ length: this.#terminal.rows }, (_, row) => textOf(active, active.baseY + row));
    while (rows.at(-1) === '') rows.pop();
    return rows;
  }

  /** Every row since the beginning, those that scrolled away included. */
  async history(): Promise<readonly string[]> {
    const { active } = await this.#settled();
    const rows = Array.from({ length: active.length }, (_, row) => textOf(active, row));
    while (rows.at(-1) === '') rows.pop();
    return rows;
  }

  async cursor(): Promise<{ readonly row: number; readonly column: number }> {
    const { active } = await this.#settled();
    return { row: active.cursorY, column: active.cursorX };
  }

  /** Types, and waits until the program has read it. */
  async type(text: string): Promise<void> {
    this.keyboard.write(text);
    await new Promise(resolve => setImmediate(resolve));
  }

  /** Resolves when the screen shows the text, looking again after each write. */
  shows(text: string): Promise<void> {
    return new Promise(resolve => {
      const look = async () => {
        if (!(await this.rows()).some(row => row.includes(text))) return;
        this.#onWritten.delete(look);
        resolve();
      };
      this.#onWritten.add(look);
      void look();
    });
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    Object.assign(this.output, { columns, rows });
    this.output.emit('resize');
  }

  /** What was written before is on the screen. */
  #settled(): Promise<xterm.IBufferNamespace> {
    return new Promise(resolve => this.#terminal.write('', () => resolve(this.#terminal.buffer)));
  }
}

function textOf(buffer: xterm.IBuffer, row: number): string {
  return (buffer.getLine(row)?.translateToString(true) ?? '').trimEnd();
}
