import { sql, type Kysely, type Migration } from 'kysely';
import type { NameIndex } from './name-search.ts';
import type { CatalogTables } from './schema.ts';

/** Shorter texts are not in the index. */
const TRIGRAM_LETTERS = 3;
/** The index looks for so many words at most, the longest ones; it need not tell everything. */
const INDEXED_WORDS_MAX = 16;

/**
 * FTS5 with trigrams: finds a text of three letters or more anywhere inside a name (`video` in `mi_video-HD.mp4`), which
 * an index of whole words or of their beginnings does not. Accents and case are gone before it sees a name.
 */
export const createNameIndex: Migration = {
  async up(db: Kysely<CatalogTables>) {
    await sql`CREATE VIRTUAL TABLE video_names USING fts5 (
      folded_name, content = 'videos', content_rowid = 'seq', columnsize = 0, tokenize = 'trigram'
    )`.execute(db);
    // A row of `videos` keeps its name for ever.
    await sql`CREATE TRIGGER video_named AFTER INSERT ON videos BEGIN
      INSERT INTO video_names (rowid, folded_name) VALUES (new.seq, new.folded_name);
    END`.execute(db);
  },
};

/** Names that are removed leave the index too. */
export const forgetNames: Migration = {
  async up(db: Kysely<CatalogTables>) {
    await sql`CREATE TRIGGER IF NOT EXISTS video_forgotten AFTER DELETE ON videos BEGIN
      INSERT INTO video_names (video_names, rowid, folded_name) VALUES ('delete', old.seq, old.folded_name);
    END`.execute(db);
  },
};

export const sqliteNames: NameIndex = {
  contains: word => sql<boolean>`instr(videos.folded_name, ${word}) > 0`,

  async matches(db, words, most) {
    const longest = words.filter(isIndexed).sort((a, b) => b.length - a.length).slice(0, INDEXED_WORDS_MAX);
    if (longest.length === 0) return undefined;
    const { rows } = await sql<{ seq: number }>`
      SELECT rowid AS seq FROM video_names WHERE video_names MATCH ${longest.map(quoted).join(' AND ')} LIMIT ${most + 1}
    `.execute(db);
    return rows.length > most ? undefined : rows.map(({ seq }) => seq);
  },

  async arrivals(db, words, afterSeq, most) {
    if (!words.every(isIndexed) || words.length > INDEXED_WORDS_MAX) return undefined;
    const { rows } = await sql<{ seq: number }>`
      SELECT rowid AS seq FROM video_names
      WHERE video_names MATCH ${words.map(quoted).join(' AND ')} AND rowid > ${afterSeq} ORDER BY rowid LIMIT ${most}
    `.execute(db);
    return rows.map(({ seq }) => seq);
  },

  async containingAny(db, pieces, most) {
    const found = pieces.filter(isIndexed).map(
      piece => sql`SELECT rowid FROM (SELECT rowid FROM video_names WHERE video_names MATCH ${quoted(piece)} LIMIT ${most})`,
    );
    if (found.length === 0) return [];
    const { rows } = await sql<{ name: string }>`
      SELECT name FROM videos WHERE seq IN (${sql.join(found, sql` UNION `)})
    `.execute(db);
    return rows.map(({ name }) => name);
  },
};

function isIndexed(text: string): boolean {
  return [...text].length >= TRIGRAM_LETTERS;
}

/** A string of FTS5's query language: nothing inside it is an operator. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
