/** Combining marks, which accents become after decomposition. */
const MARKS = /\p{M}/gu;
const WORD_BREAKS = /[\s\p{Cc}_.,;:!?()[\]{}'"«»-]+/u;

/**
 * The form in which texts are compared: no accents, no case, one form for each character (NFKD). Upper case first makes
 * `ß` an `ss`; the two small sigmas, which differ only by their place in a word, become one.
 */
export function foldText(text: string): string {
  return text.normalize('NFKD').replace(MARKS, '').toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}

/** Words that a video has to have, folded, each once; none for an empty text, which every video satisfies. */
export function searchWords(text: string): readonly string[] {
  return [...new Set(foldText(text).split(WORD_BREAKS))].filter(word => word !== '');
}

/** Whether every word is somewhere in the name or in the title, also inside a word of them. */
export function matchesWords({ name, title = '' }: { readonly name: string; readonly title?: string | undefined }, words: readonly string[]): boolean {
  const folded = [foldText(name), foldText(title)];
  return words.every(word => folded.some(text => text.includes(word)));
}
