import type { BlockManifest } from './stream.ts';

/** Who is given what comes of a channel. `onAirMs`: when that block went on the air, on the own clock. */
export interface BlockTaker {
  /** Something of it came: the rest comes too, or it is missed. */
  expect(block: BlockManifest, onAirMs: number): void;
  /** It is whole; in any order. */
  show(block: BlockManifest, bytes: Uint8Array, onAirMs: number): void;
}
