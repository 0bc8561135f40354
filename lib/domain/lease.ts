/**
 * Work that one of several programs does at a time. Whoever takes a lease over from another, or again after its own was lost,
 * gets a higher fence: what was done under a lower one can be told from what is done now, and be refused.
 */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  /** Grows with each time that the lease is acquired, for ever. */
  readonly fence: number;
}

/** A lease as it is kept. */
export interface KeptLease extends Lease {
  readonly expiresAtMs: number;
  readonly leftText: string;
}

/** @throws VideoError `catalog_unavailable` from any method when the store fails */
export interface Leases {
  /** For `forMs` from now, when nobody else has it; undefined when somebody has. Who has it already gets a new fence. */
  acquire(name: string, holder: string, forMs: number): Promise<Lease | undefined>;

  /** For `forMs` from now, also when it had run out but nobody else took it; false when it is no longer the holder's. */
  renew(lease: Lease, forMs: number): Promise<boolean>;

  /** Free for others at once; nothing when it is no longer the holder's. */
  release(lease: Lease): Promise<void>;

  /** Replaces the text that stands beside the lease; false, and nothing is changed, when it is no longer the holder's. */
  leave(lease: Lease, text: string): Promise<boolean>;

  /** What was left last, by this holder or those before it; empty at first. */
  read(name: string): Promise<string>;
}

export function acquiredLease(
  kept: KeptLease | undefined,
  { name, holder, forMs, nowMs }: { readonly name: string; readonly holder: string; readonly forMs: number; readonly nowMs: number },
): KeptLease | undefined {
  if (kept && kept.holder !== holder && kept.expiresAtMs > nowMs) return undefined;
  return { name, holder, fence: (kept?.fence ?? 0) + 1, expiresAtMs: nowMs + forMs, leftText: kept?.leftText ?? '' };
}

/** Whether the lease is still its holder's: nobody has acquired it since. A released one is nobody's. */
export function isHeldBy(kept: KeptLease | undefined, { holder, fence }: Lease): boolean {
  return kept?.fence === fence && kept.holder === holder;
}
