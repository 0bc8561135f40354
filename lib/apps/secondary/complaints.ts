import { nodeOfSource } from '../../domain/download/node-source-id.ts';
import type { FileId, NodeNumber } from '../../domain/file.ts';
import { limits } from '../../protocol/limits.ts';

export interface Complaint {
  readonly id: FileId;
  readonly node: NodeNumber;
}

/** Other secondaries that gave this one wrong bytes while it copied, until the central has heard of it. */
export class Complaints {
  readonly #open = new Map<string, Complaint>();

  get open(): readonly Complaint[] {
    return [...this.#open.values()].slice(0, limits.complaintsListed);
  }

  /** What came from something that is no secondary is nobody's business. */
  add(id: FileId, sourceId: string): void {
    const node = nodeOfSource(sourceId);
    if (node !== undefined) this.#open.set(keyOf({ id, node }), { id, node });
  }

  told(complaints: readonly Complaint[]): void {
    for (const complaint of complaints) this.#open.delete(keyOf(complaint));
  }
}

function keyOf({ id, node }: Complaint): string {
  return `${node}/${id}`;
}
