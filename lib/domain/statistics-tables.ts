import type { CentralStatistics, Counts } from './statistics.ts';
import { SERIES_KEYS, type Resolution } from './time-series.ts';

export const TABLES = ['videos', 'clients', 'nodes', 'series', 'downloads', 'topics'] as const;
export type TableName = (typeof TABLES)[number];

export type Cell = string | number;

/** Columns are called as the saved statistics call them. */
export interface Table {
  readonly headings: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What a central counted, as a table; `resolution` is that of `series`. */
export function statisticsTable(name: TableName, statistics: CentralStatistics, resolution: Resolution): Table {
  switch (name) {
    case 'videos':
      return countTable('video', statistics.videos);
    case 'clients':
      return countTable('client', statistics.clientes);
    case 'nodes':
      return tableOf(
        ['node', 'downloads', 'bytes', 'failures', 'hashFailures', 'reassignedParts'],
        Object.entries(statistics.byNode).map(([node, totals]) => ({ node: Number(node), ...totals })),
      );
    case 'series': {
      const slots = statistics.series[resolution].map(slot => ({ startsAt: new Date(slot.startsAtMs).toISOString(), ...slot }));
      return tableOf(['startsAt', ...SERIES_KEYS], slots);
    }
    case 'downloads':
      return tableOf(
        ['client', 'name', 'outcome', 'openedAt', 'waitedMs', 'elapsedMs', 'receivedBytes', 'failures', 'hashFailures', 'reassignedParts'],
        statistics.downloads,
      );
    case 'topics': {
      const entries = statistics.topics.flatMap(({ topic, entries: own }) => own.map(entry => ({ topic, ...entry, lastAt: new Date(entry.lastAtMs).toISOString() })));
      return tableOf(['topic', 'key', 'count', 'sum', 'min', 'max', 'last', 'lastAt'], entries);
    }
    default:
      return name satisfies never;
  }
}

/** The highest counts first. */
function countTable(heading: string, counts: Counts): Table {
  return { headings: [heading, 'downloads'], rows: Object.entries(counts).toSorted(([, one], [, other]) => other - one) };
}

function tableOf<K extends string>(headings: readonly K[], items: readonly { readonly [Key in K]?: Cell }[]): Table {
  return { headings, rows: items.map(item => headings.map(heading => item[heading] ?? '')) };
}
