import type { Cell, Table } from '../domain/statistics-tables.ts';

export const CSV_TYPE = 'text/csv; charset=utf-8; header=present';

/** What a spreadsheet takes for the beginning of a formula, also behind a character that it leaves out. */
const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** As RFC 4180 has it: lines end in CR LF, the last one too. */
export function formatCsv({ headings, rows }: Table): string {
  return [headings, ...rows].map(cells => `${cells.map(cellOf).join(',')}\r\n`).join('');
}

/** A text is never a formula, whatever somebody called a video; a number is what it is. */
function cellOf(cell: Cell): string {
  const text = typeof cell === 'string' && FORMULA.test(cell) ? `'${cell}` : String(cell);
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
