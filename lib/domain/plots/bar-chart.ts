import { framed, MARGIN, WIDTH, type Frame } from './frame.ts';
import type { Axis } from './axis.ts';
import { fitted, ink, label, line, rectangle, widthOf, type Svg } from './svg.ts';

export interface Segment {
  readonly value: number;
  readonly color: string;
}

/** What one row shows in one column: a bar of one colour or more, and what it says. */
export interface Bar {
  readonly segments: readonly Segment[];
  readonly text: string;
}

export interface BarColumn {
  readonly title: string;
  readonly axis: Axis;
  /** One for each row. */
  readonly bars: readonly Bar[];
}

const ROW_HEIGHT = 26;
const BAR_HEIGHT = 16;
const LABEL_MAX_WIDTH = 260;
const COLUMN_GAP = 28;
const TEXT_GAP = 6;

/** Rows with names, and beside them one bar chart or more that share the names. Every bar begins at zero. */
export function barChart(frame: Frame, names: readonly string[], columns: readonly BarColumn[]): Svg {
  const labelWidth = Math.min(LABEL_MAX_WIDTH, Math.max(...names.map(name => widthOf(name, 12))) + 2);
  const left = MARGIN + labelWidth + 10;
  const columnWidth = (WIDTH - MARGIN - left - COLUMN_GAP * (columns.length - 1)) / columns.length;
  return framed(frame, top => {
    const rowsTop = top + 22;
    const rowsBottom = rowsTop + names.length * ROW_HEIGHT + 4;
    const rows = names.map((name, row) =>
      label(fitted(name, labelWidth, 12), left - 10, rowsTop + row * ROW_HEIGHT + ROW_HEIGHT / 2 + 4, { size: 12, anchor: 'end' }),
    );
    const drawn = columns.map((column, index) => barColumn(column, left + index * (columnWidth + COLUMN_GAP), columnWidth, { top: rowsTop, bottom: rowsBottom }));
    return { pieces: [...rows, ...drawn.flat()], bottom: rowsBottom + 40 };
  });
}

function barColumn({ title, axis, bars }: BarColumn, left: number, width: number, { top, bottom }: { readonly top: number; readonly bottom: number }): readonly Svg[] {
  const textWidth = Math.max(...bars.map(({ text }) => widthOf(text))) + TEXT_GAP;
  const scale = (width - textWidth) / axis.max;
  // Where figures would touch one another, every other one is left out.
  const room = Math.max(...axis.ticks.map(({ text }) => widthOf(text, 10))) + 8;
  const every = Math.ceil(room / ((width - textWidth) / (axis.ticks.length - 1)));
  const grid = axis.ticks.flatMap(({ value, text }, index) => {
    const x = left + value * scale;
    const figure = index % every === 0 ? [label(text, x, bottom + 15, { size: 10, anchor: 'middle', color: ink.faint })] : [];
    return [line(x, top - 2, x, bottom, value === 0 ? ink.axis : ink.grid), ...figure];
  });
  const rows = bars.flatMap(({ segments, text }, row) => {
    const y = top + row * ROW_HEIGHT + (ROW_HEIGHT - BAR_HEIGHT) / 2;
    let x = left;
    const drawn = segments.map(({ value, color }) => {
      const from = x;
      x += value * scale;
      return rectangle(from, y, x - from, BAR_HEIGHT, color);
    });
    return [...drawn, label(text, x + TEXT_GAP, y + BAR_HEIGHT - 4, { hasHalo: true })];
  });
  return [label(title, left, top - 10, { size: 12, isBold: true }), ...grid, ...rows, label(axis.unit, left + (width - textWidth) / 2, bottom + 31, { size: 11, anchor: 'middle', color: ink.faint })];
}
