/**
 * The terminal that a group of cli-progress bars believes to draw on: it only remembers the rows, which the screen then
 * draws together with those of other groups and the prompt. (cli-progress moves the real cursor by itself, which would
 * fight with whoever is typing.) The methods are those that cli-progress calls.
 */
export class BarRows {
  readonly #columns: () => number;
  readonly #rows: string[] = [];
  #row = 0;

  constructor(columns: () => number) {
    this.#columns = columns;
  }

  get rows(): readonly string[] {
    return this.#rows;
  }

  isTTY(): boolean {
    return true;
  }

  getWidth(): number {
    return this.#columns();
  }

  write(text: string): void {
    this.#rows[this.#row] = text;
  }

  newline(): void {
    this.#row += 1;
  }

  cursorRelativeReset(): void {
    this.#row = 0;
  }

  clearBottom(): void {
    this.#rows.length = 0;
  }

  cursor(): void {}

  cursorTo(): void {}

  clearLine(): void {}

  clearRight(): void {}

  lineWrapping(): void {}
}
