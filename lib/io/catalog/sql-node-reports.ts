import { sql } from 'kysely';
import { parseNodeReport, type HeardNode, type NodeReports } from '../../domain/node-reports.ts';
import type { CatalogDb } from './schema.ts';
import type { SharedStateOptions } from './shared-state.ts';

export class SqlNodeReports implements NodeReports {
  readonly #db: CatalogDb;
  readonly #options: SharedStateOptions;

  constructor(db: CatalogDb, options: SharedStateOptions) {
    this.#db = db;
    this.#options = options;
  }

  async save(central: string, heard: readonly HeardNode[]): Promise<void> {
    const { nowMs, attempt } = this.#options;
    if (heard.length === 0) return;
    const rows = heard.map(({ report, isReachable, ageMs }) => ({
      number: report.number,
      central,
      is_reachable: isReachable ? (1 as const) : (0 as const),
      heard_at_ms: sql<number>`${nowMs} - ${sql.lit(Math.round(ageMs))}`,
      report: JSON.stringify(report),
    }));
    // All in one order: two centrals that write the same rows wait for each other, and never both.
    rows.sort((a, b) => a.number - b.number);
    const query = this.#db
      .insertInto('node_reports')
      .values(rows)
      .onConflict(conflict =>
        conflict
          .column('number')
          .doUpdateSet(({ ref }) => ({
            central: ref('excluded.central'),
            is_reachable: ref('excluded.is_reachable'),
            heard_at_ms: ref('excluded.heard_at_ms'),
            report: ref('excluded.report'),
          }))
          .whereRef('excluded.heard_at_ms', '>=', 'node_reports.heard_at_ms'),
      );
    await attempt(() => query.execute());
  }

  async heardByOthers(central: string, withinMs: number): Promise<readonly HeardNode[]> {
    const { nowMs, attempt } = this.#options;
    const query = this.#db
      .selectFrom('node_reports')
      .select(['report', 'is_reachable'])
      .select(({ ref }) => sql<number>`${nowMs} - ${ref('heard_at_ms')}`.as('age_ms'))
      .where('central', '!=', central)
      .where(({ ref }) => sql<number>`${nowMs} - ${ref('heard_at_ms')}`, '<=', withinMs)
      .orderBy('number');
    return (await attempt(() => query.execute())).flatMap(({ report: text, is_reachable, age_ms }) => {
      const report = parseNodeReport(text);
      return report ? [{ report, isReachable: is_reachable === 1, ageMs: Math.max(0, age_ms) }] : [];
    });
  }
}
