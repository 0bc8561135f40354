import type { Video } from './catalog.ts';
import type { FileId } from './file.ts';
import type { NodeStatus } from './node-registry.ts';
import { choosePlaces, leastCrowded, placeOf, type Place, type Seed } from './placement.ts';

export interface CandidateSettings {
  /** Copies that a node makes at a time. */
  readonly copiesPerNode: number;
  /** Orders that a node may have at a time, so that it is not idle between two small files. */
  readonly ordersPerNode: number;
  /** Beyond `copiesPerNode`, orders for no more bytes than these are given ahead. */
  readonly aheadBytes: number;
  /** A node that did not carry out an order is not asked for that file again before. */
  readonly pauseMs: number;
}

/** What speaks against copying a file to a node now; `refused` holds for a while after each time. */
export type Obstacle =
  | 'holds'
  | 'ordered'
  | 'joining'
  | 'suspect'
  | 'down'
  | 'draining'
  | 'no_room'
  | 'refused'
  | 'busy'
  | 'same_zone';

/** A node while it is planned for: what it is told counts at once, so that copies do not pile up on it. */
export class Candidate implements Place {
  readonly seed: Seed;
  readonly weight: number;
  readonly zone: string;
  readonly node: NodeStatus;
  readonly #settings: CandidateSettings;
  readonly #ordered = new Set<FileId>();
  readonly #returning = new Set<FileId>();
  readonly #refusals: ReadonlyMap<FileId, number>;
  #orderedBytes = 0;
  #isRetrying = false;

  /** `refusals`: when the node last did not carry out an order for a file. */
  constructor(node: NodeStatus, settings: CandidateSettings, refusals: ReadonlyMap<FileId, number>) {
    ({ seed: this.seed, weight: this.weight, zone: this.zone } = placeOf(node));
    this.node = node;
    this.#settings = settings;
    this.#refusals = refusals;
  }

  /** Bytes that are not promised to anybody: what is ordered, and what uploads have still to bring. */
  get freeBytes(): number {
    const uploadBytes = this.node.receiving.reduce((bytes, { sizeBytes = 0, doneBytes }) => bytes + Math.max(0, sizeBytes - doneBytes), 0);
    return this.node.freeBytes - this.#orderedBytes - uploadBytes;
  }

  order({ id, sizeBytes }: Video): void {
    this.#ordered.add(id);
    // What has arrived is not free any more.
    const doneBytes = this.node.copying.find(copy => copy.id === id)?.doneBytes ?? 0;
    this.#orderedBytes += Math.max(0, sizeBytes - doneBytes);
    this.#isRetrying ||= this.#refusals.has(id);
  }

  /** It brings the file back by itself. */
  expect({ id }: Video): void {
    this.#returning.add(id);
  }

  /** -Infinity for a file that it never refused. */
  refusedAtMs(id: FileId): number {
    return this.#refusals.get(id) ?? -Infinity;
  }

  obstacleTo(video: Video, nowMs: number): Obstacle | undefined {
    const { number, state, mode } = this.node;
    if (video.nodes.includes(number)) return 'holds';
    if (this.#ordered.has(video.id) || this.#returning.has(video.id)) return 'ordered';
    if (mode !== 'active') return 'draining';
    if (state !== 'up') return state;
    if (this.freeBytes < video.sizeBytes) return 'no_room';
    if (this.#isRefused(video.id, nowMs)) return 'refused';
    return this.#isBusyFor(video) ? 'busy' : undefined;
  }

  /** A node tries one file again at a time, so that files that cannot be copied, however many, leave a place to the others. */
  #isRefused(id: FileId, nowMs: number): boolean {
    const refusedAtMs = this.refusedAtMs(id);
    return refusedAtMs !== -Infinity && (this.#isRetrying || nowMs - refusedAtMs < this.#settings.pauseMs);
  }

  #isBusyFor({ sizeBytes }: Video): boolean {
    const { copiesPerNode, ordersPerNode, aheadBytes } = this.#settings;
    const orders = this.#ordered.size;
    const copies = orders + this.node.copying.filter(copy => !this.#ordered.has(copy.id)).length;
    const isAhead = orders < ordersPerNode && this.#orderedBytes + sizeBytes <= aheadBytes;
    return copies >= copiesPerNode && !isAhead;
  }
}

/**
 * Who is to copy a file: of those that are up and have room, in the zones with fewest of its replicas, first those that
 * never refused it, or did longest ago, so that everybody has a turn; of these the one where placement puts it. Undefined
 * when there is none, or when those that it should go to are busy or silent for a moment: another zone is worth the wait.
 */
export function chooseCandidate(video: Video, candidates: readonly Candidate[], nowMs: number): Candidate | undefined {
  const open = openCandidates(video, candidates, nowMs);
  const idle = open.filter(candidate => candidate.obstacleTo(video, nowMs) === undefined);
  const longestAgoMs = Math.min(...idle.map(candidate => candidate.refusedAtMs(video.id)));
  const next = idle.filter(candidate => candidate.refusedAtMs(video.id) === longestAgoMs);
  return choosePlaces(video.id, next, [], 1)[0];
}

/** Why each node does not copy a file now; undefined for those that might be told to. */
export function obstaclesTo(video: Video, candidates: readonly Candidate[], nowMs: number): ReadonlyMap<Candidate, Obstacle | undefined> {
  const open = new Set(openCandidates(video, candidates, nowMs));
  return new Map(candidates.map(candidate => {
    const obstacle = candidate.obstacleTo(video, nowMs);
    return [candidate, obstacle === undefined && !open.has(candidate) ? 'same_zone' : obstacle];
  }));
}

/** Those that are free to copy it, or will be in a moment, in the zones that come first. */
function openCandidates(video: Video, candidates: readonly Candidate[], nowMs: number): readonly Candidate[] {
  const holders: Candidate[] = [];
  const open: Candidate[] = [];
  for (const candidate of candidates) {
    const obstacle = candidate.obstacleTo(video, nowMs);
    const { state, mode } = candidate.node;
    if (obstacle === 'ordered' || (obstacle === 'holds' && state !== 'down' && mode === 'active')) holders.push(candidate);
    const isSoonFree = obstacle === 'busy' || (obstacle === 'suspect' && candidate.freeBytes >= video.sizeBytes);
    if (obstacle === undefined || isSoonFree) open.push(candidate);
  }
  return leastCrowded(open, holders);
}
