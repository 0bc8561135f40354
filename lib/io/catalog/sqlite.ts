import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Kysely, Migrator, sql, SqliteDialect, type SqliteDatabase } from 'kysely';
import Database from 'libsql';
import { toDiskError, VideoError } from '../../base/errors.ts';
import type { Catalog } from '../../domain/catalog.ts';
import { trigramsOf } from '../../domain/near-names.ts';
import { KyselyCatalog, type CatalogDialect } from './kysely-catalog.ts';
import { migrationNames, migrationProvider } from './migrations.ts';
import type { CatalogTables } from './schema.ts';

const TRIGRAM_LENGTH = 3;
const BUSY_TIMEOUT_MS = 5000;

/**
 * Opens or makes a SQLite catalogue and brings it to this program's schema.
 *
 * @throws VideoError `catalog_too_new`, `catalog_unavailable`, `path_not_writable`, `disk_full`
 */
export async function openSqliteCatalog(path: string): Promise<Catalog> {
  const url = `sqlite:${path}`;
  const db = await openDatabase(path, url);
  try {
    await refuseNewer(db, url);
    const { error } = await new Migrator({ db, provider: migrationProvider }).migrateToLatest();
    if (error) throw new VideoError('catalog_unavailable', { url }, { cause: error });
    return new KyselyCatalog(db, sqliteDialect(url));
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

async function openDatabase(path: string, url: string): Promise<Kysely<CatalogTables>> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    // With WAL, NORMAL can lose the last transactions on a loss of power but never the database; the heartbeats that
    // follow bring again whatever was lost.
    for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL', 'foreign_keys = ON']) {
      database.exec(`PRAGMA ${pragma}`);
    }
    return new Kysely<CatalogTables>({ dialect: new SqliteDialect({ database: database as unknown as SqliteDatabase }) });
  } catch (error) {
    const known = toDiskError(error, path);
    if (known instanceof VideoError) throw known;
    throw new VideoError('catalog_unavailable', { url }, { cause: error });
  }
}

async function refuseNewer(db: Kysely<CatalogTables>, url: string): Promise<void> {
  try {
    const rows = await sql<{ name: string }>`SELECT name FROM kysely_migration`.execute(db);
    if (rows.rows.some(({ name }) => !migrationNames.has(name))) throw new VideoError('catalog_too_new', { url });
  } catch (error) {
    if (error instanceof VideoError) throw error;
    // A new database has no such table; anything worse shows when the migrations run.
    if (!/no such table/.test(String(error))) throw new VideoError('catalog_unavailable', { url }, { cause: error });
  }
}

function sqliteDialect(url: string): CatalogDialect {
  return {
    url,
    containsWords(words) {
      const long = words.filter(word => [...word].length >= TRIGRAM_LENGTH);
      const short = words.filter(word => [...word].length < TRIGRAM_LENGTH);
      const conditions = [
        ...(long.length > 0
          ? [sql`videos.rowid IN (SELECT rowid FROM video_search WHERE video_search MATCH ${long.map(quoted).join(' AND ')})`]
          : []),
        // Shorter than the index can tell; the limit of a page bounds how much is read.
        ...short.map(word => sql`instr(videos.folded_name, ${word}) > 0`),
      ];
      return sql<boolean>`${sql.join(conditions, sql` AND `)}`;
    },
    async candidates(db, name, limit) {
      const trigrams = [...trigramsOf(name)].map(trigram => trigram.trim()).filter(text => [...text].length === TRIGRAM_LENGTH);
      if (trigrams.length === 0) return [];
      const { rows } = await sql<{ name: string }>`
        SELECT videos.name FROM video_search JOIN videos ON videos.rowid = video_search.rowid
        WHERE video_search MATCH ${trigrams.map(quoted).join(' OR ')} ORDER BY video_search.rank LIMIT ${limit}
      `.execute(db);
      return rows.map(row => row.name);
    },
  };
}

/** A string of FTS5's query language: nothing inside it is an operator. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
