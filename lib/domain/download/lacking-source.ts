import type { Source } from './source.ts';

const lacking = new WeakMap<Source, { readonly parts: string; readonly source: Source }>();

/**
 * The same source, of which it is known that some of its parts are bad: the engine asks others for them. The same source
 * with the same bad parts is always the same object, so that a feed that repeats it changes nothing.
 */
export function lackingSource(source: Source, badParts: readonly number[] = []): Source {
  if (badParts.length === 0) return source;
  const parts = badParts.join(',');
  const known = lacking.get(source);
  if (known?.parts === parts) return known.source;
  const wrapped = new LackingSource(source, new Set(badParts));
  lacking.set(source, { parts, source: wrapped });
  return wrapped;
}

class LackingSource implements Source {
  readonly id: string;
  readonly lacks: ReadonlySet<number>;
  readonly #source: Source;

  constructor(source: Source, lacks: ReadonlySet<number>) {
    this.id = source.id;
    this.lacks = lacks;
    this.#source = source;
  }

  read: Source['read'] = (run, receiver, options) => this.#source.read(run, receiver, options);

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source[Symbol.asyncDispose]();
  }
}
