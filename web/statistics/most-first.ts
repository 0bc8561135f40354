export interface Ranked<T> {
  readonly name: string;
  readonly row: T;
  /** Of what the first one has: 0 to 1. */
  readonly share: number;
}

/** The `max` rows with the most, equals in order of name, and how many there are. */
export function mostFirst<T>(rows: Readonly<Record<string, T>>, amountOf: (row: T) => number, max: number, language: string): { readonly shown: readonly Ranked<T>[]; readonly all: number } {
  const byName = new Intl.Collator(language, { numeric: true });
  const sorted = Object.entries(rows).toSorted(([nameA, a], [nameB, b]) => amountOf(b) - amountOf(a) || byName.compare(nameA, nameB));
  const most = sorted[0] ? amountOf(sorted[0][1]) : 0;
  return { shown: sorted.slice(0, max).map(([name, row]) => ({ name, row, share: most === 0 ? 0 : amountOf(row) / most })), all: sorted.length };
}
