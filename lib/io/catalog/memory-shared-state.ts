import { acquiredLease, isHeldBy, type KeptLease, type Lease, type Leases } from '../../domain/lease.ts';
import type { NodeNumber } from '../../domain/file.ts';
import type { HeardNode, NodeReports } from '../../domain/node-reports.ts';

export class MemoryLeases implements Leases {
  readonly #kept = new Map<string, KeptLease>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs;
  }

  async acquire(name: string, holder: string, forMs: number): Promise<Lease | undefined> {
    const kept = acquiredLease(this.#kept.get(name), { name, holder, forMs, nowMs: this.#nowMs() });
    if (!kept) return undefined;
    this.#kept.set(name, kept);
    return { name, holder, fence: kept.fence };
  }

  async renew(lease: Lease, forMs: number): Promise<boolean> {
    return this.#change(lease, { expiresAtMs: this.#nowMs() + forMs });
  }

  async release(lease: Lease): Promise<void> {
    this.#change(lease, { holder: '', expiresAtMs: 0 });
  }

  async leave(lease: Lease, leftText: string): Promise<boolean> {
    return this.#change(lease, { leftText });
  }

  async read(name: string): Promise<string> {
    return this.#kept.get(name)?.leftText ?? '';
  }

  #change(lease: Lease, change: Partial<KeptLease>): boolean {
    const kept = this.#kept.get(lease.name);
    if (!kept || !isHeldBy(kept, lease)) return false;
    this.#kept.set(lease.name, { ...kept, ...change });
    return true;
  }
}

export class MemoryNodeReports implements NodeReports {
  readonly #saved = new Map<NodeNumber, { readonly central: string; readonly heard: HeardNode; readonly atMs: number }>();

  async save(central: string, heard: readonly HeardNode[]): Promise<void> {
    for (const node of heard) {
      const atMs = performance.now() - node.ageMs;
      if (atMs >= (this.#saved.get(node.report.number)?.atMs ?? -Infinity)) this.#saved.set(node.report.number, { central, heard: node, atMs });
    }
  }

  async heardByOthers(central: string, withinMs: number): Promise<readonly HeardNode[]> {
    return [...this.#saved.values()]
      .filter(saved => saved.central !== central)
      .map(({ heard, atMs }) => ({ ...heard, ageMs: performance.now() - atMs }))
      .filter(({ ageMs }) => ageMs <= withinMs)
      .sort((a, b) => a.report.number - b.report.number);
  }
}
