/**
 * A value that changes, for one reader who only cares for the newest: the reader gets the value of now and each later
 * one; those that were replaced before it looked are skipped.
 */
export class Latest<T> implements AsyncIterable<T> {
  #pending: { readonly value: T } | undefined;
  #isEnded = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  /** Without a value, the reader waits for the first one. */
  constructor(...first: readonly [T?]) {
    if (first.length > 0) this.#pending = { value: first[0]! };
  }

  set(value: T): void {
    this.#pending = { value };
    this.#wake();
  }

  /** The reader's loop ends after the last value. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** The reader's loop throws after the last value. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const pending = this.#pending;
      this.#pending = undefined;
      if (pending) {
        yield pending.value;
      } else if (this.#isEnded) {
        return;
      } else if (this.#failure) {
        throw this.#failure.error;
      } else {
        await new Promise<void>(resolve => {
          this.#wake = resolve;
        });
      }
    }
  }
}
