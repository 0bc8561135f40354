import { byteAxis, countAxis, type Axis } from '../../lib/domain/plots/axis.ts';
import type { SeriesAmounts } from '../../lib/domain/time-series.ts';
import type { Language } from '../languages.ts';
import type { TimeBin } from './time-bins.ts';

const STEPS = 4;

/** Colours that differ in lightness as well; `web/style/statistics.css` has them. */
export type Hue = 'blue' | 'vermilion' | 'grey' | 'ink';

export interface Layer<Key extends string = string> {
  readonly key: Key;
  readonly hue: Hue;
  readonly values: readonly number[];
}

/** What is counted in parts of a whole is stacked, the first at the bottom; what has no sum stands side by side. The axis begins at zero. */
export interface TimeChart<Key extends string = string> {
  readonly isStacked: boolean;
  readonly axis: Axis;
  readonly layers: readonly Layer<Key>[];
}

export function rateChart(bins: readonly TimeBin[], language: Language): TimeChart<'bytes'> {
  const values = bins.map(({ bytesPerSecond }) => bytesPerSecond);
  return { isStacked: true, axis: byteAxis(Math.max(1, ...values), language, { perSecond: true, steps: STEPS }), layers: [{ key: 'bytes', hue: 'blue', values }] };
}

const endings = { done: 'blue', failed: 'vermilion', cancelled: 'grey', expired: 'ink' } as const;
const faults = { failures: 'vermilion', reassignedParts: 'blue', hashFailures: 'ink' } as const;

export function endedChart(bins: readonly TimeBin[], unit: string, language: Language): TimeChart<keyof typeof endings> {
  const layers = layersOf(bins, endings);
  return { isStacked: true, axis: countAxis(Math.max(1, ...totalsOf(layers)), unit, language, STEPS), layers };
}

/** One failure may have left several parts to others: the sum of both would be of nothing. */
export function faultChart(bins: readonly TimeBin[], unit: string, language: Language): TimeChart<keyof typeof faults> {
  const layers = layersOf(bins, faults);
  return { isStacked: false, axis: countAxis(Math.max(1, ...layers.flatMap(({ values }) => values)), unit, language, STEPS), layers };
}

function layersOf<Key extends keyof SeriesAmounts>(bins: readonly TimeBin[], hues: { readonly [K in Key]: Hue }): readonly Layer<Key>[] {
  return (Object.keys(hues) as Key[]).map(key => ({ key, hue: hues[key], values: bins.map(({ amounts }) => amounts[key]) }));
}

/** Of each bin, over all its layers. */
export function totalsOf(layers: readonly Pick<Layer, 'values'>[]): readonly number[] {
  return layers[0]!.values.map((_, at) => sumOf(layers.map(({ values }) => values[at]!)));
}

export interface Bars {
  readonly hue: Hue;
  readonly heights: readonly number[];
  /** Where in the room of a bin they begin, and how wide they are: of 1. */
  readonly left: number;
  readonly width: number;
}

/** In the order in which they are drawn: of a stack what reaches highest comes first, and the others stand in front of it. */
export function barsOf({ isStacked, layers }: TimeChart): readonly Bars[] {
  const width = 1 / layers.length;
  if (!isStacked) return layers.map(({ hue, values }, at) => ({ hue, heights: values, left: at * width, width }));
  return layers.map(({ hue }, at) => ({ hue, heights: totalsOf(layers.slice(0, at + 1)), left: 0, width: 1 })).toReversed();
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
