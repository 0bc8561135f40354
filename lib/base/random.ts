/** Chance as an argument: a number in [0, 1). */
export type Random = () => number;

export const systemRandom: Random = Math.random;

/**
 * A small repeatable generator for tests, simulations and generated files.
 *
 * Source: mulberry32, by Tommy Ettinger (public domain).
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_00_00_00_00;
  };
}
