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

/** Layers stand on each other, the first at the bottom; the axis begins at zero and has room for all. */
export interface TimeChart<Key extends string = string> {
  readonly axis: Axis;
  readonly layers: readonly Layer<Key>[];
}

export function rateChart(bins: readonly TimeBin[], language: Language): TimeChart<'bytes'> {
  const values = bins.map(({ bytesPerSecond }) => bytesPerSecond);
  return { axis: byteAxis(Math.max(1, ...values), language, { perSecond: true, steps: STEPS }), layers: [{ key: 'bytes', hue: 'blue', values }] };
}

export const endings = { done: 'blue', failed: 'vermilion', cancelled: 'grey', expired: 'ink' } as const satisfies Partial<Record<keyof SeriesAmounts, Hue>>;
export const faults = { failures: 'vermilion', reassignedParts: 'blue', hashFailures: 'ink' } as const satisfies Partial<Record<keyof SeriesAmounts, Hue>>;

export function countChart<Key extends keyof SeriesAmounts>(bins: readonly TimeBin[], hues: { readonly [K in Key]: Hue }, unit: string, language: Language): TimeChart<Key> {
  const layers = (Object.keys(hues) as Key[]).map(key => ({ key, hue: hues[key], values: bins.map(({ amounts }) => amounts[key]) }));
  return { axis: countAxis(Math.max(1, ...(stacked(layers).at(-1) ?? [])), unit, language, STEPS), layers };
}

/** How high each layer reaches, with those below it. */
export function stacked(layers: readonly Pick<Layer, 'values'>[]): readonly (readonly number[])[] {
  const tops: (readonly number[])[] = [];
  for (const { values } of layers) {
    const below = tops.at(-1);
    tops.push(values.map((value, at) => value + (below?.[at] ?? 0)));
  }
  return tops;
}

export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
