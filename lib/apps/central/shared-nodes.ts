import type { CentralState } from './state.ts';

/**
 * Tells the other centrals of the catalogue what this one heard of the nodes since the last time, and learns what they
 * heard, and what people decided there: then any central offers any node. Does nothing before it is time again.
 */
export class SharedNodes {
  readonly #central: string;
  #sharedAtMs = -Infinity;

  /** `central` is another one for each run of each central. */
  constructor(central: string) {
    this.#central = central;
  }

  /** @throws VideoError `catalog_unavailable`; the next heartbeats tell again what was to be told */
  async share({ catalog, registry, clock, settings }: Pick<CentralState, 'catalog' | 'registry' | 'clock' | 'settings'>): Promise<void> {
    const nowMs = clock.now();
    if (nowMs - this.#sharedAtMs < settings.shareEveryMs) return;
    this.#sharedAtMs = nowMs;
    await catalog.nodeReports.save(this.#central, registry.takeNews(nowMs));
    const heard = await catalog.nodeReports.heardByOthers(this.#central, settings.failureDetector.downAfterMs);
    for (const node of heard) registry.hear(node, clock.now());
    await learnModes({ catalog, registry, clock });
  }
}

/** What people decided about nodes, here or at another central, until now. */
export async function learnModes({ catalog, registry, clock }: Pick<CentralState, 'catalog' | 'registry' | 'clock'>): Promise<void> {
  for (const { number, identity, mode } of await catalog.nodes()) {
    const known = registry.get(number, clock.now());
    if (known?.identity === identity && known.mode !== mode) registry.setMode(number, mode);
  }
}
