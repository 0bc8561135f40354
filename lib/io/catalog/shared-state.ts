import type { Expression, Kysely, Migration } from 'kysely';
import type { CatalogTables } from './schema.ts';

/** What a part of the catalogue is done through: retries, and gives what fails its code. */
export type Attempt = <T>(work: () => Promise<T>) => Promise<T>;

export interface SharedStateOptions {
  /** Of one clock for all who share the database. */
  readonly nowMs: Expression<number>;
  readonly attempt: Attempt;
}

/** What centrals of one catalogue tell one another: who does which periodic work, and what each heard of the nodes. */
export const createSharedState: Migration = {
  async up({ schema }: Kysely<CatalogTables>) {
    await schema
      .createTable('leases')
      .addColumn('name', 'text', column => column.primaryKey())
      .addColumn('holder', 'text', column => column.notNull())
      .addColumn('fence', 'bigint', column => column.notNull())
      .addColumn('expires_at_ms', 'bigint', column => column.notNull())
      .addColumn('left_text', 'text', column => column.notNull())
      .execute();
    await schema
      .createTable('node_reports')
      .addColumn('number', 'integer', column => column.primaryKey())
      .addColumn('central', 'text', column => column.notNull())
      .addColumn('is_reachable', 'integer', column => column.notNull())
      .addColumn('heard_at_ms', 'bigint', column => column.notNull())
      .addColumn('report', 'text', column => column.notNull())
      .execute();
  },
};
