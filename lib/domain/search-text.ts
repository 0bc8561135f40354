/** Combining marks, which accents become after decomposition. */
const MARKS = /\p{M}/gu;
const WORD_BREAKS = /[\s_.,;:!?()[\]{}'"«»-]+/u;

/** The form in which texts are compared: no accents, no case, one form for each character (NFKD). */
export function foldText(text: string): string {
  return text.normalize('NFKD').replace(MARKS, '').toLowerCase();
}

/** Words that a name has to contain, folded; none for an empty text, which every name satisfies. */
export function searchWords(text: string): readonly string[] {
  return foldText(text).split(WORD_BREAKS).filter(word => word !== '');
}

export function matchesWords(name: string, words: readonly string[]): boolean {
  const folded = foldText(name);
  return words.every(word => folded.includes(word));
}
