/** Tells the demonstration: numbered steps, and what came of each below it. */
export class Narrator {
  readonly #print: (text: string) => void;
  #steps = 0;

  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  step(text: string): void {
    this.#steps += 1;
    this.#print(`${this.#steps === 1 ? '' : '\n'}${this.#steps}. ${text}`);
  }

  details(...lines: readonly string[]): void {
    for (const line of lines) this.#print(`   ${line}`);
  }
}
