import type { Loss } from './relay-messages.ts';
import type { MemberId } from './stream.ts';

/** So many different members have to complain before somebody is left alone: one alone may be wrong, or lie. */
const COMPLAINERS = 2;
/** Who complains of more than so many at the same time has a slow line himself. */
const COMPLAINED_OF_MAX = 3;
/** Who is complained of again and again rests twice as long each time, up to this many times doubled. */
const DOUBLED_MAX = 5;

interface Complaint {
  readonly untilMs: number;
  /** Nobody is to blame for having no room. */
  readonly isBlame: boolean;
}

/** Who said that he got nothing good from whom. */
export class Complaints {
  readonly #restMs: number;
  /** By who is complained of, and by who complains. */
  readonly #about = new Map<MemberId, Map<MemberId, Complaint>>();
  /** By who complains: of whom. */
  readonly #by = new Map<MemberId, Set<MemberId>>();
  /** How often enough of them complained. */
  readonly #rests = new Map<MemberId, number>();

  constructor(restMs: number) {
    this.#restMs = restMs;
  }

  add(about: MemberId, by: MemberId, why: Loss, nowMs: number): void {
    const wasAvoided = this.isAvoided(about, nowMs);
    const rests = this.#rests.get(about) ?? 0;
    // Who alters what it relays does not do so by accident.
    const untilMs = why === 'corrupt' ? Infinity : nowMs + this.#restMs * 2 ** Math.min(DOUBLED_MAX, rests);
    getOrAdd(this.#about, about, () => new Map<MemberId, Complaint>()).set(by, { untilMs, isBlame: why !== 'refused' });
    getOrAdd(this.#by, by, () => new Set<MemberId>()).add(about);
    if (!wasAvoided && this.isAvoided(about, nowMs)) this.#rests.set(about, rests + 1);
  }

  /** Whether he is not to be given to `member` now. */
  hasComplained(about: MemberId, member: MemberId, nowMs: number): boolean {
    return (this.#about.get(about)?.get(member)?.untilMs ?? 0) > nowMs;
  }

  /** Whether he is not to be given to anybody now. */
  isAvoided(about: MemberId, nowMs: number): boolean {
    const complaints = this.#about.get(about);
    if (!complaints) return false;
    let blamed = 0;
    for (const [by, { untilMs, isBlame }] of complaints) {
      if (untilMs <= nowMs) this.#drop(about, by);
      else if (isBlame && this.#by.get(by)!.size <= COMPLAINED_OF_MAX) blamed += 1;
    }
    return blamed >= COMPLAINERS;
  }

  forget(id: MemberId): void {
    for (const by of this.#about.get(id)?.keys() ?? []) this.#drop(id, by);
    for (const about of this.#by.get(id) ?? []) this.#drop(about, id);
    this.#rests.delete(id);
  }

  #drop(about: MemberId, by: MemberId): void {
    remove(this.#about, about, by);
    remove(this.#by, by, about);
  }
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

function remove<K, V>(map: Map<K, { delete(value: V): boolean; readonly size: number }>, key: K, value: V): void {
  const values = map.get(key);
  values?.delete(value);
  if (values?.size === 0) map.delete(key);
}
