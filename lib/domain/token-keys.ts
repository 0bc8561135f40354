/** Of a pair of keys, what says when it may be used. */
export interface DatedKey {
  readonly kid: string;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
}

/** Tokens of the last key are still in use when the next one signs. */
const LIVE_KEYS = 2;

/** With a new key; the oldest goes when there would be more than two. In order of age. */
export function withNewKey<Key extends DatedKey>(keys: readonly Key[], key: Key): readonly Key[] {
  return [...keys, key].slice(-LIVE_KEYS);
}

/**
 * The newest key that everybody has had time to hear of; until then the one before it, which they know. Keys are in order
 * of age, and there is one at least.
 */
export function signingKey<Key extends DatedKey>(keys: readonly Key[], dateMs: number, settleMs: number): Key {
  const settled = keys.filter(({ createdAtMs }) => createdAtMs + settleMs <= dateMs);
  return settled.at(-1) ?? keys[0]!;
}

/** Whether the newest key has served its time. */
export function isRotationDue(keys: readonly DatedKey[], dateMs: number, everyMs: number): boolean {
  const newest = keys.at(-1);
  return newest === undefined || newest.createdAtMs + everyMs <= dateMs;
}
