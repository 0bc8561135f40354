import Table from 'cli-table3';
import { printable } from '../../base/printable.ts';
import { fitText, padText, textWidth } from '../../base/text-width.ts';

const NARROWEST_COLUMN = 8;

type Cells = readonly string[];

export interface TableOptions {
  readonly isTerminal: boolean;
  /** Columns of the terminal. */
  readonly columns: number;
}

/** A table as lines without the last end of line. */
export function tableText(headings: Cells, rows: readonly Cells[], { isTerminal, columns }: TableOptions): string {
  const lines = [headings, ...rows].map(cells => cells.map(printable));
  if (headings.length === 2) return lines.map(cells => cells.join('|')).join('\n');
  return isTerminal ? drawnTable(lines, columns) : alignedColumns(lines);
}

function drawnTable(lines: readonly Cells[], columns: number): string {
  const [head = [], ...body] = fitWidestColumn(lines, columns);
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  table.push(...body.map(cells => cells.slice()));
  return table.toString();
}

/** The widest column gives up what does not fit in the terminal. */
function fitWidestColumn(lines: readonly Cells[], columns: number): readonly Cells[] {
  const widths = columnWidths(lines);
  const drawnWidth = widths.reduce((sum, width) => sum + width + 3, 1);
  if (drawnWidth <= columns) return lines;
  const widest = widths.indexOf(Math.max(...widths));
  const room = Math.max(NARROWEST_COLUMN, widths[widest]! - (drawnWidth - columns));
  return lines.map(cells => cells.map((cell, column) => (column === widest ? fitText(cell, room) : cell)));
}

function alignedColumns(lines: readonly Cells[]): string {
  const widths = columnWidths(lines);
  return lines.map(cells => cells.map((cell, column) => padText(cell, widths[column]!)).join('  ').trimEnd()).join('\n');
}

function columnWidths(lines: readonly Cells[]): number[] {
  return (lines[0] ?? []).map((_, column) => Math.max(...lines.map(cells => textWidth(cells[column] ?? ''))));
}
