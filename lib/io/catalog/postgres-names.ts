import { sql, type RawBuilder, type SqlBool } from 'kysely';
import type { NameIndex } from './name-search.ts';
import type { CatalogDb } from './schema.ts';

/** The index looks for so many words at most, the longest ones; it need not tell everything. */
const INDEXED_WORDS_MAX = 16;
/** What the index can tell apart: shorter runs of letters and digits make no trigram. */
const TRIGRAM = /[\p{L}\p{N}]{3}/u;

/**
 * An index of trigrams, as in SQLite's `createNameIndex`, when the database has or may have the extension `pg_trgm`; asked
 * at each start, so that one that is installed later is used then. True when there is one.
 */
export async function createTrigramIndex(db: CatalogDb): Promise<boolean> {
  try {
    await sql`CREATE EXTENSION IF NOT EXISTS pg_trgm`.execute(db);
    // Without the list of what is still to be indexed: a search would read it whole.
    await sql`
      CREATE INDEX IF NOT EXISTS videos_by_trigram ON videos USING gin (folded_name gin_trgm_ops) WITH (fastupdate = off)
    `.execute(db);
    return true;
  } catch {
    // Not installed, or not for this user, and searches walk the names in order; or another central was making it.
    const { rows } = await sql<{ is_there: boolean }>`SELECT to_regclass('videos_by_trigram') IS NOT NULL AS is_there`.execute(db);
    return rows[0]!.is_there;
  }
}

/** With `hasTrigrams` false nothing is indexed: everything is found, rare words slowly. */
export function postgresNames({ hasTrigrams }: { readonly hasTrigrams: boolean }): NameIndex {
  const isIndexed = (text: string) => hasTrigrams && TRIGRAM.test(text);
  return {
    contains: word => sql<SqlBool>`strpos(videos.folded_name, ${word}) > 0`,

    async matches(db, words, most) {
      const longest = words.filter(isIndexed).sort((a, b) => b.length - a.length).slice(0, INDEXED_WORDS_MAX);
      if (longest.length === 0) return undefined;
      const { rows } = await sql<{ seq: number }>`
        SELECT seq FROM videos WHERE ${sql.join(longest.map(isInName), sql` AND `)} LIMIT ${most + 1}
      `.execute(db);
      return rows.length > most ? undefined : rows.map(({ seq }) => seq);
    },

    async containingAny(db, pieces, most) {
      const found = pieces.filter(isIndexed).map(piece => sql`(SELECT name FROM videos WHERE ${isInName(piece)} LIMIT ${most})`);
      if (found.length === 0) return [];
      const { rows } = await sql<{ name: string }>`${sql.join(found, sql` UNION `)}`.execute(db);
      return rows.map(({ name }) => name);
    },
  };
}

/** In the only form that the index of trigrams understands. */
function isInName(text: string): RawBuilder<SqlBool> {
  return sql<SqlBool>`folded_name LIKE ${`%${text.replace(/[\\%_]/g, '\\$&')}%`}`;
}
