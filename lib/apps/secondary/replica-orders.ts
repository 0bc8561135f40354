import type { Clock } from '../../base/clock.ts';
import { toVideoError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { LocalFolder, ManifestStore } from '../../domain/local-folder.ts';
import type { ReplicaMoves } from '../../domain/replica-moves.ts';
import type { ObeyedOrder } from '../../domain/trash.ts';
import type { Order } from '../../protocol/control.ts';
import { limits } from '../../protocol/limits.ts';
import type { Folder } from '../shared-folder/folder.ts';

type OrderOf<T extends Order['type']> = Extract<Order, { type: T }>;
type ReplicaOrder = OrderOf<'trash' | 'restore' | 'rename' | 'drop'>;

export interface ReplicaOrdersPorts {
  readonly folder: Folder;
  readonly files: Pick<LocalFolder, 'isTaken'>;
  readonly manifests: Pick<ManifestStore, 'get'>;
  readonly moves: ReplicaMoves;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Carries out the central's orders about replicas that are here. Each is void where it no longer fits: the name stands for
 * other bytes, or for none. The inventory shows what became of a replica in the folder; what became of one in the trash is
 * told in `obeyed`.
 */
export class ReplicaOrders {
  readonly #ports: ReplicaOrdersPorts;
  #obeyed: ObeyedOrder[] = [];
  /** What failed, so that a repetition is not told again. */
  readonly #failed = new Set<string>();

  constructor(ports: ReplicaOrdersPorts) {
    this.#ports = ports;
  }

  /** Since the last answer of the central. */
  get obeyed(): readonly ObeyedOrder[] {
    return this.#obeyed;
  }

  /**
   * Those of an answer, one after another. The next heartbeat has to wait for it: what it tells is then what came of these
   * orders, and the central never decides by a state that they are about to change. On a slow disk the last ones are left: a
   * node may not seem lost because it obeys, and the central repeats what it still wants. So are those that are left when the
   * machine sleeps, which only the wall clock shows: by then they may be wrong.
   */
  async take(orders: readonly Order[]): Promise<void> {
    // Told in the heartbeat that this is the answer to.
    this.#obeyed = [];
    const { clock } = this.#ports;
    const untilMs = clock.now() + limits.heartbeatEveryMs;
    const untilDateMs = clock.date() + limits.heartbeatEveryMs;
    for (const order of orders.filter(isReplicaOrder)) {
      await this.#carryOut(order);
      if (clock.now() >= untilMs || clock.date() >= untilDateMs) return;
    }
  }

  async #carryOut(order: ReplicaOrder): Promise<void> {
    const { type, id, name } = order;
    const key = `${type} ${id} ${name}`;
    try {
      switch (order.type) {
        case 'trash':
          await this.#takeOut(order, 'replica.trashed');
          break;
        case 'restore':
          await this.#restore(order);
          break;
        case 'rename':
          await this.#rename(order);
          break;
        case 'drop':
          await this.#drop(order);
          break;
        default:
          order satisfies never;
      }
      this.#failed.delete(key);
    } catch (error) {
      if (!this.#failed.has(key)) this.#ports.log.warn('replica.failed', { order: type, name, reason: toVideoError(error).code });
      this.#failed.add(key);
    }
  }

  async #takeOut({ type, id, name }: OrderOf<'trash' | 'drop'>, event: 'replica.trashed' | 'replica.dropped'): Promise<void> {
    const { folder, moves, log } = this.#ports;
    const file = folder.files.get(name);
    if (file?.id !== id) return;
    using _reserved = folder.reserve(name);
    if (!(await moves[type](file))) return;
    folder.forget(name);
    log.info(event, { name });
  }

  /** One that is here already, a copy came first, is for the central to see: it then frees the one in the trash. */
  async #restore({ id, name }: OrderOf<'restore'>): Promise<void> {
    const { folder, moves, manifests, log } = this.#ports;
    if (folder.holds(id)) return;
    using _reserved = folder.reserve(name);
    const restored = await moves.restore(id, name);
    this.#obeyed.push({ type: 'restore', id, name });
    if (!restored) return;
    log.info('replica.restored', { name });
    const manifest = await manifests.get(id);
    // Otherwise it is read like any other file of the folder.
    if (manifest && restored.isUntouched) await folder.adopt(name, { ...manifest, name });
  }

  async #rename({ id, name, to }: OrderOf<'rename'>): Promise<void> {
    const { folder, files, moves, manifests, log } = this.#ports;
    const file = folder.files.get(name);
    if (file?.id !== id || (await files.isTaken(to))) return;
    using _from = folder.reserve(name);
    using _to = folder.reserve(to);
    if (!(await moves.rename(file, to))) return;
    log.info('replica.renamed', { name, to });
    folder.forget(name);
    const manifest = await manifests.get(id);
    if (manifest) await folder.adopt(to, { ...manifest, name: to });
  }

  /**
   * A removed one is only ever freed from the trash, where it was moved before: what stands in the folder by then, a person
   * may have put there.
   */
  async #drop(order: OrderOf<'drop'>): Promise<void> {
    const { id, name, reason } = order;
    if (reason === 'surplus') return this.#takeOut(order, 'replica.dropped');
    const files = await this.#ports.moves.empty(id);
    this.#obeyed.push({ type: 'drop', id, name });
    if (files > 0) this.#ports.log.info('replica.dropped', { name });
  }
}

function isReplicaOrder(order: Order): order is ReplicaOrder {
  return order.type === 'trash' || order.type === 'restore' || order.type === 'rename' || order.type === 'drop';
}
