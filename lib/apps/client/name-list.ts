import { VideoError } from '../../base/errors.ts';
import { limits } from '../../protocol/limits.ts';

/** As in other programs: the standard input. */
export const STANDARD_INPUT = '-';

/** Names and URLs of a list, and the line on which each stands, from 1. */
export type NameList = ReadonlyMap<string, number>;

/**
 * One name or URL a line, blanks around it left out; empty lines and those that begin with `#` mean nothing. What is
 * there twice counts once. `list` is what people call it.
 *
 * @throws VideoError `invalid_list`, with the line that cannot be a name, or because no name is left
 */
export function parseNameList(text: string, list: string): NameList {
  const names = new Map<string, number>();
  for (const [index, raw] of text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/).entries()) {
    const word = raw.trim();
    if (word === '' || word.startsWith('#')) continue;
    const line = index + 1;
    // A list that is no text at all is found out by its first line.
    if (/[\p{Cc}\uFFFD]/u.test(word)) throw new VideoError('invalid_list', { list, line, reason: 'control' });
    if (word.length > limits.nameListLineMaxLength) throw new VideoError('invalid_list', { list, line, reason: 'too_long' });
    if (!names.has(word)) names.set(word, line);
  }
  if (names.size === 0) throw new VideoError('invalid_list', { list, reason: 'empty' });
  return names;
}
