import { formatBytes } from '../../base/units.ts';
import type { Counts } from '../statistics.ts';
import { byteAxis, countAxis } from './axis.ts';
import { barChart } from './bar-chart.ts';
import type { Plot } from './frame.ts';
import type { Reading } from './reading.ts';
import { hues } from './svg.ts';

/** Bars of one picture; the others are told as a number. */
export const BARS_MAX = 20;

/** Downloads by name, the most downloaded first; undefined when there are none. */
export function countBars(name: string, title: string, note: string, counts: Counts, { language, messages }: Reading): Plot | undefined {
  const all = Object.entries(counts).toSorted(([, one], [, other]) => other - one);
  const shown = all.slice(0, BARS_MAX);
  const [first] = shown;
  if (!first) return undefined;
  const sum = all.reduce((total, [, count]) => total + count, 0);
  const bars = shown.map(([, count]) => ({ segments: [{ value: count, color: hues.blue }], text: count.toLocaleString(language) }));
  const frame = { title, notes: [note, messages.shown(shown.length, all.length, sum)], legend: [], language };
  const column = { title: messages.downloads, axis: countAxis(first[1], messages.downloadsUnit, language), bars };
  return { name, svg: barChart(frame, shown.map(([key]) => key), [column]) };
}

export const faultColors = { failures: hues.vermilion, reassignedParts: hues.orange, hashFailures: hues.purple } as const;

/** What a source gave, and what it failed. */
export interface Giver {
  readonly name: string;
  readonly bytes: number;
  readonly failures: number;
  readonly hashFailures: number;
  readonly reassignedParts: number;
}

/** Bytes by source, and beside them what went wrong; undefined when there are none. */
export function giverBars(name: string, title: string, note: string, givers: readonly Giver[], { language, messages }: Reading): Plot | undefined {
  const all = givers.toSorted((one, other) => other.bytes - one.bytes);
  const shown = all.slice(0, BARS_MAX);
  if (shown.length === 0) return undefined;
  const faultsOf = ({ failures, hashFailures, reassignedParts }: Giver) => failures + hashFailures + reassignedParts;
  const kinds = (['failures', 'reassignedParts', 'hashFailures'] as const).map(key => ({ key, color: faultColors[key] }));
  const bytes = shown.map(giver => ({ segments: [{ value: giver.bytes, color: hues.blue }], text: formatBytes(giver.bytes, language) }));
  const faults = shown.map(giver => ({
    segments: kinds.map(({ key, color }) => ({ value: giver[key], color })),
    text: faultsOf(giver).toLocaleString(language),
  }));
  const legend = kinds.filter(({ key }) => shown.some(giver => giver[key] > 0)).map(({ key, color }) => ({ text: messages[key], color }));
  const frame = { title, notes: [note], legend, language };
  return {
    name,
    svg: barChart(frame, shown.map(giver => giver.name), [
      { title: messages.given, axis: byteAxis(Math.max(1, ...shown.map(giver => giver.bytes)), language, { steps: 5 }), bars: bytes },
      { title: messages.faultsTitle, axis: countAxis(Math.max(1, ...shown.map(faultsOf)), messages.faultsUnit, language, 5), bars: faults },
    ]),
  };
}
