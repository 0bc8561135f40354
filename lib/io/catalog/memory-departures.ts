import { departureStateAtLoss, nextDepartureState, type Departure } from '../../domain/departures.ts';
import type { FileId, NodeNumber } from '../../domain/file.ts';
import type { NodeSight } from '../../domain/trash.ts';

interface NodeDeparture extends Departure {
  readonly node: NodeNumber;
}

/** The departures of a catalogue in memory: see `domain/departures.ts`. */
export class MemoryDepartures {
  readonly #rows = new Map<string, NodeDeparture>();

  /** Whether what the node announces under the name does not count. */
  hides(node: NodeNumber, name: string, id: FileId): boolean {
    const row = this.#rows.get(keyOf(node, name, id));
    return row !== undefined && row.state !== 'left';
  }

  /** Whether some node had the content, and perhaps still has. */
  remembers(id: FileId): boolean {
    return this.nodesOf(id).length > 0;
  }

  of(node: NodeNumber, state: Departure['state']): readonly Departure[] {
    return [...this.#rows.values()].filter(row => row.node === node && row.state === state);
  }

  /** Nodes that had the content, and perhaps still have, in order. */
  nodesOf(id: FileId): readonly NodeNumber[] {
    const nodes = [...this.#rows.values()].filter(row => row.id === id && row.state !== 'unsure').map(({ node }) => node);
    return [...new Set(nodes)].sort((a, b) => a - b);
  }

  lose(name: string, id: FileId, nodes: readonly NodeNumber[], isHeldBy: (node: NodeNumber) => boolean): void {
    for (const node of nodes) {
      const key = keyOf(node, name, id);
      this.#rows.set(key, { node, name, id, state: departureStateAtLoss(this.#rows.get(key)?.state, isHeldBy(node)) });
    }
  }

  reclaim(name: string, id: FileId): void {
    for (const [key, row] of this.#rows) {
      if (row.name !== name || row.id !== id) continue;
      if (row.state === 'unsure') this.#rows.delete(key);
      else this.#rows.set(key, { ...row, state: 'left' });
    }
  }

  settle(node: NodeNumber, { copying, isAllRead, obeyed }: NodeSight, isHeld: (name: string, id: FileId) => boolean): void {
    for (const [key, row] of this.#rows) {
      if (row.node !== node) continue;
      const mayAppear = !isAllRead || copying.includes(row.id);
      const state = nextDepartureState(row.state, { isHeld: isHeld(row.name, row.id), mayAppear });
      const isOver = row.state === 'left' && obeyed.some(({ id }) => id === row.id);
      if (state === undefined || isOver) this.#rows.delete(key);
      else this.#rows.set(key, { ...row, state });
    }
  }
}

function keyOf(node: NodeNumber, name: string, id: FileId): string {
  return `${node} ${id} ${name}`;
}
