import { isHttpUrl, parseMirrorUrl } from '../../../protocol/mirror-url.ts';

/** What a person wants that is no video of the catalogue. */
export type ForeignWish =
  /** A metalink on this machine. */
  | { readonly type: 'metalink'; readonly path: string }
  /** Mirrors of one file; or one address, of a file or of a metalink. */
  | { readonly type: 'urls'; readonly urls: readonly string[] };

const METALINK_NAME = /\.(?:meta4|metalink)$/i;

export function isForeignWord(word: string): boolean {
  return isHttpUrl(word) || METALINK_NAME.test(word);
}

export function isMetalinkUrl(url: string): boolean {
  return METALINK_NAME.test(new URL(url).pathname);
}

/** A word as it may be shown: of a URL, without user and password. */
export function shownWord(word: string): string {
  return isHttpUrl(word) ? parseMirrorUrl(word).url.href : word;
}

export function nameOf(wish: ForeignWish): string {
  return shownWord(wish.type === 'metalink' ? wish.path : wish.urls[0]!);
}

/** A wish for each word; or, when the words are mirrors of one file, a single wish. */
export function foreignWishes(words: readonly string[], areMirrors: boolean): readonly ForeignWish[] {
  if (areMirrors) return [{ type: 'urls', urls: words }];
  return words.map(word => (isHttpUrl(word) ? { type: 'urls', urls: [word] } : { type: 'metalink', path: word }));
}
