import type { BlockManifest } from '../../domain/live/stream.ts';
import type { StoredShelf } from './stored-shelf.ts';

/** Puts whole blocks of a relay on a shelf, each to be shown so long after it went on the air. */
export function relayInto(shelf: StoredShelf, delayMs: number) {
  return ({ stream, number, emittedMs, durationMs, isBeginning }: BlockManifest, bytes: Uint8Array, onAirMs: number): void =>
    void shelf.put({ key: `${stream}-${number}`, stream, number, startMs: emittedMs, durationMs, isBeginning }, bytes, onAirMs + delayMs);
}
