import { useMemo, useRef, useState } from 'preact/hooks';
import { formatBytes, formatRate, MINUTE_MS } from '../../lib/base/units.ts';
import type { SeriesSlot } from '../../lib/domain/time-series.ts';
import { api, csvUrl } from '../api.ts';
import { formatCount, formatSpan } from '../format.ts';
import { useSpeech } from '../language.ts';
import { useRepeated } from '../machines/use-repeated.ts';
import { Problem } from './problem.tsx';
import { Plot } from './plot.tsx';
import { mergedSlots, SPANS, spans, timeBins, type Span, type TimeBin } from './time-bins.ts';
import { countChart, endings, faults, rateChart, stacked, sumOf, type TimeChart } from './time-charts.ts';
import { CsvLink } from './csv-link.tsx';

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
  const bins = useMemo(() => value && timeBins(value.slots, span, value.untilMs, -new Date(value.untilMs).getTimezoneOffset() * MINUTE_MS), [value]);
  if (!bins) return <div class="charts-waiting">{error === undefined ? <p class="loading" role="status">{text.loading}</p> : <Problem error={error} onRetry={again} />}</div>;
  const words = text.statistics;
  const count = (value: number) => formatCount(value, language);
  const rate = (value: number) => formatRate(value, language);
  const bytes = sumOf(bins.map(bin => bin.amounts.bytes));
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return (
    <>
      <p class="hint">{words.binNote(formatSpan(binMs, language), timeZone)} <CsvLink href={csvUrl('series', resolution)} of={words.overTime} /></p>
      <div class="charts">
        <Chart title={words.rateTitle} bins={bins} chart={rateChart(bins, language)} names={{ bytes: words.bytes }} format={rate} totals={{ bytes: formatBytes(bytes, language) }} summary={words.rateSummary} nothing={words.nothing} />
        <Chart title={words.endedTitle} bins={bins} chart={countChart(bins, endings, words.endedUnit, language)} names={words.endings} format={count} summary={words.endedSummary} nothing={words.nothing} />
        <Chart title={words.faultsTitle} bins={bins} chart={countChart(bins, faults, words.faultsUnit, language)} names={words.faults} format={count} summary={words.faultsSummary} nothing={words.nothingFailed} />
      </div>
    </>
  );
}

interface ChartProps<Key extends string> {
  readonly title: string;
  readonly bins: readonly TimeBin[];
  readonly chart: TimeChart<Key>;
  readonly names: { readonly [K in Key]: string };
  readonly format: (value: number) => string;
  /** Where the sum of the bars is none of what they show. */
  readonly totals?: { readonly [K in Key]: string };
  readonly summary: (total: string, most: string, when: string) => string;
  readonly nothing: string;
}

/** A picture, and what it shows in a sentence. */
function Chart<Key extends string>({ title, bins, chart, names, format, totals, summary, nothing }: ChartProps<Key>) {
  const { text, language } = useSpeech();
  const [pointed, setPointed] = useState<number>();
  const heights = stacked(chart.layers).at(-1)!;
  const most = Math.max(...heights);
  const total = chart.layers.length === 1 && totals ? totals[chart.layers[0]!.key] : format(sumOf(heights));
  const bin = pointed === undefined ? undefined : bins[pointed];
  return (
    <figure class="panel chart">
      <figcaption>
        <h3>{title}</h3>
        <p>{most === 0 ? nothing : summary(total, format(most), timeOf(bins[heights.indexOf(most)]!, language))}</p>
      </figcaption>
      {chart.layers.length > 1 && (
        <ul class="legend">
          {chart.layers.map(({ key, hue, values }) => <li key={key}><span class={`swatch swatch-${hue}`} />{names[key]} <b>{format(sumOf(values))}</b></li>)}
        </ul>
      )}
      <p class="chart-unit" aria-hidden="true">{chart.axis.unit}</p>
      <Plot chart={chart} bins={bins} onPoint={setPointed} />
      <p class="chart-at" aria-hidden="true">
        {bin ? `${timeOf(bin, language)}: ${chart.layers.map(({ key, values }) => (chart.layers.length === 1 ? format(values[pointed!]!) : `${names[key].toLocaleLowerCase(language)} ${format(values[pointed!]!)}`)).join(' · ')}` : text.statistics.pointHint}
      </p>
    </figure>
  );
}

/** From when to when; of days only which. */
function timeOf({ fromMs, toMs }: TimeBin, language: string): string {
  const isDay = toMs - fromMs >= spans.quarter.binMs;
  const format = new Intl.DateTimeFormat(language, isDay ? { day: 'numeric', month: 'long' } : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  return isDay ? format.format(fromMs) : `${format.format(fromMs)}–${format.format(toMs)}`;
}
