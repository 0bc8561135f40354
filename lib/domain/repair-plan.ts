import type { Video } from './catalog.ts';
import type { Want } from './copy-orders.ts';
import type { FileId, NodeNumber } from './file.ts';
import type { Return } from './returns.ts';

/** So many copies are made without waiting for anybody's return. */
const SAFE_COPIES = 2;

/** How many replicas there are to be, and whose count. */
export interface Census {
  readonly replicas: number;
  /** Replicas beyond `replicas` that a file is worth now. */
  readonly extraFor: (id: FileId) => number;
  /** Replicas that come back from a trash: as good as copies, unless they are late. */
  readonly returnsOf: (id: FileId) => readonly Return[];
  /** Nodes that are not down; none that drains. */
  readonly living: readonly NodeNumber[];
  /** Those, and the ones that went down a moment ago and may be back. */
  readonly counted: readonly NodeNumber[];
}

/** What the catalogue is asked for: files that fewer than `wanted` of `among` hold. */
export interface Shortage {
  readonly wanted: number;
  readonly among: readonly NodeNumber[];
}

/** First the files that the next failure might take, counted among the living; then those that lack any copy. */
export function shortagesIn({ replicas, living, counted }: Pick<Census, 'replicas' | 'living' | 'counted'>): readonly Shortage[] {
  const any = { wanted: Math.min(replicas, counted.length), among: counted };
  if (living.length === counted.length) return [any];
  return [{ wanted: Math.min(SAFE_COPIES, replicas, living.length), among: living }, any];
}

/** How many copies of the video are to be made now. */
export function missingCopies(video: Video, census: Census): number {
  const { replicas, extraFor, living, counted } = census;
  const shortages = [...shortagesIn(census), { wanted: Math.min(replicas + extraFor(video.id), counted.length), among: counted }];
  const awaited = census.returnsOf(video.id).filter(({ isLate }) => !isLate);
  const nodes = [...video.nodes, ...awaited.map(({ node }) => node)];
  const missing = shortages.map(({ wanted, among }) => wanted - copiesAmong(nodes, among));
  return living.length === 0 ? 0 : Math.max(0, ...missing);
}

/** Each file that lacks copies once, those with fewest living ones first; otherwise as they came. */
export function orderOfDanger(videos: readonly Video[], census: Census): readonly Want[] {
  const once = new Map(videos.toReversed().map(video => [video.id, video]));
  return [...once.values()]
    .toReversed()
    .map(video => ({ video, missing: missingCopies(video, census), copies: copiesAmong(video.nodes, census.living) }))
    .filter(({ missing }) => missing > 0)
    .sort((a, b) => a.copies - b.copies)
    .map(({ video, missing }) => ({ video, missing, returning: census.returnsOf(video.id).map(({ node }) => node) }));
}

function copiesAmong(nodes: readonly NodeNumber[], among: readonly NodeNumber[]): number {
  return nodes.filter(node => among.includes(node)).length;
}
