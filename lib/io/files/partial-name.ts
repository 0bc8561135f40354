import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { FILE_NAME_MAX_BYTES } from '../../domain/file.ts';

const SUFFIX = '.partial';
/** `.journal` and `.lock` are appended to a partial's name. */
const LONGEST_COMPANION = '.journal';
const DIGEST_LENGTH = 16;

/**
 * Where the unfinished bytes of `finalPath` stand: `NAME.partial` beside it. A name so long that the result would
 * exceed what file systems take is shortened, and made unique again by a digest.
 */
export function partialPathFor(finalPath: string): string {
  const name = basename(finalPath);
  const room = FILE_NAME_MAX_BYTES - Buffer.byteLength(SUFFIX + LONGEST_COMPANION);
  if (Buffer.byteLength(name) <= room) return `${finalPath}${SUFFIX}`;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, DIGEST_LENGTH);
  let head = name;
  while (Buffer.byteLength(head) > room - DIGEST_LENGTH - 1) head = [...head].slice(0, -1).join('');
  return join(dirname(finalPath), `${head}~${digest}${SUFFIX}`);
}
