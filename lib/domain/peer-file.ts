import type { FileId } from './file.ts';

/** What a peer says of a file of its folder, beside the name. */
export interface FileFacts {
  readonly id?: FileId | undefined;
  readonly sizeBytes?: number | undefined;
}

export interface PeerFile extends FileFacts {
  readonly name: string;
}

/** As it is kept: the size as text, a colon, and the 32 bytes of the id as characters. */
export type PackedFacts = string;

const ID_BYTES = 32;
/** Sixteen digits of a size, the colon, and the id. */
const packing = Buffer.alloc(64);

/** A third of the room that an object with the same facts takes; there may be a million of them. */
export function packFacts({ id, sizeBytes }: FileFacts): PackedFacts {
  // One flat string: one that was put together keeps its pieces alive.
  const head = packing.write(`${sizeBytes ?? ''}:`, 'latin1');
  if (id !== undefined) packing.write(id, head, 'hex');
  return packing.toString('latin1', 0, id === undefined ? head : head + ID_BYTES);
}

export function unpackFacts(packed: PackedFacts): FileFacts {
  const colon = packed.indexOf(':');
  const id = Buffer.from(packed.slice(colon + 1), 'latin1').toString('hex');
  return { ...(id !== '' && { id }), ...(colon > 0 && { sizeBytes: Number(packed.slice(0, colon)) }) };
}
