import type { Clock } from '../../base/clock.ts';
import type { Catalog } from '../../domain/catalog.ts';
import type { Census } from '../../domain/repair-plan.ts';
import { limits } from '../../protocol/limits.ts';

export interface LackingFilesOptions {
  readonly catalog: Pick<Catalog, 'underReplicated'>;
  readonly census: () => Pick<Census, 'replicas' | 'counted'>;
  readonly clock: Clock;
}

/** How many files have fewer replicas than they should, whether or not somebody can copy them now. */
export class LackingFiles {
  readonly #options: LackingFilesOptions;
  #counted: { readonly atMs: number; readonly files: Promise<number> } | undefined;

  constructor(options: LackingFilesOptions) {
    this.#options = options;
  }

  /**
   * Counted to `limits.lackingCounted`. Pages and monitors ask all the time, and the answer takes a look at the whole catalogue: it
   * stays for a while.
   *
   * @throws VideoError `catalog_unavailable`
   */
  count(): Promise<number> {
    const { clock } = this.#options;
    if (!this.#counted || clock.now() - this.#counted.atMs > limits.lackingFreshMs) {
      const files = this.#count();
      this.#counted = { atMs: clock.now(), files };
      // What failed is no answer for the next one.
      files.catch(() => (this.#counted = undefined));
    }
    return this.#counted.files;
  }

  async #count(): Promise<number> {
    const { replicas, counted } = this.#options.census();
    return (await this.#options.catalog.underReplicated(replicas, counted, limits.lackingCounted)).length;
  }
}
