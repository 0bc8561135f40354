/** What the bench of peers and its thread agree on. */
export interface PeersPlan {
  readonly centralUrl: string;
  readonly filesPerPeer: number;
  readonly renewEveryMs: number;
  /** Requests in flight. */
  readonly atOnce: number;
}

/** How many of each; the oldest leave and die. */
export interface PeersOrder {
  readonly join: number;
  readonly leave: number;
  readonly die: number;
}

export type PeersNews =
  | { readonly type: 'listening'; readonly port: number }
  /** Left or died. */
  | { readonly type: 'gone'; readonly index: number; readonly atMs: number }
  /** Its lease ran out, though it lived. */
  | { readonly type: 'lost'; readonly index: number }
  | { readonly type: 'done'; readonly living: number };

const POPULAR_NAMES = 1000;
const POPULAR_PER_PEER = 5;

/** Some of a peer's files others have as well. */
export function nameOf(peer: number, file: number): string {
  return file < POPULAR_PER_PEER ? popularName(peer * 31 + file * 211) : `Clase grabada ${peer} parte ${file}.mp4`;
}

export function popularName(number: number): string {
  return `Película que todos tienen ${number % POPULAR_NAMES}.mkv`;
}

export function addressOf(peer: number): string {
  return `127.${1 + ((peer >> 16) & 0x7f)}.${(peer >> 8) & 0xff}.${peer & 0xff}`;
}

/** Milliseconds that all threads count alike, and that no clock of the machine can turn back or slow down. */
export function sharedNowMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
