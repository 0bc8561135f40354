import type { FileId } from './file.ts';

/**
 * What one node has still to do about a name that a content lost, by removal or by a new name. It tells a replica that
 * outlived its name from a file that a person put there afterwards.
 *
 * - `unsure`: the node did not announce it, but may be copying it, or not have read it yet.
 * - `leaving`: the node announces it. In both, what it announces under that name does not count for the catalogue.
 * - `left`: it had it, and showed that it no longer has; its trash may have the bytes. What it announces counts again.
 */
export type DepartureState = 'unsure' | 'leaving' | 'left';

/** What a whole inventory and the report beside it show. */
export interface DepartureSight {
  /** The node announces this content under this name. */
  readonly isHeld: boolean;
  /** It may still come to announce it for an old reason: a copy that runs, files that were not read yet. */
  readonly mayAppear: boolean;
}

/** The next state; undefined when nothing is left to do, because the node never had it. */
export function nextDepartureState(state: DepartureState, { isHeld, mayAppear }: DepartureSight): DepartureState | undefined {
  if (state === 'left') return 'left';
  if (isHeld) return 'leaving';
  if (mayAppear) return state;
  return state === 'leaving' ? 'left' : undefined;
}

/** When a name loses its content (again): a node that had it may have its bytes in its trash, and is not forgotten. */
export function departureStateAtLoss(before: DepartureState | undefined, isHeld: boolean): DepartureState {
  return isHeld || (before ?? 'unsure') !== 'unsure' ? 'leaving' : 'unsure';
}

/** What a node is to do about one replica; `lib/protocol/shapes/heartbeats.ts` says it on the wire. */
export type ReplicaOrder =
  | { readonly type: 'trash' | 'restore' | 'drop'; readonly id: FileId; readonly name: string }
  | { readonly type: 'rename'; readonly id: FileId; readonly name: string; readonly to: string };

export interface Departure {
  readonly name: string;
  readonly id: FileId;
  readonly state: DepartureState;
}

export interface DepartureFacts {
  /** Names under which the node announces the content. */
  readonly heldNames: readonly string[];
  /** Names of the catalogue that stand for the content, in order. */
  readonly liveNames: readonly string[];
  /** Somebody may still restore the content from the catalogue's trash. */
  readonly isInTrash: boolean;
  /** The node announces anything under this name. */
  readonly isNameTaken: (name: string) => boolean;
}

/** Undefined when there is nothing to do now. */
export function replicaOrderFor({ name, id, state }: Departure, facts: DepartureFacts): ReplicaOrder | undefined {
  const { heldNames, liveNames, isInTrash, isNameTaken } = facts;
  const freeName = liveNames.find(live => !isNameTaken(live));
  if (state === 'leaving' && heldNames.includes(name)) {
    const isHeldLive = liveNames.some(live => heldNames.includes(live));
    if (liveNames.length === 0 || isHeldLive) return { type: 'trash', id, name };
    return freeName === undefined ? undefined : { type: 'rename', id, name, to: freeName };
  }
  if (state !== 'left') return undefined;
  if (liveNames.length > 0 && heldNames.length === 0) return freeName === undefined ? undefined : { type: 'restore', id, name: freeName };
  return isInTrash ? undefined : { type: 'drop', id, name };
}
