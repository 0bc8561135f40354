/** Opened things in the order they were opened; closing goes backwards, closes all, and reports the first failure. */
export class CloseStack implements AsyncDisposable {
  readonly #closers: (() => unknown)[] = [];

  /** Remembers how to close something; returns it, so that opening and remembering is one expression. */
  use<T extends AsyncDisposable>(resource: T): T {
    this.#closers.push(() => resource[Symbol.asyncDispose]());
    return resource;
  }

  defer(close: () => unknown): void {
    this.#closers.push(close);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    for (let close = this.#closers.pop(); close; close = this.#closers.pop()) {
      try {
        await close();
      } catch (error) {
        failure ??= { error };
      }
    }
    if (failure) throw failure.error;
  }
}
