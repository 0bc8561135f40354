import type { Catalog, Video } from '../../lib/domain/catalog.ts';
import type { FileId, NodeNumber } from '../../lib/domain/file.ts';

/** What of the catalogue planning asks for, of files that are named by their ids; quick, so that days can be simulated. */
export class SimulatedCatalog implements Pick<Catalog, 'underReplicated' | 'overReplicated' | 'findById' | 'returning'> {
  readonly #sizes: ReadonlyMap<FileId, number>;
  readonly #holders: ReadonlyMap<FileId, Set<NodeNumber>>;

  constructor(sizes: ReadonlyMap<FileId, number>) {
    this.#sizes = sizes;
    this.#holders = new Map([...sizes.keys()].map(id => [id, new Set<NodeNumber>()]));
  }

  /** Everything that a node holds. */
  announce(node: NodeNumber, held: ReadonlySet<FileId>): void {
    for (const [id, holders] of this.#holders) {
      if (held.has(id)) holders.add(node);
      else holders.delete(node);
    }
  }

  async findById(id: FileId): Promise<Video | undefined> {
    return this.#sizes.has(id) ? this.#video(id) : undefined;
  }

  async underReplicated(
    wanted: number,
    countedNodes: readonly NodeNumber[],
    limit: number,
    { sources, rooms }: { readonly sources?: readonly NodeNumber[]; readonly rooms?: ReadonlyMap<NodeNumber, number> } = {},
  ): Promise<readonly Video[]> {
    const hasRoom = ({ nodes, sizeBytes }: Video) => !rooms || [...rooms].some(([node, bytes]) => bytes >= sizeBytes && !nodes.includes(node));
    return this.#videos(countedNodes)
      .filter(({ video, copies }) => copies < wanted && video.nodes.some(node => sources?.includes(node) ?? true) && hasRoom(video))
      .sort((a, b) => a.copies - b.copies)
      .slice(0, limit)
      .map(({ video }) => video);
  }

  async overReplicated(wanted: number, countedNodes: readonly NodeNumber[], limit: number): Promise<readonly Video[]> {
    const crowded = this.#videos(countedNodes).filter(({ copies }) => copies > wanted);
    return crowded.slice(0, limit).map(({ video }) => video);
  }

  /** Nothing is ever removed. */
  async returning(): Promise<ReadonlyMap<FileId, readonly NodeNumber[]>> {
    return new Map();
  }

  #videos(countedNodes: readonly NodeNumber[]) {
    const counted = new Set(countedNodes);
    return [...this.#sizes.keys()].map(id => {
      const video = this.#video(id);
      return { video, copies: video.nodes.filter(node => counted.has(node)).length };
    });
  }

  #video(id: FileId): Video {
    const nodes = [...this.#holders.get(id)!].sort((a, b) => a - b);
    return { name: id, id, sizeBytes: this.#sizes.get(id)!, addedAtMs: 0, nodes };
  }
}
