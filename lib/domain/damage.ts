import { MINUTE_MS } from '../base/units.ts';
import type { FileId, NodeNumber } from './file.ts';

/** A replica with bad parts, as its node tells it. */
export interface DamagedReplica {
  readonly id: FileId;
  /** The node's own name of it. */
  readonly name: string;
  readonly badParts: readonly number[];
}

/** Somebody who has a file, apart from some parts perhaps. */
export interface PartialSource {
  readonly badParts?: readonly number[] | undefined;
}

interface Known extends DamagedReplica {
  readonly sinceMs: number;
}

/** For so long a damaged replica counts as a copy that is under way: mending is a few parts, and another copy all of them. */
const MENDING_MS = MINUTE_MS;

/**
 * Damaged replicas, by node. They are no copies, but sources of what is good in them. Each heartbeat tells all of its
 * node's, so that a central that restarts knows them again. Times are of one monotonic clock.
 */
export class Damage {
  readonly #nodes = new Map<NodeNumber, ReadonlyMap<string, Known>>();

  /** These are all of the node's. Returns those that are new, and those that are no more. */
  report(node: NodeNumber, replicas: readonly DamagedReplica[], nowMs: number): { readonly found: readonly DamagedReplica[]; readonly gone: readonly DamagedReplica[] } {
    const before = this.#nodes.get(node) ?? new Map<string, Known>();
    const now = new Map(replicas.map(replica => [keyOf(replica), { ...replica, sinceMs: before.get(keyOf(replica))?.sinceMs ?? nowMs }]));
    if (now.size > 0) this.#nodes.set(node, now);
    else this.#nodes.delete(node);
    return { found: replicas.filter(replica => !before.has(keyOf(replica))), gone: [...before].flatMap(([key, replica]) => (now.has(key) ? [] : [replica])) };
  }

  /** How many there are. */
  get size(): number {
    return [...this.#nodes.values()].reduce((size, replicas) => size + replicas.size, 0);
  }

  of(node: NodeNumber): readonly DamagedReplica[] {
    return [...(this.#nodes.get(node)?.values() ?? [])];
  }

  /** Nodes with a damaged replica of the file, and what is bad in it. */
  holdersOf(id: FileId): readonly { readonly node: NodeNumber; readonly badParts: readonly number[] }[] {
    return [...this.#nodes].flatMap(([node, replicas]) => {
      const replica = [...replicas.values()].find(candidate => candidate.id === id);
      return replica ? [{ node, badParts: replica.badParts }] : [];
    });
  }

  /** Whether the node may be expected to mend it soon: it was damaged a moment ago. */
  isBeingMended(node: NodeNumber, replica: Pick<DamagedReplica, 'id' | 'name'>, nowMs: number): boolean {
    const known = this.#nodes.get(node)?.get(keyOf(replica));
    return known === undefined || nowMs - known.sinceMs < MENDING_MS;
  }
}

/** Whether each of the bad parts is good at one of the sources at least. */
export function isMendable(badParts: readonly number[], sources: readonly PartialSource[]): boolean {
  const others = sources.map(source => new Set(source.badParts));
  return badParts.every(part => others.some(bad => !bad.has(part)));
}

function keyOf({ id, name }: Pick<DamagedReplica, 'id' | 'name'>): string {
  return `${id}/${name}`;
}
