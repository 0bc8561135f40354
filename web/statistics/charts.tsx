import { useMemo, useRef, useState } from 'preact/hooks';
import { DAY_MS, formatBytes, formatRate, MINUTE_MS } from '../../lib/base/units.ts';
import type { SeriesAmounts, SeriesSlot } from '../../lib/domain/time-series.ts';
import { api, csvUrl } from '../api.ts';
import { formatCount } from '../format.ts';
import { useSpeech } from '../language.ts';
import type { Language } from '../languages.ts';
import { useRepeated } from '../use-repeated.ts';
import { CsvLink } from './csv-link.tsx';
import { Plot } from './plot.tsx';
import { Problem } from './problem.tsx';
import { mergedSlots, SPANS, spans, timeBins, type Span, type TimeBin } from './time-bins.ts';
import { endedChart, faultChart, rateChart, sumOf, totalsOf, type TimeChart } from './time-charts.ts';

export function Charts({ everyMs }: { readonly everyMs: number }) {
  const { text } = useSpeech();
  const [span, setSpan] = useState<Span>('hour');
  return (
    <section>
      <div class="section-head">
        <h2>{text.statistics.overTime}</h2>
        <div class="switch" role="group" aria-label={text.statistics.span}>
          {SPANS.map(name => <button key={name} type="button" aria-pressed={name === span} onClick={() => setSpan(name)}>{text.statistics.spans[name]}</button>)}
        </div>
      </div>
      <SpanCharts key={span} span={span} everyMs={everyMs} />
    </section>
  );
}

function SpanCharts({ span, everyMs }: { readonly span: Span; readonly everyMs: number }) {
  const { text, language } = useSpeech();
  const { resolution, binMs } = spans[span];
  const known = useRef<{ readonly slots: readonly SeriesSlot[]; readonly untilMs?: number }>({ slots: [] });
  const { value, error, again } = useRepeated(async signal => {
    const { slots, untilMs } = await api.series(resolution, known.current.untilMs, { signal });
    known.current = { slots: mergedSlots(known.current.slots, slots), untilMs };
    return { ...known.current, untilMs };
  }, everyMs);
  const bins = useMemo(() => value && timeBins(value.slots, span, value.untilMs, zoneOffsetAt), [value]);
  if (!bins) return <div class="charts-waiting">{error === undefined ? <p class="loading" role="status">{text.loading}</p> : <Problem error={error} onRetry={again} />}</div>;
  const words = text.statistics;
  const count = (value: number) => formatCount(value, language);
  const rate = (value: number) => formatRate(value, language);
  const sum = (key: keyof SeriesAmounts) => sumOf(bins.map(({ amounts }) => amounts[key]));
  const charts = { rate: rateChart(bins, language), ended: endedChart(bins, words.endedUnit, language), faults: faultChart(bins, words.faultsUnit, language) };
  const peaks = { rate: peakOf(charts.rate, bins, language), ended: peakOf(charts.ended, bins, language), faults: peakOf(charts.faults, bins, language) };
  const binText = new Intl.NumberFormat(language, { style: 'unit', unitDisplay: 'long', ...binUnits[span] }).format(binMs / binUnits[span].unitMs);
  return (
    <>
      <p class="hint">{words.binNote(binText, Intl.DateTimeFormat().resolvedOptions().timeZone)} <CsvLink href={csvUrl('series', resolution)} of={words.overTime} /></p>
      <div class="charts">
        <Chart title={words.rateTitle} bins={bins} chart={charts.rate} names={{ bytes: words.bytes }} format={rate} sentence={peaks.rate ? words.rateSummary(formatBytes(sum('bytes'), language), rate(peaks.rate.most), peaks.rate.when) : words.nothing} />
        <Chart title={words.endedTitle} bins={bins} chart={charts.ended} names={words.endings} format={count} sentence={peaks.ended ? words.endedSummary(count(sumOf(totalsOf(charts.ended.layers))), count(peaks.ended.most), peaks.ended.when) : words.nothing} />
        <Chart title={words.faultsTitle} bins={bins} chart={charts.faults} names={words.faults} format={count} sentence={peaks.faults ? words.faultsSummary(sum('failures'), sum('reassignedParts'), sum('hashFailures'), peaks.faults.when) : words.nothingFailed} />
      </div>
    </>
  );
}

/** How far the clock of the reader is ahead of UTC. */
function zoneOffsetAt(dateMs: number): number {
  return -new Date(dateMs).getTimezoneOffset() * MINUTE_MS;
}

const binUnits = { hour: { unit: 'minute', unitMs: MINUTE_MS }, day: { unit: 'minute', unitMs: MINUTE_MS }, quarter: { unit: 'day', unitMs: DAY_MS } } as const;

/** The bin with the most, the first of several; undefined where there is nothing. */
function peakOf({ layers }: TimeChart, bins: readonly TimeBin[], language: Language): { readonly most: number; readonly when: string } | undefined {
  const totals = totalsOf(layers);
  const most = Math.max(...totals);
  return most > 0 ? { most, when: timeOf(bins[totals.indexOf(most)]!, language) } : undefined;
}

interface ChartProps<Key extends string> {
  readonly title: string;
  readonly bins: readonly TimeBin[];
  readonly chart: TimeChart<Key>;
  readonly names: { readonly [K in Key]: string };
  readonly format: (value: number) => string;
  /** What is to be seen. */
  readonly sentence: string;
}

/** A picture, and what it shows in a sentence. */
function Chart<Key extends string>({ title, bins, chart, names, format, sentence }: ChartProps<Key>) {
  const { text, language } = useSpeech();
  const [pointed, setPointed] = useState<number>();
  const bin = pointed === undefined ? undefined : bins[pointed];
  const isSingle = chart.layers.length === 1;
  return (
    <figure class="panel chart">
      <figcaption>
        <h3>{title}</h3>
        <p>{sentence}</p>
      </figcaption>
      {!isSingle && (
        <ul class="legend">
          {chart.layers.map(({ key, hue, values }) => <li key={key}><span class={`swatch swatch-${hue}`} />{names[key]} <b>{format(sumOf(values))}</b></li>)}
        </ul>
      )}
      <p class="chart-unit" aria-hidden="true">{chart.axis.unit}</p>
      <Plot chart={chart} bins={bins} onPoint={setPointed} />
      <p class="chart-at" aria-hidden="true">
        {bin ? `${timeOf(bin, language)}: ${chart.layers.map(({ key, values }) => `${isSingle ? '' : `${names[key].toLocaleLowerCase(language)} `}${format(values[pointed!]!)}`).join(' · ')}` : text.statistics.pointHint}
      </p>
    </figure>
  );
}

/** From when to when; of days only which. */
function timeOf({ fromMs, toMs }: TimeBin, language: Language): string {
  const isDay = toMs - fromMs >= spans.quarter.binMs;
  const format = new Intl.DateTimeFormat(language, isDay ? { day: 'numeric', month: 'long' } : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return isDay ? format.format(fromMs) : `${format.format(fromMs)}–${format.format(toMs)}`;
}
