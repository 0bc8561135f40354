import { editDistance } from '../base/nearest.ts';
import { foldText, searchWords } from './search-text.ts';

const LEAST_SIMILAR = 0.3;
/** Below this, so few letters differ by chance that a short name would be like many others. */
const LEAST_SIMILAR_LETTERS = 0.5;
/** Letter by letter takes the product of both lengths; longer texts have trigrams enough to be told apart. */
const LETTERS_MAX = 24;
const EXTENSION = /(?<=.)\.[\p{L}\p{N}]{1,5}$/u;
const PIECE_MIN_LETTERS = 3;
const PIECES_MAX = 16;

/** Of the candidates, those most like `name`, the likest first. Extensions, case and accents do not count. */
export function nearestNames(name: string, candidates: Iterable<string>, limit: number): readonly string[] {
  const wanted = stemOf(name);
  return [...candidates]
    .map(candidate => ({ candidate, similarity: similarityOf(wanted, stemOf(candidate)) }))
    .filter(({ similarity }) => similarity >= LEAST_SIMILAR)
    .sort((a, b) => b.similarity - a.similarity || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/**
 * Texts of which a name that is like `name` contains one, the most telling first: the whole, its words, its halves,
 * thirds and quarters. One wrong letter leaves one half as it was, two leave one third.
 */
export function telltalePieces(name: string): readonly string[] {
  const letters = [...stemOf(name)];
  const slices = [1, 2, 3, 4].map(count => {
    const length = Math.ceil(letters.length / count);
    return Array.from({ length: count }, (_, piece) => letters.slice(piece * length, (piece + 1) * length).join(''));
  });
  const pieces = [...slices[0]!, ...searchWords(letters.join('')), ...slices.slice(1).flat()];
  return [...new Set(pieces)].filter(piece => [...piece].length >= PIECE_MIN_LETTERS).slice(0, PIECES_MAX);
}

function stemOf(name: string): string {
  return foldText(name).replace(EXTENSION, '');
}

/** From 0 to 1: by trigrams (Dice), which forgive words in another order, or by letters, which serve short names. */
function similarityOf(a: string, b: string): number {
  const length = Math.max(a.length, b.length);
  const byLetters = length <= LETTERS_MAX ? 1 - editDistance(a, b) / length : 0;
  return Math.max(diceOf(trigramsOf(a), trigramsOf(b)), byLetters >= LEAST_SIMILAR_LETTERS ? byLetters : 0);
}

function diceOf(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const trigram of a) if (b.has(trigram)) shared += 1;
  return (2 * shared) / (a.size + b.size);
}

/** Runs of three characters, the ends marked. */
function trigramsOf(text: string): ReadonlySet<string> {
  const padded = `  ${text} `;
  return new Set(Array.from({ length: padded.length - 2 }, (_, at) => padded.slice(at, at + 3)));
}
