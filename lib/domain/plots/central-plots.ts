import type { PlotMessages } from '../../base/messages/index.ts';
import { DAY_MS, formatBytes, MINUTE_MS, SECOND_MS } from '../../base/units.ts';
import { nodeSourceId } from '../download/node-source-id.ts';
import type { CentralStatistics } from '../statistics.ts';
import { noAmounts, seriesShapes, summed, type Resolution, type SeriesAmounts, type SeriesSlot } from '../time-series.ts';
import { byteAxis, countAxis, dateTicks, durationAxis } from './axis.ts';
import { countBars, faultColors, giverBars } from './counted-bars.ts';
import type { Plot } from './frame.ts';
import { formatDate, type Reading } from './reading.ts';
import { hues } from './svg.ts';
import { timeChart, type Bin } from './time-chart.ts';

/** As many as can be told apart on the page. */
const BINS_MAX = 180;
/** Slots of a bin: such as a person would count in. */
const BIN_SLOTS: { readonly [R in Resolution]: readonly number[] } = { minute: [1, 2, 5, 10, 15], hour: [1, 2, 3, 6, 12, 24] };
/** A series that began just now is shown in a span of at least this. */
const SPAN_MIN_MS: { readonly [R in Resolution]: number } = { minute: 30 * MINUTE_MS, hour: 2 * DAY_MS };

/** The pictures of a central, as far as there is something to draw. */
export function centralPlots(statistics: CentralStatistics, reading: Reading): readonly Plot[] {
  const { messages } = reading;
  const note = messages.savedAt(formatDate(Date.parse(statistics.savedAt), reading));
  const givers = Object.entries(statistics.byNode).map(([node, totals]) => ({ name: nodeSourceId(Number(node)), ...totals }));
  return [
    countBars('central-descargas-por-video', messages.byVideo, note, statistics.videos, reading),
    countBars('central-descargas-por-cliente', messages.byClient, note, statistics.clientes, reading),
    giverBars('central-bytes-por-secundario', messages.byNode, note, givers, reading),
    seriesPlot('central-ultimas-24-horas', 'minute', messages.lastDay, statistics, reading),
    seriesPlot('central-ultimos-90-dias', 'hour', messages.lastMonths, statistics, reading),
  ].filter(plot => plot !== undefined);
}

interface FilledBin extends Bin {
  readonly amounts: SeriesAmounts;
}

function seriesPlot(name: string, resolution: Resolution, title: string, { series, savedAt }: CentralStatistics, { language, messages, timeZone }: Reading): Plot | undefined {
  const untilMs = Date.parse(savedAt);
  const slots = series[resolution].filter(({ startsAtMs }) => startsAtMs < untilMs);
  if (slots.length === 0) return undefined;
  const bins = binsOf(slots, resolution, untilMs);
  const fromMs = Math.min(bins[0]!.fromMs, untilMs - SPAN_MIN_MS[resolution]);
  const { slotMs } = seriesShapes[resolution];
  const binMs = bins[0]!.toMs - bins[0]!.fromMs;
  const amounts = (key: keyof SeriesAmounts) => bins.map(bin => bin.amounts[key]);
  // What is not over yet is measured up to now; less than a slot of it says nothing.
  const rates = bins.map(bin => (bin.amounts.bytes / Math.max(slotMs, Math.min(bin.toMs, untilMs) - bin.fromMs)) * SECOND_MS);
  const waits = bins.map(({ amounts: bin }) => (endedIn(bin) === 0 ? 0 : bin.waitedMs / endedIn(bin)));
  const largest = (...layers: readonly (readonly number[])[]) => Math.max(1, ...bins.map((_, bin) => layers.reduce((sum, values) => sum + values[bin]!, 0)));
  const ended = (['done', 'failed', 'cancelled', 'expired'] as const).map(key => ({ entry: { text: messages.outcomes[key], color: outcomeColors[key] }, values: amounts(key) }));
  const faults = (['failures', 'reassignedParts', 'hashFailures'] as const).map(key => ({ entry: { text: messages[key], color: faultColors[key] }, values: amounts(key) }));
  const stacked = (layers: readonly { readonly values: readonly number[] }[], unit: string) => countAxis(largest(...layers.map(({ values }) => values)), unit, language, 4);
  const frame = { title, notes: [notesOf(slots, messages, { language, binMs, untilMs, timeZone })], legend: [], language };
  const time = { fromMs, toMs: untilMs, ticks: dateTicks(fromMs, untilMs, { language, timeZone }), unit: messages.clock(timeZone) };
  const single = (text: string, values: readonly number[]) => [{ entry: { text, color: hues.blue }, values }];
  const svg = timeChart(frame, time, bins, [
    { title: messages.rate, axis: byteAxis(largest(rates), language, { perSecond: true, steps: 4 }), layers: single(messages.rate, rates) },
    { title: messages.ended, axis: stacked(ended, ''), layers: ended },
    { title: messages.faultsTitle, axis: stacked(faults, messages.faultsUnit), layers: faults },
    { title: messages.waiting, axis: durationAxis(Math.max(2 * SECOND_MS, largest(waits)), language, 4), layers: single(messages.waiting, waits) },
  ]);
  return { name, svg };
}

const outcomeColors = { done: hues.blue, failed: hues.vermilion, cancelled: hues.grey, expired: hues.orange } as const;

function endedIn({ done, failed, cancelled, expired }: SeriesAmounts): number {
  return done + failed + cancelled + expired;
}

/** Slots in bins that are wide enough to be seen, from the first slot until now. */
function binsOf(slots: readonly SeriesSlot[], resolution: Resolution, untilMs: number): readonly FilledBin[] {
  const { slotMs } = seriesShapes[resolution];
  const span = untilMs - slots[0]!.startsAtMs;
  const binMs = slotMs * (BIN_SLOTS[resolution].find(count => span / (count * slotMs) <= BINS_MAX) ?? BIN_SLOTS[resolution].at(-1)!);
  const bins = new Map<number, SeriesAmounts>();
  for (const slot of slots) {
    const fromMs = Math.floor(slot.startsAtMs / binMs) * binMs;
    bins.set(fromMs, summed(bins.get(fromMs) ?? noAmounts, slot));
  }
  return [...bins].map(([fromMs, amounts]) => ({ fromMs, toMs: fromMs + binMs, amounts }));
}

function notesOf(slots: readonly SeriesSlot[], messages: PlotMessages, { language, binMs, untilMs, timeZone }: { readonly language: Reading['language']; readonly binMs: number; readonly untilMs: number; readonly timeZone: string }): string {
  const total = slots.reduce<SeriesAmounts>((sum, slot) => summed(sum, slot), noAmounts);
  const binText = binMs < 60 * MINUTE_MS ? `${binMs / MINUTE_MS} min` : `${binMs / (60 * MINUTE_MS)} h`;
  return messages.seriesNote({ bytes: formatBytes(total.bytes, language), downloads: endedIn(total), bin: binText, date: formatDate(untilMs, { language, timeZone }) });
}
