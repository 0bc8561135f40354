import type { PostgresPool, PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { SECOND_MS } from '../../base/units.ts';

const CONNECTIONS_MAX = 10;
const CONNECT_TIMEOUT_MS = 5 * SECOND_MS;
/**
 * A central that stops in the middle of a transaction (paused, or cut off) holds the writers of all the others up for so
 * long; they wait for a lock somewhat longer, and a little longer still for an answer of any kind.
 */
const IDLE_IN_TRANSACTION_MS = 5 * SECOND_MS;
const LOCK_TIMEOUT_MS = 15 * SECOND_MS;
const STATEMENT_TIMEOUT_MS = 30 * SECOND_MS;
const ANSWER_TIMEOUT_MS = 35 * SECOND_MS;

const { builtins } = pg.types;
/** As SQLite's driver gives them; every number of ours is safe in one of JavaScript. */
const parsers: Readonly<Partial<Record<number, (text: string) => unknown>>> = {
  [builtins.INT8]: Number,
  [builtins.NUMERIC]: Number,
  [builtins.BYTEA]: text => new Uint8Array(pg.types.getTypeParser(builtins.BYTEA)(text) as Buffer).buffer,
};

/**
 * Connections that are opened as they are needed, and never come back once they are broken. A patient one is for changing
 * the schema of tables that may be large: it waits as long as that takes.
 */
export function openPostgresPool(url: string, { isPatient = false } = {}): PostgresPool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'videocentral',
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    ...(!isPatient && { lock_timeout: LOCK_TIMEOUT_MS, statement_timeout: STATEMENT_TIMEOUT_MS, query_timeout: ANSWER_TIMEOUT_MS }),
    // Compiling one of our statements takes longer than running it; and workers would give blocks of names in any order.
    options: '-c jit=off -c max_parallel_workers_per_gather=0',
    keepAlive: true,
    types: { getTypeParser: (oid, format) => parsers[oid] ?? (pg.types.getTypeParser(oid, format) as (text: string) => unknown) },
  });
  // An idle connection that breaks has left the pool already: who asks next gets a new one.
  pool.on('error', () => undefined);
  return {
    connect: async () => carefully(await pool.connect()),
    end: () => pool.end(),
  };
}

/** Closes the connection that failed in any way but by the database's own word: what it would answer next is anybody's guess. */
function carefully(client: pg.PoolClient): PostgresPoolClient {
  let isBroken = false;
  // Between two statements of a transaction nobody else listens, and the next one says the same.
  const onError = () => (isBroken = true);
  client.on('error', onError);
  const query = async (text: unknown, values?: readonly unknown[]): Promise<unknown> => {
    try {
      return await client.query(text as string, values as unknown[]);
    } catch (error) {
      isBroken ||= !(error instanceof pg.DatabaseError);
      throw error;
    }
  };
  return {
    query: query as PostgresPoolClient['query'],
    release() {
      client.off('error', onError);
      client.release(isBroken);
    },
  };
}
