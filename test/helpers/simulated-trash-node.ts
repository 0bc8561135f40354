import type { Catalog } from '../../lib/domain/catalog.ts';
import type { ReplicaOrder } from '../../lib/domain/departures.ts';
import type { FileId } from '../../lib/domain/file.ts';
import { Inventory } from '../../lib/domain/inventory.ts';
import type { ObeyedOrder } from '../../lib/domain/trash.ts';

/** What may go wrong with one heartbeat: the answer gets lost, is obeyed late, or the node dies after it obeyed. */
export type Mishap = 'none' | 'answer lost' | 'late' | 'killed';

/** A secondary without a disk: names and contents, a trash, and the heartbeats of a real one. */
export class SimulatedTrashNode {
  readonly number: number;
  readonly folder = new Map<string, FileId>();
  readonly trash = new Set<FileId>();
  readonly copying = new Map<FileId, string>();
  isAway = false;
  #runs = 0;
  #inventory!: Inventory;
  #knownRevision = 0;
  #obeyed: ObeyedOrder[] = [];
  #late: readonly ReplicaOrder[] = [];

  constructor(number: number) {
    this.number = number;
    this.restart();
  }

  restart(): void {
    this.#runs += 1;
    this.#inventory = new Inventory(`${this.number}, run ${this.#runs}`);
    this.#knownRevision = 0;
    this.#obeyed = [];
    this.#late = [];
    this.copying.clear();
    for (const [name, id] of this.folder) this.#inventory.put({ name, id, sizeBytes: 1 });
  }

  put(name: string, id: FileId): void {
    this.folder.set(name, id);
    this.#inventory.put({ name, id, sizeBytes: 1 });
  }

  /** What a copy that ends does; it never replaces anything. */
  endCopy(id: FileId): void {
    const name = this.copying.get(id);
    this.copying.delete(id);
    if (name !== undefined && !this.folder.has(name)) this.put(name, id);
  }

  /** How many orders came. */
  async beat(catalog: Catalog, nowMs: number, mishap: Mishap = 'none'): Promise<number> {
    this.#obeyAll(this.#late);
    const sight = { copying: [...this.copying.keys()], isAllRead: true, obeyed: this.#obeyed };
    const slice = this.#inventory.slice(this.#knownRevision, 100);
    const revision = await catalog.applyInventory(this.number, slice, nowMs);
    const isKnown = slice.isComplete && revision === slice.toRevision;
    if (isKnown) await catalog.settleDepartures(this.number, sight, nowMs);
    const orders = isKnown ? await catalog.replicaOrders(this.number, 100) : [];
    if (mishap === 'answer lost') return orders.length;
    this.#knownRevision = revision;
    this.#obeyed = [];
    this.#late = mishap === 'late' ? orders : [];
    if (mishap !== 'late') this.#obeyAll(orders);
    if (mishap === 'killed') this.restart();
    return orders.length;
  }

  #obeyAll(orders: readonly ReplicaOrder[]): void {
    for (const order of orders) this.#obey(order);
    this.#late = [];
  }

  #obey({ type, id, name, ...rest }: ReplicaOrder): void {
    const isHere = this.folder.get(name) === id;
    if (type === 'trash' && isHere) {
      this.#takeOut(name);
      this.trash.add(id);
    } else if (type === 'rename' && isHere && 'to' in rest && !this.folder.has(rest.to)) {
      this.#takeOut(name);
      this.put(rest.to, id);
    } else if (type === 'drop') {
      this.trash.delete(id);
      this.#obeyed.push({ type, id, name });
    } else if (type === 'restore' && ![...this.folder.values()].includes(id) && !this.folder.has(name)) {
      if (this.trash.delete(id)) this.put(name, id);
      this.#obeyed.push({ type, id, name });
    }
  }

  #takeOut(name: string): void {
    this.folder.delete(name);
    this.#inventory.remove(name);
  }
}
