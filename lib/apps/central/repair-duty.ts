import type { Clock } from '../../base/clock.ts';
import type { CopyOrder } from '../../domain/copy-orders.ts';
import type { NodeNumber } from '../../domain/file.ts';
import type { Lease, Leases } from '../../domain/lease.ts';
import type { Replication } from '../../domain/replication.ts';
import type { DropOrder, Surplus } from '../../domain/surplus.ts';

export const REPAIR_LEASE = 'repair';

export interface RepairDutyOptions {
  readonly leases: Leases;
  readonly replication: Replication;
  readonly surplus: Surplus;
  readonly clock: Clock;
  /** Another one for each run of each central. */
  readonly holder: string;
  readonly leaseMs: number;
}

/** What nodes are told about their replicas. */
interface RepairOrders {
  readonly copies: readonly CopyOrder[];
  readonly drops: readonly DropOrder[];
}

const none: RepairOrders = { copies: [], drops: [] };

/**
 * Of the centrals that share a catalogue one plans the replicas, the one that holds the lease; what it ordered stands beside
 * the lease, and every central gives it to the nodes that ask it.
 *
 * An order counts only after it was written under the lease's present fence, and only for as long as the lease is known to last.
 * So a central that was paused, and wakes when another one has taken over, gives no orders of its own, whatever it planned.
 */
export class RepairDuty implements AsyncDisposable {
  readonly #options: RepairDutyOptions;
  #lease: Lease | undefined;
  #heldUntilMs = -Infinity;
  #written = '';
  #orders = none;
  #ordersUntilMs = -Infinity;

  constructor(options: RepairDutyOptions) {
    this.#options = options;
  }

  /** What `node` is to copy now, as far as this central knows. */
  copiesFor(node: NodeNumber): readonly CopyOrder[] {
    return this.#current.copies.filter(order => order.node === node);
  }

  /** What `node` is to free now. */
  dropsFor(node: NodeNumber): readonly DropOrder[] {
    return this.#current.drops.filter(order => order.node === node);
  }

  /**
   * What any node may be told to free: what was planned here, and what a central left for all of them.
   *
   * @throws VideoError `catalog_unavailable`
   */
  async allDrops(): Promise<readonly DropOrder[]> {
    const { leases, surplus } = this.#options;
    const planned = surplus.standing;
    return [...planned, ...parseOrders(await leases.read(REPAIR_LEASE)).drops];
  }

  /**
   * Plans, when it is for this central to do, and brings the orders up to date.
   *
   * @throws VideoError `catalog_unavailable`; what `plan` throws
   */
  async turn(plan: () => Promise<void>): Promise<void> {
    if (!(await this.#hold())) return this.#follow();
    await plan();
    await this.#give();
  }

  /** Leaves the duty to the others at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    const lease = this.#lease;
    this.#lose();
    // Without a database it runs out by itself.
    if (lease) await this.#options.leases.release(lease).catch(() => undefined);
  }

  get #current(): RepairOrders {
    return this.#options.clock.now() < this.#ordersUntilMs ? this.#orders : none;
  }

  /** Renewed well before it runs out, so that one failure costs nothing. */
  async #hold(): Promise<boolean> {
    const { leases, holder, clock, leaseMs } = this.#options;
    const askedAtMs = clock.now();
    if (this.#lease && askedAtMs < this.#heldUntilMs - (leaseMs * 2) / 3) return true;
    if (this.#lease && !(await leases.renew(this.#lease, leaseMs))) this.#lose();
    if (!this.#lease) {
      this.#lease = await leases.acquire(REPAIR_LEASE, holder, leaseMs);
      if (!this.#lease) return false;
      await this.#takeOver();
    }
    // From before the question: the database counts from later on.
    this.#heldUntilMs = askedAtMs + leaseMs;
    return true;
  }

  async #takeOver(): Promise<void> {
    this.#written = await this.#options.leases.read(REPAIR_LEASE);
    this.#resume(parseOrders(this.#written));
  }

  async #give(): Promise<void> {
    const { leases, replication, surplus } = this.#options;
    const orders = { copies: replication.orders, drops: surplus.standing };
    const text = JSON.stringify(orders);
    if (text !== this.#written && !(await leases.leave(this.#lease!, text))) return this.#lose();
    this.#written = text;
    this.#orders = orders;
    this.#ordersUntilMs = this.#heldUntilMs;
  }

  async #follow(): Promise<void> {
    const { leases, clock, leaseMs } = this.#options;
    const askedAtMs = clock.now();
    this.#orders = parseOrders(await leases.read(REPAIR_LEASE));
    this.#ordersUntilMs = askedAtMs + leaseMs;
  }

  #lose(): void {
    this.#lease = undefined;
    this.#heldUntilMs = -Infinity;
    this.#orders = none;
    this.#ordersUntilMs = -Infinity;
    this.#resume(none);
  }

  #resume({ copies, drops }: RepairOrders): void {
    const { replication, surplus, clock } = this.#options;
    replication.resume(copies, clock.now());
    surplus.resume(drops);
  }
}

/** What a central of another version left is no order. */
function parseOrders(text: string): RepairOrders {
  if (text === '') return none;
  const { copies, drops } = JSON.parse(text) as Partial<RepairOrders>;
  return { copies: (copies ?? []).filter(isOrder), drops: (drops ?? []).filter(isOrder) };
}

function isOrder({ node, video }: Partial<CopyOrder>): boolean {
  return Number.isInteger(node) && typeof video?.id === 'string' && Array.isArray(video.nodes);
}
