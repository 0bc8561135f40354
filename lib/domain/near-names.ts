import { foldText } from './search-text.ts';

const LEAST_SIMILAR = 0.3;

/** Runs of three characters of the folded text, its ends marked. */
export function trigramsOf(text: string): ReadonlySet<string> {
  const padded = `  ${foldText(text)} `;
  const trigrams = new Set<string>();
  for (let at = 0; at + 3 <= padded.length; at += 1) trigrams.add(padded.slice(at, at + 3));
  return trigrams;
}

/** Of the candidates, those most like `name`, the likest first: Dice's coefficient of their trigrams. */
export function nearestNames(name: string, candidates: Iterable<string>, limit: number): readonly string[] {
  const wanted = trigramsOf(name);
  const scored = [...candidates].map(candidate => {
    const trigrams = trigramsOf(candidate);
    let shared = 0;
    for (const trigram of trigrams) if (wanted.has(trigram)) shared += 1;
    return { candidate, score: (2 * shared) / (wanted.size + trigrams.size) };
  });
  return scored
    .filter(({ score }) => score >= LEAST_SIMILAR)
    .sort((a, b) => b.score - a.score || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}
