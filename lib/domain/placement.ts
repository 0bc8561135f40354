import { createHash } from 'node:crypto';
import type { FileId, NodeNumber } from './file.ts';

/** 64 bits of a name, as two integers of 32. */
export type Seed = readonly [number, number];

/** Where a replica may stand. */
export interface Place {
  readonly seed: Seed;
  /** Its capacity, in bytes: one with twice as much gets twice as many files. */
  readonly weight: number;
  /** Places of one zone are lost together: a room, a fuse, a household. */
  readonly zone: string;
}

export interface PlaceOptions {
  readonly identity: string;
  readonly totalBytes: number;
  /** A node that names none is a zone of its own. */
  readonly zone?: string | undefined;
}

export function placeOf({ identity, totalBytes, zone }: PlaceOptions): Place {
  // A tagged name, so that no zone is mistaken for an identity.
  return { seed: seedOf(identity), weight: Math.max(1, totalBytes), zone: zone === undefined ? `node ${identity}` : `zone ${zone}` };
}

export function seedOf(name: string): Seed {
  const digest = createHash('sha256').update(name).digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}

/** Puts nodes in another order for each file, in the same one whoever asks. */
export function turnOf(id: FileId, node: NodeNumber): number {
  return seedOf(`${id} ${node}`)[0];
}

/**
 * Weighted rendezvous hashing: each place has a score for each file, the highest ones get it. A place that joins or leaves
 * changes nobody else's score, so only files that go to it, or were on it, move; and each place gets its weight's share.
 *
 * Source: J. Resch, "New Hashing Algorithms for Data Storage", SNIA SDC 2015 (the formula); C. Schindelhauer and
 * G. Schomaker, "Weighted Distributed Hash Tables", SPAA 2005; D. Thaler and C. Ravishankar, "Using Name-Based Mappings to
 * Increase Hit Rates", IEEE/ACM ToN 1998 (without weights).
 */
export function scoreOf(file: Seed, { seed, weight }: Place): number {
  return -weight / Math.log(unitHash(file, seed));
}

/**
 * Chooses `count` of `places` for a file, the best first, beside those that hold it: zones with fewest replicas come
 * first, among their places the one with the highest score. Fewer when there are not as many.
 */
export function choosePlaces<P extends Place>(id: FileId, places: readonly P[], holders: readonly Place[], count: number): P[] {
  const file = seedOf(id);
  const replicas = replicasByZone(holders);
  const left = new Map(places.map(place => [place, scoreOf(file, place)]));
  const chosen: P[] = [];
  while (chosen.length < count && left.size > 0) {
    const best = bestOf(left, replicas)!;
    left.delete(best);
    replicas.set(best.zone, (replicas.get(best.zone) ?? 0) + 1);
    chosen.push(best);
  }
  return chosen;
}

/** Of the holders of a file the one that it can spare best: of the fullest zone, with the lowest score. */
export function worstPlaced<P extends Place>(id: FileId, holders: readonly P[]): P | undefined {
  const file = seedOf(id);
  const replicas = replicasByZone(holders);
  const ranked = holders.map(place => ({ place, replicas: replicas.get(place.zone)!, score: scoreOf(file, place) }));
  return ranked.sort((a, b) => b.replicas - a.replicas || a.score - b.score)[0]?.place;
}

/** Those of the places that stand in the zones with fewest of the file's replicas. */
export function leastCrowded<P extends Place>(places: readonly P[], holders: readonly Place[]): P[] {
  const replicas = replicasByZone(holders);
  const fewest = Math.min(...places.map(({ zone }) => replicas.get(zone) ?? 0));
  return places.filter(({ zone }) => (replicas.get(zone) ?? 0) === fewest);
}

function bestOf<P extends Place>(scores: ReadonlyMap<P, number>, replicas: ReadonlyMap<string, number>): P | undefined {
  let best: P | undefined;
  let [fewest, highest] = [Infinity, -Infinity];
  for (const [place, score] of scores) {
    const beside = replicas.get(place.zone) ?? 0;
    if (beside > fewest || (beside === fewest && score <= highest)) continue;
    [best, fewest, highest] = [place, beside, score];
  }
  return best;
}

function replicasByZone(holders: readonly Place[]): Map<string, number> {
  const replicas = new Map<string, number>();
  for (const { zone } of holders) replicas.set(zone, (replicas.get(zone) ?? 0) + 1);
  return replicas;
}

/** Between 0 and 1, neither included; of 53 bits, as many as a number holds. */
function unitHash([fileA, fileB]: Seed, [placeA, placeB]: Seed): number {
  const high = mix(fileA ^ placeA ^ Math.imul(mix(fileB ^ placeB), 0x9e_37_79_b1));
  const low = mix(high ^ fileB ^ placeB) >>> 11;
  return (high * 2 ** 21 + low + 0.5) / 2 ** 53;
}

/** Each bit of the outcome depends on each bit of `bits`. Source: fmix32 of MurmurHash3, by Austin Appleby (public domain). */
function mix(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85_eb_ca_6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2_b2_ae_35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
