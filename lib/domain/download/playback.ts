import { MIB, SECOND_MS } from '../../base/units.ts';
import type { FileShape } from './file-plan.ts';

/** A part that somebody waits for, and until when at most. */
export interface UrgentPart {
  readonly part: number;
  readonly deadlineMs: number;
}

/** Parts that somebody waits for, the most urgent first. */
export type UrgentParts = (nowMs: number) => readonly UrgentPart[];

/** Where one reader of a file is. */
export interface Reading {
  /** The next byte that it will ask for. */
  moveTo(position: number): void;
  close(): void;
}

/** As fast as a film in 4K is played: 32 Mbit/s. A player that reads ahead asks for more than it needs. */
const BYTES_PER_MS = (4 * MIB) / SECOND_MS;
/** What comes later is fetched as if nobody played. */
const AHEAD_BYTES = 64 * MIB;
/** Where an MP4 that was not made for the web has its index (`moov`, ISO/IEC 14496-12 §8.2), which players read first. */
const TAIL_BYTES = MIB;
/** The head tells a player that it has to look at the tail. */
const HEAD_BYTES = MIB;

/**
 * What of a file is needed soon while it is played and downloaded at once: from where each reader is, in order; before
 * anybody reads, the head and then the tail.
 */
export class Playback {
  readonly #shape: FileShape;
  readonly #positions = new Map<Reading, number>();

  constructor(shape: FileShape) {
    this.#shape = shape;
  }

  open(position: number): Reading {
    const reading: Reading = {
      moveTo: next => {
        if (this.#positions.has(reading)) this.#positions.set(reading, next);
      },
      close: () => void this.#positions.delete(reading),
    };
    this.#positions.set(reading, position);
    return reading;
  }

  /** The most urgent first; those that are there already are among them. */
  urgentParts(nowMs: number): readonly UrgentPart[] {
    const { sizeBytes } = this.#shape;
    const deadlines = new Map<number, number>();
    const need = (start: number, end: number, fromMs: number) => {
      for (const [part, deadlineMs] of this.#deadlinesOf(start, Math.min(end, sizeBytes), fromMs)) {
        deadlines.set(part, Math.min(deadlineMs, deadlines.get(part) ?? Infinity));
      }
    };
    for (const position of this.#positions.values()) need(position, position + AHEAD_BYTES, nowMs);
    if (this.#positions.size === 0) need(0, AHEAD_BYTES, nowMs);
    need(Math.max(0, sizeBytes - TAIL_BYTES), sizeBytes, nowMs + HEAD_BYTES / BYTES_PER_MS);
    return [...deadlines].map(([part, deadlineMs]) => ({ part, deadlineMs })).sort((a, b) => a.deadlineMs - b.deadlineMs);
  }

  *#deadlinesOf(start: number, end: number, fromMs: number): Generator<readonly [part: number, deadlineMs: number]> {
    const { partSizeBytes } = this.#shape;
    for (let part = Math.floor(start / partSizeBytes); part * partSizeBytes < end; part += 1) {
      yield [part, fromMs + Math.max(0, part * partSizeBytes - start) / BYTES_PER_MS];
    }
  }
}
