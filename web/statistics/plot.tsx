import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import uPlotStyles from 'uplot/dist/uPlot.min.css' with { type: 'text' };
import { SECOND_MS } from '../../lib/base/units.ts';
import { dateTicks } from '../../lib/domain/plots/axis.ts';
import { useSpeech } from '../language.ts';
import type { Language } from '../languages.ts';
import { useStore } from '../store.ts';
import { theme } from '../theme.ts';
import type { TimeBin } from './time-bins.ts';
import { barsOf, type Bars, type Hue, type TimeChart } from './time-charts.ts';

const HEIGHT = 200;
const TICK_WIDTH = 84;
/** Of the room of a bin. */
const BAR_SHARE = 0.84;
/** `BarsPathBuilderFacetUnit.ScaleValue`, which is in the types alone. */
const SCALE_VALUE = 1;
const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';

// As a sheet of the document: the policy of the page lets no <style> in.
const sheet = new CSSStyleSheet();
sheet.replaceSync(uPlotStyles);
document.adoptedStyleSheets.push(sheet);

interface PlotProps {
  readonly chart: TimeChart;
  readonly bins: readonly TimeBin[];
  /** Of the bin that is pointed at. */
  readonly onPoint: (index: number | undefined) => void;
}

/** Bars over time. It is drawn for eyes only; the figure around it says the same in words. */
export function Plot(props: PlotProps) {
  const { language } = useSpeech();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const shown = useRef({ ...props, language });
  shown.current = { ...props, language };
  const chosen = useStore(theme);

  useEffect(() => {
    const element = place.current!;
    const drawn = new uPlot(optionsOf(element, () => shown.current), dataOf(shown.current), element);
    plot.current = drawn;
    const resized = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const recolor = () => drawn.redraw();
    scheme.addEventListener('change', recolor);
    return () => {
      scheme.removeEventListener('change', recolor);
      resized.disconnect();
      drawn.destroy();
    };
  }, []);
  useEffect(() => plot.current!.setData(dataOf(props)), [props.chart, props.bins, language, chosen]);

  return (
    <div class="plot" ref={place} aria-hidden="true">
      {props.chart.layers.map(({ hue }) => <span key={hue} class={`swatch swatch-${hue}`} data-hue={hue} hidden />)}
    </div>
  );
}

type Shown = PlotProps & { readonly language: Language };

function dataOf({ chart, bins }: PlotProps): uPlot.AlignedData {
  return [bins.map(({ fromMs }) => fromMs / SECOND_MS), ...barsOf(chart).map(({ heights }) => [...heights])];
}

function optionsOf(element: HTMLElement, now: () => Shown): uPlot.Options {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const ends = () => [now().bins[0]!.fromMs, now().bins.at(-1)!.toMs] as const;
  const dates = ({ width }: uPlot) => dateTicks(...ends(), { language: now().language, timeZone, steps: Math.max(2, Math.floor(width / TICK_WIDTH)) });
  const ink = () => getComputedStyle(element).color;
  const line = () => getComputedStyle(element).borderTopColor;
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [10, 28, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false, setScale: false } },
    hooks: { setCursor: [self => now().onPoint(pointedAt(self, now().bins))] },
    scales: {
      x: { range: () => ends().map(ms => ms / SECOND_MS) as [number, number] },
      y: { range: () => [0, now().chart.axis.max] },
    },
    axes: [
      {
        stroke: ink,
        font: FONT,
        grid: { show: false },
        size: 32,
        ticks: { stroke: line, width: 1, size: 5 },
        border: { show: true, stroke: line, width: 1 },
        splits: self => dates(self).map(({ value }) => value / SECOND_MS),
        values: self => dates(self).map(({ text }) => text),
      },
      {
        stroke: ink,
        font: FONT,
        size: 52,
        grid: { stroke: line, width: 1 },
        ticks: { show: false },
        splits: () => now().chart.axis.ticks.map(({ value }) => value),
        values: () => now().chart.axis.ticks.map(({ text }) => text),
      },
    ],
    series: [{}, ...barsOf(now().chart).map((bars): uPlot.Series => ({ width: 0, fill: () => colorOf(element, bars.hue), paths: pathsOf(bars, () => now().bins), points: { show: false } }))],
  };
}

function pathsOf({ left, width }: Bars, bins: () => readonly TimeBin[]): uPlot.Series.PathBuilder {
  const roomOf = ({ fromMs, toMs }: TimeBin) => ((toMs - fromMs) / SECOND_MS) * BAR_SHARE;
  const values = (of: (bin: TimeBin) => number) => ({ unit: SCALE_VALUE, values: () => bins().map(of) });
  return uPlot.paths.bars!({ disp: { x0: values(bin => bin.fromMs / SECOND_MS + left * roomOf(bin)), size: values(bin => width * roomOf(bin)) } });
}

/** As the style sheet has it, light or dark. */
function colorOf(element: HTMLElement, hue: Hue): string {
  return getComputedStyle(element.querySelector(`[data-hue="${hue}"]`)!).backgroundColor;
}

/** By the time under the pointer: of bars that begin at theirs, the nearest one may be the next. */
function pointedAt(plot: uPlot, bins: readonly TimeBin[]): number | undefined {
  const { left } = plot.cursor;
  if (left === undefined || left < 0) return undefined;
  const atMs = plot.posToVal(left, 'x') * SECOND_MS;
  const index = bins.findIndex(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
  return index === -1 ? undefined : index;
}
