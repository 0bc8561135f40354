import type { Axis, Tick } from './axis.ts';
import { framed, legendRow, MARGIN, WIDTH, type Frame, type LegendEntry } from './frame.ts';
import { ink, label, line, rectangle, widthOf, type Svg } from './svg.ts';

/** A stretch of time. */
export interface Bin {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface TimePanel {
  readonly title: string;
  readonly axis: Axis;
  /** Stacked upon one another, in this order; a value for each stretch. */
  readonly layers: readonly { readonly entry: LegendEntry; readonly values: readonly number[] }[];
}

export interface TimeAxis {
  readonly fromMs: number;
  readonly toMs: number;
  readonly ticks: readonly Tick[];
  readonly unit: string;
}

const LEFT = MARGIN + 52;
const PANEL_HEIGHT = 96;
const PANEL_STEP = PANEL_HEIGHT + 44;
/** Thinner than that nobody sees it. */
const BAR_MIN_WIDTH = 1;

/** Panels above one another that share the time. A stretch is as wide as it lasts, and stands on zero. */
export function timeChart(frame: Frame, time: TimeAxis, bins: readonly Bin[], panels: readonly TimePanel[]): Svg {
  const right = WIDTH - MARGIN - 8;
  const x = (dateMs: number) => LEFT + ((dateMs - time.fromMs) / (time.toMs - time.fromMs)) * (right - LEFT);
  return framed(frame, top => {
    const drawn = panels.flatMap((panel, index) => {
      const panelTop = top + index * PANEL_STEP + 22;
      const isLast = index === panels.length - 1;
      const verticals = time.ticks.flatMap(({ value, text }) => [
        line(x(value), panelTop, x(value), panelTop + PANEL_HEIGHT),
        ...(isLast ? [label(text, x(value), panelTop + PANEL_HEIGHT + 16, { size: 10, anchor: 'middle', color: ink.faint })] : []),
      ]);
      return [...verticals, ...panelOf(panel, bins, { x, right, top: panelTop })];
    });
    const bottom = top + panels.length * PANEL_STEP;
    return { pieces: [...drawn, label(time.unit, (LEFT + right) / 2, bottom + 12, { anchor: 'middle', color: ink.faint })], bottom: bottom + 20 };
  });
}

interface Place {
  readonly x: (dateMs: number) => number;
  readonly right: number;
  readonly top: number;
}

function panelOf({ title, axis, layers }: TimePanel, bins: readonly Bin[], { x, right, top }: Place): readonly Svg[] {
  const bottom = top + PANEL_HEIGHT;
  const scale = PANEL_HEIGHT / axis.max;
  const grid = axis.ticks.flatMap(({ value, text }) => {
    const y = bottom - value * scale;
    return [line(LEFT, y, right, y, value === 0 ? ink.axis : ink.grid), label(text, LEFT - 6, y + 3.5, { size: 10, anchor: 'end', color: ink.faint })];
  });
  const bars = bins.flatMap(({ fromMs, toMs }, bin) => {
    let y = bottom;
    return layers.flatMap(({ entry, values }) => {
      const height = values[bin]! * scale;
      y -= height;
      return height === 0 ? [] : [rectangle(x(fromMs), y, Math.max(BAR_MIN_WIDTH, Math.min(right, x(toMs)) - x(fromMs)), height, entry.color)];
    });
  });
  const heading = axis.unit === '' ? title : `${title} (${axis.unit})`;
  const legend = layers.length > 1 ? legendRow(layers.map(({ entry }) => entry), LEFT + widthOf(heading, 12) * 1.15 + 24, top - 9) : [];
  return [label(heading, LEFT, top - 9, { size: 12, isBold: true }), ...legend, ...grid, ...bars];
}
