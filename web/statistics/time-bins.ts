import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../lib/base/units.ts';
import { noAmounts, seriesShapes, summed, type Resolution, type SeriesAmounts, type SeriesSlot } from '../../lib/domain/time-series.ts';

interface Shape {
  readonly resolution: Resolution;
  readonly binMs: number;
  readonly count: number;
}

/** Bars of a chart: as many as can be told apart on a phone, each as long as a person would count in. */
export const spans = {
  hour: { resolution: 'minute', binMs: MINUTE_MS, count: 60 },
  day: { resolution: 'minute', binMs: 15 * MINUTE_MS, count: 96 },
  quarter: { resolution: 'hour', binMs: DAY_MS, count: 90 },
} as const satisfies Readonly<Record<string, Shape>>;

export type Span = keyof typeof spans;
export const SPANS = Object.keys(spans) as readonly Span[];

export interface TimeBin {
  readonly fromMs: number;
  /** The last one is not over yet. */
  readonly toMs: number;
  readonly amounts: SeriesAmounts;
  readonly bytesPerSecond: number;
}

/**
 * All the bins of a span until now, those in which nothing happened with zeros. They begin at round times of a clock that is
 * `zoneOffsetAt` a date ahead of UTC; a day in which it was changed is an hour longer or shorter.
 */
export function timeBins(slots: readonly SeriesSlot[], span: Span, untilMs: number, zoneOffsetAt: (dateMs: number) => number): readonly TimeBin[] {
  const { resolution, binMs, count } = spans[span];
  const { slotMs } = seriesShapes[resolution];
  const offsetMs = zoneOffsetAt(untilMs);
  const lastWallMs = Math.floor((untilMs + offsetMs) / binMs) * binMs;
  const edges = Array.from({ length: count + 1 }, (_, at) => {
    const edgeMs = lastWallMs + (at + 1 - count) * binMs - offsetMs;
    return binMs < DAY_MS ? edgeMs : edgeMs + offsetMs - zoneOffsetAt(edgeMs);
  });
  const amounts = Array.from({ length: count }, () => noAmounts);
  for (const slot of slots) {
    const at = edges.findLastIndex(edgeMs => edgeMs <= slot.startsAtMs);
    if (at >= 0 && at < count) amounts[at] = summed(amounts[at]!, slot);
  }
  return amounts.map((bin, at) => {
    const [fromMs, toMs] = [edges[at]!, edges[at + 1]!];
    // What is not over yet is measured up to now; less than a slot of it says nothing.
    return { fromMs, toMs, amounts: bin, bytesPerSecond: (bin.bytes / Math.max(slotMs, Math.min(toMs, untilMs) - fromMs)) * SECOND_MS };
  });
}

/** What was known, with what came now in the place of what it counts on from. */
export function mergedSlots(known: readonly SeriesSlot[], fresh: readonly SeriesSlot[]): readonly SeriesSlot[] {
  const merged = new Map([...known, ...fresh].map(slot => [slot.startsAtMs, slot]));
  return [...merged.values()].toSorted((one, other) => one.startsAtMs - other.startsAtMs);
}
