import type { FastifyInstance } from 'fastify';
import { VideoError } from '../../base/errors.ts';
import type { CentralStatistics } from '../../domain/statistics.ts';
import { statisticsTable, TABLES } from '../../domain/statistics-tables.ts';
import { RESOLUTIONS } from '../../domain/time-series.ts';
import { CSV_TYPE, formatCsv } from '../../protocol/csv.ts';

const PATH = '/statistics.csv';

/** `/statistics.csv?table=` is a table of the statistics for spreadsheets. */
export function serveStatisticsCsv(app: FastifyInstance, read: () => CentralStatistics): void {
  app.all(PATH, async (request, reply) => {
    const { table, resolution = 'minute' } = request.query as { readonly table?: unknown; readonly resolution?: unknown };
    const name = oneOf('table', table, TABLES);
    const text = formatCsv(statisticsTable(name, read(), oneOf('resolution', resolution, RESOLUTIONS)));
    return reply.headers({ 'Content-Type': CSV_TYPE, 'Content-Disposition': `attachment; filename="${name}.csv"`, 'Cache-Control': 'no-cache' }).send(text);
  });
}

function oneOf<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  const chosen = choices.find(choice => choice === value);
  if (chosen === undefined) throw new VideoError('invalid_request', { reason: `${name}: one of ${choices.join(', ')}` });
  return chosen;
}
