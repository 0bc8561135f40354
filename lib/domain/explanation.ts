import { SECOND_MS } from '../base/units.ts';
import type { Obstacle } from './candidates.ts';
import type { Video } from './catalog.ts';
import type { CopyProgress, StandingOrder } from './copy-orders.ts';
import type { NodeState } from './failure-detector.ts';
import type { NodeNumber } from './file.ts';
import type { NodeMode } from './node-mode.ts';
import type { NodeStatus } from './node-registry.ts';
import { missingCopies, type Census } from './repair-plan.ts';
import type { DropOrder } from './surplus.ts';

/**
 * How a video stands: `whole`; `surplus`, more replicas than wanted; `copying`, all that it lacks is on its way, or comes
 * back from a node's trash; `queued`,
 * somebody will be told to copy it; `waiting` for a node that went down a moment ago; `blocked`, no node can take it;
 * `no_source`, no node that has it can be asked.
 */
export type Verdict = 'whole' | 'surplus' | 'copying' | 'queued' | 'waiting' | 'blocked' | 'no_source';

export interface ExplainedHolder {
  readonly node: NodeNumber;
  readonly state: NodeState;
  readonly mode: NodeMode;
  readonly zone?: string | undefined;
  /** Whether it is one of the replicas that are wanted. */
  readonly counts: boolean;
  /** Of a silent node that still counts: for how long. */
  readonly graceLeftMs?: number | undefined;
  /** It was told to free this replica, which nobody needs. */
  readonly isDropping: boolean;
}

export interface ExplainedCopy {
  readonly node: NodeNumber;
  /** Undefined until the node begins. */
  readonly doneBytes?: number | undefined;
  /** Estimated by how fast it went so far; undefined when that is not known. */
  readonly leftMs?: number | undefined;
}

/** A node that neither has the file nor is told to copy it; without an obstacle it is simply not needed, or next. */
export interface ExplainedOther {
  readonly node: NodeNumber;
  readonly obstacle?: Exclude<Obstacle, 'holds' | 'ordered'> | undefined;
  readonly freeBytes: number;
}

export interface Explanation {
  readonly name: string;
  readonly id: string;
  readonly sizeBytes: number;
  readonly wanted: number;
  /** Those that count. */
  readonly replicas: number;
  readonly verdict: Verdict;
  /** Estimated; undefined when it is whole, or when nobody can tell. */
  readonly wholeInMs?: number | undefined;
  readonly holders: readonly ExplainedHolder[];
  readonly copies: readonly ExplainedCopy[];
  readonly others: readonly ExplainedOther[];
}

export interface Circumstances {
  readonly census: Census;
  /** All that are known and not gone. */
  readonly nodes: readonly NodeStatus[];
  readonly obstacles: ReadonlyMap<NodeNumber, Obstacle | undefined>;
  readonly copies: readonly StandingOrder[];
  readonly drops: readonly DropOrder[];
  /** How long the replicas of a node will still count. */
  readonly graceLeftMs: (node: NodeNumber) => number;
  readonly nowMs: number;
}

/** Why a video has the replicas that it has, and when it will have those that it should. */
export function explain(video: Video, circumstances: Circumstances): Explanation {
  const { census, copies } = circumstances;
  const { name, id, sizeBytes } = video;
  const holders = holdersOf(video, circumstances);
  const wanted = census.replicas + census.extraFor(id);
  const replicas = holders.filter(({ counts }) => counts).length;
  const made = copies.filter(order => order.video.id === id).map(order => copyOf(order, circumstances.nowMs));
  const others = othersOf(circumstances);
  const verdict = verdictOn(video, { replicas, wanted, holders, copies: made, others }, census);
  return { name, id, sizeBytes, wanted, replicas, verdict, wholeInMs: wholeInMs(verdict, made), holders, copies: made, others };
}

function verdictOn(
  video: Video,
  { replicas, wanted, holders, copies, others }: Pick<Explanation, 'replicas' | 'wanted' | 'holders' | 'copies' | 'others'>,
  census: Census,
): Verdict {
  const missing = missingCopies(video, census);
  if (missing > 0 && copies.length >= missing) return 'copying';
  if (missing === 0 && replicas > wanted) return 'surplus';
  const isSilent = holders.some(({ counts, state }) => counts && state === 'down');
  if (missing === 0 && isSilent) return 'waiting';
  if (missing === 0 && replicas >= wanted) return 'whole';
  if (missing === 0 && census.returnsOf(video.id).some(({ isLate }) => !isLate)) return 'copying';
  if (!holders.some(({ state }) => state === 'up' || state === 'suspect')) return 'no_source';
  // Where a zone comes after another one, somebody in that one will take it.
  if (missing > 0 && others.some(({ obstacle }) => obstacle === undefined || obstacle === 'busy' || obstacle === 'same_zone')) return 'queued';
  return copies.length > 0 ? 'copying' : 'blocked';
}

function holdersOf(video: Video, { census, nodes, drops, graceLeftMs }: Circumstances): readonly ExplainedHolder[] {
  return nodes
    .filter(({ number }) => video.nodes.includes(number))
    .map(({ number, state, mode, zone }) => {
      const counts = census.counted.includes(number);
      const isDropping = drops.some(order => order.node === number && order.video.id === video.id);
      return { node: number, state, mode, zone, counts, graceLeftMs: counts && state === 'down' ? graceLeftMs(number) : undefined, isDropping };
    });
}

function copyOf(order: StandingOrder, nowMs: number): ExplainedCopy {
  return { node: order.node, doneBytes: order.progress?.doneBytes, leftMs: copyLeftMs(order, nowMs) };
}

/** Estimated by how fast the copy went so far, in whole seconds; undefined when that is not known. */
export function copyLeftMs({ video, progress }: StandingOrder, nowMs: number): number | undefined {
  const rate = progress && copyRate(progress, nowMs);
  return rate === undefined ? undefined : Math.ceil((video.sizeBytes - progress!.doneBytes) / rate) * SECOND_MS;
}

/** Bytes a second since it was first reported; undefined when nothing came since. */
export function copyRate({ doneBytes, fromBytes, sinceMs }: CopyProgress, nowMs: number): number | undefined {
  return doneBytes > fromBytes && nowMs > sinceMs ? ((doneBytes - fromBytes) / (nowMs - sinceMs)) * SECOND_MS : undefined;
}

function othersOf({ nodes, obstacles }: Circumstances): readonly ExplainedOther[] {
  return nodes.flatMap(({ number, freeBytes }) => {
    const obstacle = obstacles.get(number);
    return obstacle === 'holds' || obstacle === 'ordered' ? [] : [{ node: number, obstacle, freeBytes }];
  });
}

/** When its slowest copy arrives. */
function wholeInMs(verdict: Verdict, copies: readonly ExplainedCopy[]): number | undefined {
  const left = copies.map(({ leftMs }) => leftMs ?? Infinity);
  const longestMs = Math.max(...left);
  return verdict === 'copying' && Number.isFinite(longestMs) ? longestMs : undefined;
}
