import { sql, type Expression } from 'kysely';
import type { Lease, Leases } from '../../domain/lease.ts';
import type { CatalogDb, LeaseRow } from './schema.ts';
import type { SharedStateOptions } from './shared-state.ts';

type LeaseChange = { readonly [Column in keyof LeaseRow]?: LeaseRow[Column] | Expression<LeaseRow[Column]> };

/** The rules of `domain/lease.ts`, each as one statement: nothing has to be locked, and no reader waits. */
export class SqlLeases implements Leases {
  readonly #db: CatalogDb;
  readonly #options: SharedStateOptions;

  constructor(db: CatalogDb, options: SharedStateOptions) {
    this.#db = db;
    this.#options = options;
  }

  async acquire(name: string, holder: string, forMs: number): Promise<Lease | undefined> {
    const { nowMs, attempt } = this.#options;
    const expires_at_ms = sql<number>`${nowMs} + ${sql.lit(forMs)}`;
    const query = this.#db
      .insertInto('leases')
      .values({ name, holder, fence: 1, expires_at_ms, left_text: '' })
      .onConflict(conflict =>
        conflict
          .column('name')
          .doUpdateSet({ holder, fence: sql<number>`leases.fence + 1`, expires_at_ms })
          .where(({ eb, or }) => or([eb('leases.holder', '=', holder), eb('leases.expires_at_ms', '<=', nowMs)])),
      )
      .returning('fence');
    const row = await attempt(() => query.executeTakeFirst());
    return row && { name, holder, fence: row.fence };
  }

  async renew(lease: Lease, forMs: number): Promise<boolean> {
    return this.#update(lease, { expires_at_ms: sql<number>`${this.#options.nowMs} + ${sql.lit(forMs)}` });
  }

  async release(lease: Lease): Promise<void> {
    await this.#update(lease, { holder: '', expires_at_ms: 0 });
  }

  leave(lease: Lease, text: string): Promise<boolean> {
    return this.#update(lease, { left_text: text });
  }

  async read(name: string): Promise<string> {
    const query = this.#db.selectFrom('leases').select('left_text').where('name', '=', name);
    return (await this.#options.attempt(() => query.executeTakeFirst()))?.left_text ?? '';
  }

  /** False when the lease is no longer its holder's. */
  async #update({ name, holder, fence }: Lease, change: LeaseChange): Promise<boolean> {
    const query = this.#db
      .updateTable('leases')
      .set(change)
      .where('name', '=', name)
      .where('holder', '=', holder)
      .where('fence', '=', fence)
      .returning('name');
    return (await this.#options.attempt(() => query.execute())).length > 0;
  }
}
