import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { openPostgresDatabase } from '../lib/io/catalog/postgres.ts';
import { isPostgresUrl } from '../lib/io/catalog/postgres-url.ts';

const NANOSECONDS_A_MS = 1e6;

/** Processor time that a PostgreSQL of this machine (Linux) spends on our questions; none for another database, which works in our thread. */
export class DatabaseCpu implements AsyncDisposable {
  readonly #db: ReturnType<typeof openPostgresDatabase> | undefined;
  #processes: readonly number[] = [];

  constructor(url: string) {
    this.#db = isPostgresUrl(url) ? openPostgresDatabase(url) : undefined;
  }

  /** To be called when our connections may have changed. */
  async find(): Promise<void> {
    if (!this.#db) return;
    const { rows } = await sql<{ pid: number }>`
      SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'videocentral' AND pid <> pg_backend_pid()
    `.execute(this.#db);
    this.#processes = rows.map(({ pid }) => pid);
  }

  /** Of those processes, since they began. */
  spentMs(): number {
    return this.#processes.reduce((sum, pid) => sum + Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ', 1)[0]) / NANOSECONDS_A_MS, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#db?.destroy();
  }
}
