import type { Block } from './block.ts';

/** Slices of a block, and trees that they travel over: the first slice over the first tree, and so on. */
export const SLICES = 4;

/** Who takes part in the relay of a channel: chosen by chance at each start. */
export type MemberId = string;

/** Who broadcasts, among the members of the relay of his channel. */
export const ROOT: MemberId = 'root';

/** Where a member takes connections. Without an address nobody can call it. */
export interface Contact {
  readonly id: MemberId;
  readonly address?: { readonly host: string; readonly port: number };
  /** Where its connection comes from, when it made it: for people. */
  readonly seenAt?: { readonly host: string; readonly port: number };
}

/** All that one root sends, under one key: when it is started again another stream begins. */
export interface StreamDescription {
  /** The root's public key (Ed25519, base64url), by which its blocks are known to be its own. */
  readonly id: string;
  readonly channel: number;
}

/** A block on the air, without its bytes: what a root signs, so that whoever relays can alter nothing unseen. */
export interface BlockManifest extends Pick<Block, 'durationMs' | 'isBeginning'> {
  /** The stream's id. */
  readonly stream: string;
  /** 0, 1, 2, … without gaps. */
  readonly number: number;
  /** When it went on the air, since the stream began. */
  readonly emittedMs: number;
  readonly sizeBytes: number;
  /** SHA-256 of each slice, hexadecimal. */
  readonly sliceHashes: readonly string[];
  /** Ed25519 over everything else, base64url. */
  readonly signature: string;
}

/** A fourth of a block. Whoever has it has checked it against the manifest. */
export interface Slice {
  readonly block: BlockManifest;
  /** 0 to 3, which is also the tree that it travels over. */
  readonly index: number;
  readonly bytes: Uint8Array;
}

/** Where a slice lies in its block. The last ones of a tiny block are empty. */
export function sliceRange(sizeBytes: number, index: number): { readonly start: number; readonly end: number } {
  const each = Math.ceil(sizeBytes / SLICES);
  return { start: Math.min(sizeBytes, each * index), end: Math.min(sizeBytes, each * (index + 1)) };
}
