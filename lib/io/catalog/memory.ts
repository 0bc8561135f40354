import type { AnnouncedFile, Catalog, InventorySlice, NameConflict, NodeRecord, Page, Video } from '../../domain/catalog.ts';
import type { FileId, NodeNumber } from '../../domain/file.ts';
import type { Manifest } from '../../domain/manifest.ts';
import { contentOfName } from '../../domain/naming.ts';
import { nearestNames } from '../../domain/near-names.ts';
import { matchesWords, searchWords } from '../../domain/search-text.ts';
import { groupBy } from './groups.ts';
import { MemoryLeases, MemoryNodeReports } from './memory-shared-state.ts';

interface Replica extends AnnouncedFile {
  readonly node: NodeNumber;
  readonly inventoryId: string;
}

interface NamedContent {
  readonly id: FileId;
  readonly addedAtMs: number;
}

/** The catalogue for as long as its process lives: for tests, and the model that the others are compared with. */
export class MemoryCatalog implements Catalog {
  readonly leases = new MemoryLeases();
  readonly nodeReports = new MemoryNodeReports();
  readonly #manifests = new Map<FileId, Manifest>();
  readonly #videos = new Map<string, NamedContent>();
  readonly #nodes = new Map<NodeNumber, NodeRecord>();
  readonly #inventories = new Map<NodeNumber, { readonly inventoryId: string; readonly revision: number }>();
  /** In order of announcement. */
  #replicas: Replica[] = [];

  list(options: { readonly after?: string | undefined; readonly limit: number }): Promise<Page<Video>> {
    return this.search('', options);
  }

  async search(text: string, { after, limit }: { readonly after?: string | undefined; readonly limit: number }): Promise<Page<Video>> {
    const words = searchWords(text);
    const names = this.#names().filter(
      name => (after === undefined || compareCodePoints(name, after) > 0) && matchesWords(name, words),
    );
    const items = names.slice(0, limit).map(name => this.#video(name));
    return { items, next: names.length > limit ? items.at(-1)!.name : undefined };
  }

  async findByName(name: string): Promise<Video | undefined> {
    return this.#videos.has(name) ? this.#video(name) : undefined;
  }

  async findById(id: FileId): Promise<Video | undefined> {
    const name = this.#names().find(candidate => this.#videos.get(candidate)!.id === id);
    return name === undefined ? undefined : this.#video(name);
  }

  async nearNames(name: string, limit: number): Promise<readonly string[]> {
    return nearestNames(name, this.#videos.keys(), limit);
  }

  async counts() {
    let bytes = 0;
    for (const { id } of this.#videos.values()) bytes += this.#manifests.get(id)!.sizeBytes;
    return { videos: this.#videos.size, bytes };
  }

  async manifest(id: FileId): Promise<Manifest | undefined> {
    return this.#manifests.get(id);
  }

  async putManifest(manifest: Manifest, nowMs: number): Promise<void> {
    if (this.#manifests.has(manifest.id)) return;
    this.#manifests.set(manifest.id, manifest);
    this.#settleNames(nowMs);
  }

  async missingManifests(node: NodeNumber, limit: number): Promise<readonly FileId[]> {
    const ids = this.#replicas.filter(replica => replica.node === node && !this.#manifests.has(replica.id)).map(({ id }) => id);
    return [...new Set(ids)].slice(0, limit);
  }

  async applyInventory(node: NodeNumber, slice: InventorySlice, nowMs: number): Promise<number> {
    const { inventoryId, fromRevision, toRevision, isComplete } = slice;
    const known = this.#inventories.get(node);
    const revision = known?.inventoryId === inventoryId ? known.revision : 0;
    if (fromRevision !== revision) return revision;

    const added = new Map(slice.added.map(file => [file.name, file]));
    const touched = new Set([...slice.removed, ...added.keys()]);
    this.#replicas = this.#replicas.flatMap(replica => {
      if (replica.node !== node || !touched.has(replica.name)) return [replica];
      // The same content keeps its place in the order of announcements.
      if (added.get(replica.name)?.id !== replica.id) return [];
      added.delete(replica.name);
      return [{ ...replica, inventoryId }];
    });
    this.#replicas.push(...[...added.values()].map(file => ({ ...file, node, inventoryId })));
    if (isComplete) {
      this.#replicas = this.#replicas.filter(replica => replica.node !== node || replica.inventoryId === inventoryId);
    }
    this.#inventories.set(node, { inventoryId, revision: toRevision });
    this.#settleNames(nowMs);
    return toRevision;
  }

  async forgetReplica(node: NodeNumber, id: FileId, nowMs: number): Promise<void> {
    this.#replicas = this.#replicas.filter(replica => replica.node !== node || replica.id !== id);
    this.#settleNames(nowMs);
  }

  async nodes(): Promise<readonly NodeRecord[]> {
    return [...this.#nodes.values()].sort((a, b) => a.number - b.number);
  }

  async saveNode(node: NodeRecord): Promise<void> {
    this.#nodes.set(node.number, node);
  }

  async underReplicated(
    wanted: number,
    countedNodes: readonly NodeNumber[],
    limit: number,
    { sources, rooms }: { readonly sources?: readonly NodeNumber[]; readonly rooms?: ReadonlyMap<NodeNumber, number> } = {},
  ): Promise<readonly Video[]> {
    const hasRoom = ({ nodes, sizeBytes }: Video) =>
      !rooms || [...rooms].some(([node, bytes]) => bytes >= sizeBytes && !nodes.includes(node));
    const counted = new Set(countedNodes);
    const copies = ({ nodes }: Video) => nodes.filter(node => counted.has(node)).length;
    const first = new Map(this.#names().toReversed().map(name => [this.#videos.get(name)!.id, name]));
    return [...first.values()]
      .map(name => this.#video(name))
      .filter(video => video.nodes.some(node => sources?.includes(node) ?? true) && copies(video) < wanted && hasRoom(video))
      .sort(
        (a, b) =>
          copies(a) - copies(b) ||
          a.nodes.length - b.nodes.length ||
          compareCodePoints(a.nodes.join(','), b.nodes.join(',')) ||
          a.sizeBytes - b.sizeBytes,
      )
      .slice(0, limit);
  }

  async conflicts(limit: number): Promise<readonly NameConflict[]> {
    const conflicts = new Map<string, NameConflict>();
    for (const { name, id, node } of this.#replicas) {
      const kept = this.#videos.get(name)?.id;
      if (kept === undefined || kept === id || !this.#manifests.has(id)) continue;
      const key = `${id} ${name}`;
      const nodes = [...(conflicts.get(key)?.nodes ?? []), node].sort((a, b) => a - b);
      conflicts.set(key, { name, keptId: kept, otherId: id, nodes });
    }
    return [...conflicts.values()]
      .sort((a, b) => compareCodePoints(a.name, b.name) || compareCodePoints(a.otherId, b.otherId))
      .slice(0, limit);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is open.
  }

  #names(): string[] {
    return [...this.#videos.keys()].sort(compareCodePoints);
  }

  #video(name: string): Video {
    const { id, addedAtMs } = this.#videos.get(name)!;
    const nodes = new Set(this.#replicas.filter(replica => replica.id === id).map(({ node }) => node));
    const { sizeBytes } = this.#manifests.get(id)!;
    return { name, id, sizeBytes, addedAtMs, nodes: [...nodes].sort((a, b) => a - b) };
  }

  /** Looks at every name, touched or not: slow, and hard to get wrong. */
  #settleNames(nowMs: number): void {
    const held = new Set(this.#replicas.map(({ id }) => id));
    const known = this.#replicas.filter(({ id }) => this.#manifests.has(id));
    for (const [name, announced] of groupBy(known, replica => replica.name)) {
      const current = this.#videos.get(name)?.id;
      const id = contentOfName(current, candidate => held.has(candidate), announced.map(replica => replica.id));
      if (id !== undefined && id !== current) this.#videos.set(name, { id, addedAtMs: nowMs });
    }
  }
}

/** SQLite's order: by bytes of UTF-8, which is the order of code points. */
function compareCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
