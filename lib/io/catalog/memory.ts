import type { AnnouncedFile, Catalog, HolderSet, InventorySlice, NameConflict, NodeRecord, Page, Video, VideoOrder } from '../../domain/catalog.ts';
import { replicaOrderFor, type ReplicaOrder } from '../../domain/departures.ts';
import type { FileId, NodeNumber } from '../../domain/file.ts';
import type { Manifest } from '../../domain/manifest.ts';
import type { VideoDetails } from '../../domain/media.ts';
import { contentOfName } from '../../domain/naming.ts';
import { nearestNames } from '../../domain/near-names.ts';
import { matchesWords, searchWords } from '../../domain/search-text.ts';
import type { NameOutcome, NodeSight, RemoveOptions, TrashedVideo } from '../../domain/trash.ts';
import { compareCodePoints } from './code-points.ts';
import { groupBy, inTurns } from './groups.ts';
import { MemoryDepartures } from './memory-departures.ts';
import { pageInOrder } from './memory-pages.ts';
import { MemoryLeases, MemoryNodeReports } from './memory-shared-state.ts';
import { MemoryTrash } from './memory-trash.ts';

interface Replica extends AnnouncedFile {
  readonly node: NodeNumber;
  readonly inventoryId: string;
}

interface PageOptions {
  readonly after?: string | undefined;
  readonly limit: number;
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
  readonly #details = new Map<FileId, VideoDetails>();
  /** In order of announcement. */
  #replicas: Replica[] = [];
  readonly #departures = new MemoryDepartures();
  readonly #trash = new MemoryTrash();

  async list({ order = 'name', ...page }: PageOptions & { readonly order?: VideoOrder | undefined }): Promise<Page<Video>> {
    return order === 'name' ? this.search('', page) : pageInOrder(this.#names().map(name => this.#video(name)), order, page);
  }

  async search(text: string, { after, limit }: PageOptions): Promise<Page<Video>> {
    const words = searchWords(text);
    const names = this.#names().filter(
      name => (after === undefined || compareCodePoints(name, after) > 0) && matchesWords({ name, title: this.#titleOf(name) }, words),
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

  async nodes(): Promise<readonly NodeRecord[]> {
    return [...this.#nodes.values()].sort((a, b) => a.number - b.number);
  }

  async saveNode({ mode, ...node }: Parameters<Catalog['saveNode']>[0]): Promise<void> {
    const known = this.#nodes.get(node.number);
    this.#nodes.set(node.number, { ...node, mode: mode ?? (known?.identity === node.identity ? known.mode : 'active') });
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
    const wanting = this.#files()
      .filter(video => video.nodes.some(node => sources?.includes(node) ?? true) && copies(video) < wanted && hasRoom(video))
      .sort(
        (a, b) =>
          copies(a) - copies(b) ||
          a.nodes.length - b.nodes.length ||
          compareCodePoints(a.nodes.join(','), b.nodes.join(',')) ||
          a.sizeBytes - b.sizeBytes,
      );
    const inDanger = groupBy(wanting, video => `${copies(video)}/${video.nodes.length}`);
    // As many of each set of holders: each has its own places to go to.
    return [...inDanger.values()].flatMap(videos => inTurns([...groupBy(videos, ({ nodes }) => nodes.join(',')).values()])).slice(0, limit);
  }

  async overReplicated(wanted: number, countedNodes: readonly NodeNumber[], limit: number): Promise<readonly Video[]> {
    const counted = new Set(countedNodes);
    const copies = ({ nodes }: Video) => nodes.filter(node => counted.has(node)).length;
    return this.#files()
      .filter(video => copies(video) > wanted)
      .sort((a, b) => copies(b) - copies(a) || compareCodePoints(a.nodes.join(','), b.nodes.join(',')) || a.sizeBytes - b.sizeBytes)
      .slice(0, limit);
  }

  async holderSets(): Promise<readonly HolderSet[]> {
    const videos = this.#names().map(name => this.#video(name));
    return [...groupBy(videos, ({ nodes }) => nodes.join(','))]
      .sort(([one], [other]) => compareCodePoints(one, other))
      .map(([, held]) => ({ nodes: held[0]!.nodes, videos: held.length, bytes: held.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0) }));
  }

  async conflicts(limit: number): Promise<readonly NameConflict[]> {
    const conflicts = new Map<string, NameConflict>();
    for (const { name, id, node } of this.#replicas) {
      const kept = this.#videos.get(name)?.id;
      if (kept === undefined || kept === id || !this.#manifests.has(id) || this.#departures.hides(node, name, id)) continue;
      const key = `${id} ${name}`;
      const nodes = [...(conflicts.get(key)?.nodes ?? []), node].sort((a, b) => a - b);
      conflicts.set(key, { name, keptId: kept, otherId: id, nodes });
    }
    return [...conflicts.values()]
      .sort((a, b) => compareCodePoints(a.name, b.name) || compareCodePoints(a.otherId, b.otherId))
      .slice(0, limit);
  }

  async putDetails(id: FileId, details: VideoDetails): Promise<void> {
    const given = Object.entries(details).filter(([, value]) => value !== undefined);
    if (given.length > 0) this.#details.set(id, { ...this.#details.get(id), ...Object.fromEntries(given) });
  }

  async details(ids: readonly FileId[]): Promise<ReadonlyMap<FileId, VideoDetails>> {
    const known = [...this.#details].filter(([id]) => ids.includes(id));
    return new Map(known.map(([id, details]) => [id, Object.fromEntries(Object.entries(details).filter(([, value]) => value !== ''))]));
  }

  async remove(name: string, { id: wanted, nowMs, keptMs }: RemoveOptions): Promise<TrashedVideo | undefined> {
    if (!this.#videos.has(name)) return undefined;
    const { id, sizeBytes, addedAtMs } = this.#video(name);
    if (wanted !== undefined && id !== wanted) return undefined;
    const trashed = this.#trash.add({ name, id, sizeBytes, addedAtMs, removedAtMs: nowMs, expiresAtMs: nowMs + keptMs });
    this.#takeName(name, id, nowMs);
    return trashed;
  }

  async restore(
    wanted: { readonly name: string } | { readonly trashId: number },
    { as, nowMs }: { readonly as?: string | undefined; readonly nowMs: number },
  ): Promise<NameOutcome> {
    const found = this.#trash.find(wanted);
    if (!found) return { outcome: 'absent' };
    const name = as ?? found.name;
    if (this.#videos.has(name)) return { outcome: 'taken', name };
    this.#trash.take(entry => entry === found);
    return this.#giveName(name, found, nowMs);
  }

  async rename(from: string, to: string, nowMs: number): Promise<NameOutcome> {
    const content = this.#videos.get(from);
    if (!content) return { outcome: 'absent' };
    if (this.#videos.has(to)) return { outcome: 'taken', name: to };
    const outcome = this.#giveName(to, content, nowMs);
    this.#takeName(from, content.id, nowMs);
    return outcome;
  }

  async trash(options: PageOptions): Promise<Page<TrashedVideo>> {
    return this.#trash.page(options);
  }

  async expireTrash(nowMs: number): Promise<readonly TrashedVideo[]> {
    return this.#trash.take(({ expiresAtMs }) => expiresAtMs <= nowMs);
  }

  async settleDepartures(node: NodeNumber, sight: NodeSight, nowMs: number): Promise<void> {
    this.#departures.settle(node, sight, (name, id) => this.#namesAt(node, id).includes(name));
    this.#settleNames(nowMs);
  }

  async returning(ids: readonly FileId[]): Promise<ReadonlyMap<FileId, readonly NodeNumber[]>> {
    const returning = ids.map(id => {
      const names = this.#names().filter(name => this.#videos.get(name)!.id === id);
      const isFree = (node: NodeNumber) => names.some(name => !this.#replicas.some(replica => replica.node === node && replica.name === name));
      return [id, this.#departures.nodesOf(id).filter(node => this.#namesAt(node, id).length === 0 && isFree(node))] as const;
    });
    return new Map(returning.filter(([, nodes]) => nodes.length > 0));
  }

  async replicaOrders(node: NodeNumber, limit: number): Promise<readonly ReplicaOrder[]> {
    const departures = [...this.#departures.of(node, 'leaving'), ...this.#departures.of(node, 'left')];
    const orders = departures.flatMap(departure => {
      const facts = {
        heldNames: this.#namesAt(node, departure.id),
        liveNames: this.#names().filter(name => this.#videos.get(name)!.id === departure.id),
        isInTrash: this.#trash.has(departure.id),
        isNameTaken: (name: string) => this.#replicas.some(replica => replica.node === node && replica.name === name),
      };
      return replicaOrderFor(departure, facts) ?? [];
    });
    return orders.slice(0, limit);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is open.
  }

  #names(): string[] {
    return [...this.#videos.keys()].sort(compareCodePoints);
  }

  /** Each under its first name. */
  #files(): Video[] {
    const first = new Map(this.#names().toReversed().map(name => [this.#videos.get(name)!.id, name]));
    return [...first.values()].map(name => this.#video(name));
  }

  #video(name: string): Video {
    const { id, addedAtMs } = this.#videos.get(name)!;
    const nodes = new Set(this.#replicas.filter(replica => replica.id === id).map(({ node }) => node));
    const { sizeBytes } = this.#manifests.get(id)!;
    return { name, id, sizeBytes, addedAtMs, nodes: [...nodes].sort((a, b) => a - b) };
  }

  #titleOf(name: string): string | undefined {
    return this.#details.get(this.#videos.get(name)!.id)?.title;
  }

  #namesAt(node: NodeNumber, id: FileId): readonly string[] {
    return this.#replicas.filter(replica => replica.node === node && replica.id === id).map(({ name }) => name);
  }

  #takeName(name: string, id: FileId, nowMs: number): void {
    this.#videos.delete(name);
    const known = [...new Set([...this.#nodes.keys(), ...this.#inventories.keys()])].sort((a, b) => a - b);
    this.#departures.lose(name, id, known, node => this.#namesAt(node, id).includes(name));
    this.#settleNames(nowMs);
  }

  #giveName(name: string, { id, addedAtMs }: NamedContent, nowMs: number): NameOutcome {
    this.#videos.set(name, { id, addedAtMs });
    this.#reclaim(name, id);
    this.#settleNames(nowMs);
    return { outcome: 'done', video: this.#video(name) };
  }

  #reclaim(name: string, id: FileId): void {
    this.#departures.reclaim(name, id);
    this.#trash.take(entry => entry.name === name && entry.id === id);
  }

  /** Looks at every name, touched or not: slow, and hard to get wrong. */
  #settleNames(nowMs: number): void {
    const held = new Set(this.#replicas.map(({ id }) => id));
    const isHeld = (id: FileId) => held.has(id) || this.#departures.remembers(id);
    const known = this.#replicas.filter(({ id, name, node }) => this.#manifests.has(id) && !this.#departures.hides(node, name, id));
    for (const [name, announced] of groupBy(known, replica => replica.name)) {
      const current = this.#videos.get(name)?.id;
      const id = contentOfName(current, isHeld, announced.map(replica => replica.id));
      if (id === undefined || id === current) continue;
      this.#videos.set(name, { id, addedAtMs: nowMs });
      this.#reclaim(name, id);
    }
  }
}
