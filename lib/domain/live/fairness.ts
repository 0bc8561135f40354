/**
 * How evenly something is shared: 1 when all have the same, 1/n when one of n has all. 1 of nothing.
 *
 * Source: R. Jain et al., A Quantitative Measure of Fairness and Discrimination, DEC-TR-301, 1984.
 */
export function jainIndex(amounts: readonly number[]): number {
  const sum = amounts.reduce((total, amount) => total + amount, 0);
  const squares = amounts.reduce((total, amount) => total + amount ** 2, 0);
  return squares === 0 ? 1 : sum ** 2 / (amounts.length * squares);
}
