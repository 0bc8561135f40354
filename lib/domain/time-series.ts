import { DAY_MS, MINUTE_MS } from '../base/units.ts';

/** What is added up over time. Bytes when they came; the rest of a download when it ended. */
export const SERIES_KEYS = ['bytes', 'done', 'failed', 'cancelled', 'expired', 'waitedMs', 'failures', 'hashFailures', 'reassignedParts'] as const;

export type SeriesAmounts = { readonly [Key in (typeof SERIES_KEYS)[number]]: number };

/** A stretch of time in which something happened; it begins at a multiple of its length since 1970. */
export interface SeriesSlot extends SeriesAmounts {
  readonly startsAtMs: number;
}

export interface SeriesShape {
  readonly slotMs: number;
  readonly slotsMax: number;
}

const HOUR_MS = 60 * MINUTE_MS;

/** A day by the minute, and 90 days by the hour. */
export const seriesShapes = {
  minute: { slotMs: MINUTE_MS, slotsMax: DAY_MS / MINUTE_MS },
  hour: { slotMs: HOUR_MS, slotsMax: (90 * DAY_MS) / HOUR_MS },
} as const satisfies Readonly<Record<string, SeriesShape>>;

export type Resolution = keyof typeof seriesShapes;
export const RESOLUTIONS = Object.keys(seriesShapes) as readonly Resolution[] as readonly ['minute', 'hour'];

export const noAmounts: SeriesAmounts = { bytes: 0, done: 0, failed: 0, cancelled: 0, expired: 0, waitedMs: 0, failures: 0, hashFailures: 0, reassignedParts: 0 };

/** Sums by stretches of time, as far back as `slotsMax` of them. Dates are milliseconds since 1970, and may go back. */
export class TimeSeries {
  readonly #shape: SeriesShape;
  /** The earliest first. */
  #slots: SeriesSlot[];

  constructor(shape: SeriesShape, saved: readonly SeriesSlot[] = []) {
    this.#shape = shape;
    this.#slots = saved.toSorted((one, other) => one.startsAtMs - other.startsAtMs);
  }

  add(amounts: Partial<SeriesAmounts>, dateMs: number): void {
    const { slotMs, slotsMax } = this.#shape;
    const startsAtMs = Math.floor(dateMs / slotMs) * slotMs;
    // Nearly always the last one.
    const before = this.#slots.findLastIndex(slot => slot.startsAtMs <= startsAtMs);
    const current = this.#slots[before];
    if (current?.startsAtMs === startsAtMs) this.#slots[before] = { startsAtMs, ...summed(current, amounts) };
    else this.#slots.splice(before + 1, 0, { startsAtMs, ...summed(noAmounts, amounts) });
    if (this.#slots.length > slotsMax) this.#slots.shift();
  }

  /** Those of the last `slotsMax` stretches, now included, in which something happened. */
  slots(dateMs: number): readonly SeriesSlot[] {
    const { slotMs, slotsMax } = this.#shape;
    const endsAfterMs = dateMs - slotMs * slotsMax;
    return this.#slots.filter(({ startsAtMs }) => startsAtMs + slotMs > endsAfterMs);
  }
}

export function summed(one: SeriesAmounts, other: Partial<SeriesAmounts>): SeriesAmounts {
  return Object.fromEntries(SERIES_KEYS.map(key => [key, one[key] + (other[key] ?? 0)])) as SeriesAmounts;
}
