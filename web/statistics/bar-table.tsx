import { printable } from '../../lib/base/printable.ts';
import { formatCount } from '../format.ts';
import { useSpeech } from '../language.ts';
import { CsvLink } from './csv-link.tsx';
import { mostFirst } from './most-first.ts';

const SHOWN_MAX = 20;

export interface Column<T> {
  readonly title: string;
  readonly of: (row: T) => string;
}

interface BarTableProps<T> {
  readonly title: string;
  /** What the first column names. */
  readonly named: string;
  readonly rows: Readonly<Record<string, T>>;
  /** What the bars compare; the most comes first. */
  readonly amountOf: (row: T) => number;
  readonly columns: readonly Column<T>[];
  readonly csv: string;
}

/** Numbers by name, and a bar that compares each with the first of them. */
export function BarTable<T>({ title, named, rows, amountOf, columns, csv }: BarTableProps<T>) {
  const { text, language } = useSpeech();
  const { shown, all } = mostFirst(rows, amountOf, SHOWN_MAX, language);
  return (
    <section class="panel">
      <div class="panel-head"><h2>{title}</h2><CsvLink href={csv} of={title} /></div>
      {all === 0 && <p class="hint">{text.statistics.noneYet}</p>}
      {all > 0 && (
        <table class="counts">
          <thead><tr><th scope="col">{named}</th>{columns.map(column => <th key={column.title} scope="col">{column.title}</th>)}</tr></thead>
          <tbody>
            {shown.map(({ name, row, share }) => (
              <tr key={name}>
                <th scope="row">{printable(name)}<span class="counts-bar" aria-hidden="true" style={{ '--share': String(share) }} /></th>
                {columns.map(column => <td key={column.title}>{column.of(row)}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {shown.length < all && <p class="hint">{text.statistics.mostOf(formatCount(shown.length, language), formatCount(all, language))}</p>}
    </section>
  );
}
