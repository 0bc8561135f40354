/**
 * Which parts of a file somebody has; they become more, never fewer. On the wire one bit a part, the first of a byte the
 * highest (the bitfield of BEP 3), in base64.
 */
export class HeldParts {
  readonly partCount: number;
  readonly #bits: Uint8Array;
  #size = 0;

  constructor(partCount: number, held: Iterable<number> = []) {
    this.partCount = partCount;
    this.#bits = new Uint8Array(Math.ceil(partCount / 8));
    for (const part of held) this.add(part);
  }

  /** Undefined when the text is not one of so many parts. */
  static parse(text: string, partCount: number): HeldParts | undefined {
    const bits = Buffer.from(text, 'base64');
    const parts = new HeldParts(partCount);
    if (bits.length !== parts.#bits.length || bits.toString('base64') !== text) return undefined;
    for (let part = 0; part < partCount; part += 1) if (isSet(bits, part)) parts.add(part);
    // A bit beyond the last part is somebody's mistake.
    return parts.toString() === text ? parts : undefined;
  }

  /** How many. */
  get size(): number {
    return this.#size;
  }

  get isWhole(): boolean {
    return this.#size === this.partCount;
  }

  has(part: number): boolean {
    return isSet(this.#bits, part);
  }

  add(part: number): void {
    if (this.has(part)) return;
    this.#bits[part >> 3]! |= 0x80 >> (part & 7);
    this.#size += 1;
  }

  toString(): string {
    return Buffer.from(this.#bits).toString('base64');
  }
}

function isSet(bits: Uint8Array, part: number): boolean {
  return ((bits[part >> 3] ?? 0) & (0x80 >> (part & 7))) !== 0;
}
