import { formatRate, SECOND_MS } from '../../base/units.ts';
import type { ClientStatistics, DownloadRecord, TimelineRun } from '../statistics.ts';
import { byteAxis, durationAxis } from './axis.ts';
import { barChart } from './bar-chart.ts';
import { BARS_MAX, giverBars, type Giver } from './counted-bars.ts';
import { downloadTimeline } from './download-timeline.ts';
import type { Plot } from './frame.ts';
import { formatDate, type Reading } from './reading.ts';
import { hues } from './svg.ts';

export type TimedDownload = DownloadRecord & { readonly timeline: readonly TimelineRun[] };

/** The pictures of a client, whose names begin with `prefix`, as far as there is something to draw. */
export function clientPlots(prefix: string, statistics: ClientStatistics, timed: TimedDownload | undefined, reading: Reading): readonly Plot[] {
  const { messages } = reading;
  const { downloads } = statistics;
  const note = messages.lastDownloads(downloads.length, formatDate(Date.parse(statistics.savedAt), reading));
  return [
    downloadBars(`${prefix}-descargas`, statistics, reading),
    giverBars(`${prefix}-bytes-por-fuente`, messages.bySource(statistics.name), note, giversOf(downloads), reading),
    timed && { name: `${prefix}-descarga`, svg: downloadTimeline(timed, reading) },
  ].filter(plot => plot !== undefined);
}

export function hasTimeline(record: DownloadRecord): record is TimedDownload {
  return record.timeline !== undefined;
}

const outcomeColors = { done: hues.blue, failed: hues.vermilion, cancelled: hues.grey } as const;

/** How fast and how long the last downloads were, the newest first. */
function downloadBars(name: string, { name: client, downloads, savedAt }: ClientStatistics, reading: Reading): Plot | undefined {
  const { language, messages } = reading;
  const shown = downloads.slice(-BARS_MAX).toReversed();
  if (shown.length === 0) return undefined;
  const outcomes = (['done', 'failed', 'cancelled'] as const).filter(outcome => shown.some(record => record.outcome === outcome));
  const frame = {
    title: messages.rates(client),
    notes: [messages.newestDownloads(shown.length, downloads.length, formatDate(Date.parse(savedAt), reading))],
    legend: [
      ...outcomes.map(outcome => ({ text: messages.outcomes[outcome], color: outcomeColors[outcome] })),
      ...(shown.some(({ waitedMs }) => waitedMs > 0) ? [{ text: messages.inLine, color: hues.orange }] : []),
    ],
    language,
  };
  const rates = shown.map(({ rate, outcome }) => ({ segments: [{ value: rate, color: outcomeColors[outcome] }], text: formatRate(rate, language) }));
  const durations = shown.map(({ elapsedMs, waitedMs, outcome }) => ({
    segments: [
      { value: waitedMs, color: hues.orange },
      { value: elapsedMs - waitedMs, color: outcomeColors[outcome] },
    ],
    text: `${(elapsedMs / SECOND_MS).toLocaleString(language, { maximumFractionDigits: 1 })} s`,
  }));
  const svg = barChart(frame, shown.map(record => rowName(record, reading)), [
    { title: messages.rate, axis: byteAxis(Math.max(1, ...shown.map(({ rate }) => rate)), language, { perSecond: true, steps: 5 }), bars: rates },
    { title: messages.duration, axis: durationAxis(Math.max(1, ...shown.map(({ elapsedMs }) => elapsedMs)), language, 5), bars: durations },
  ]);
  return { name, svg };
}

function rowName({ name, startedAt }: DownloadRecord, { language, timeZone }: Reading): string {
  const date = new Intl.DateTimeFormat(language, { timeZone, day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return `${date.format(Date.parse(startedAt))} · ${name}`;
}

function giversOf(downloads: readonly DownloadRecord[]): readonly Giver[] {
  const givers = new Map<string, Giver>();
  for (const { id, bytes, failures, hashFailures, reassignedParts } of downloads.flatMap(({ sources }) => sources)) {
    const { name, ...before } = givers.get(id) ?? { name: id, bytes: 0, failures: 0, hashFailures: 0, reassignedParts: 0 };
    givers.set(id, {
      name,
      bytes: before.bytes + bytes,
      failures: before.failures + failures,
      hashFailures: before.hashFailures + hashFailures,
      reassignedParts: before.reassignedParts + reassignedParts,
    });
  }
  return [...givers.values()];
}
