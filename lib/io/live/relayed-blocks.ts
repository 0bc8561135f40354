import type { BlockTaker } from '../../domain/live/block-taker.ts';
import type { BlockManifest } from '../../domain/live/stream.ts';
import type { ArrivedBlock, StoredShelf } from './stored-shelf.ts';

/** Puts whole blocks of a relay on a shelf, each to be shown so long after it went on the air. */
export function relayInto(shelf: Pick<StoredShelf, 'expect' | 'put'>, delayMs: number): BlockTaker {
  return {
    expect: (block, onAirMs) => shelf.expect(arrivedOf(block), onAirMs + delayMs),
    show: (block, bytes, onAirMs) => void shelf.put(arrivedOf(block), bytes, onAirMs + delayMs),
  };
}

function arrivedOf({ stream, number, emittedMs, durationMs, isBeginning }: BlockManifest): ArrivedBlock {
  return { key: `${stream}-${number}`, stream, number, startMs: emittedMs, durationMs, isBeginning };
}
