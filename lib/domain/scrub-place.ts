import { keyOf } from './folder-changes.ts';
import type { IndexedFile, ScrubPlace } from './local-folder.ts';
import { partCountOf, partRange, type Manifest } from './manifest.ts';
import { costOf } from './scrub.ts';

type Shape = Pick<Manifest, 'sizeBytes' | 'partSizeBytes'>;

/** Where to go on with this file: where it was left, or at its beginning. */
export function placeIn({ stamp }: IndexedFile, place: ScrubPlace | undefined): ScrubPlace {
  return place && keyOf(place.stamp) === keyOf(stamp) ? place : { stamp, nextPart: 0, readBytes: 0, badParts: [] };
}

/** What reading the next part costs, in bytes. */
export function costAt({ nextPart }: ScrubPlace, shape: Shape): number {
  const sizeBytes = partBytes(nextPart, shape);
  return nextPart === 0 ? costOf({ sizeBytes }) : sizeBytes;
}

/** After the next part was read. */
export function placeAfter({ stamp, nextPart, readBytes, badParts }: ScrubPlace, shape: Shape, isRight: boolean): ScrubPlace {
  return { stamp, nextPart: nextPart + 1, readBytes: readBytes + partBytes(nextPart, shape), badParts: isRight ? badParts : [...badParts, nextPart] };
}

/** Nothing of the file is left to be read. */
export function isAtEnd({ nextPart }: ScrubPlace, { sizeBytes, partSizeBytes }: Shape): boolean {
  return nextPart >= partCountOf(sizeBytes, partSizeBytes);
}

function partBytes(part: number, shape: Shape): number {
  const { start, end } = partRange(shape, part);
  return Math.max(0, end - start);
}
