/** What BEP 3 can say. Text is UTF-8; dictionaries are maps, whose keys may be raw bytes. */
export type Bencodable = number | string | Uint8Array | readonly Bencodable[] | BencodableMap;
export type BencodableMap = ReadonlyMap<string | Uint8Array, Bencodable>;

/** Integers must be safe. Keys are put in the order of their bytes, whatever theirs was. */
export function bencode(value: Bencodable): Buffer {
  if (typeof value === 'number') return Buffer.from(`i${value}e`);
  if (typeof value === 'string' || value instanceof Uint8Array) return bencodeBytes(Buffer.from(value as string));
  if (value instanceof Map) return enclosed('d', sortedEntries(value as BencodableMap).flatMap(([key, item]) => [bencodeBytes(key), bencode(item)]));
  return enclosed('l', [...(value as readonly Bencodable[])].map(item => bencode(item)));
}

function bencodeBytes(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.byteLength}:`), bytes]);
}

function enclosed(letter: 'd' | 'l', pieces: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(letter), ...pieces, Buffer.from('e')]);
}

function sortedEntries(map: BencodableMap): readonly (readonly [Buffer, Bencodable])[] {
  return [...map].map(([key, item]) => [Buffer.from(key as string), item] as const).sort(([a], [b]) => Buffer.compare(a, b));
}
