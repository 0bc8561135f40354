import { sql, type Kysely, type Migration, type RawBuilder } from 'kysely';
import type { CatalogTables } from './schema.ts';

/** A name has 255 letters at most; some become many when they are folded, and what is behind this place is found only by longer words. */
const FOLDED_MAX_LETTERS = 1024;

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

/**
 * What shorter words need: each letter, and each two that follow each other, as tokens in hexadecimal, so that no tokenizer has
 * an opinion of them. A trigger may not count by itself, hence the table of places.
 */
export const indexPairs: Migration = {
  async up(db: Kysely<CatalogTables>) {
    await sql`CREATE TABLE IF NOT EXISTS letter_places (place INTEGER PRIMARY KEY)`.execute(db);
    await sql`INSERT OR IGNORE INTO letter_places
      WITH RECURSIVE places (place) AS (SELECT 1 UNION ALL SELECT place + 1 FROM places WHERE place < ${FOLDED_MAX_LETTERS})
      SELECT place FROM places`.execute(db);
    await sql`DROP TABLE IF EXISTS video_pairs`.execute(db);
    await sql`CREATE VIRTUAL TABLE video_pairs USING fts5 (pairs, content = '', columnsize = 0, detail = none, tokenize = 'ascii')`.execute(db);
    await sql`INSERT INTO video_pairs (rowid, pairs) SELECT seq, ${pairsIn('videos.folded_name')} FROM videos`.execute(db);
    await sql`CREATE TRIGGER IF NOT EXISTS video_paired AFTER INSERT ON videos BEGIN
      INSERT INTO video_pairs (rowid, pairs) VALUES (new.seq, ${pairsIn('new.folded_name')});
    END`.execute(db);
    await sql`CREATE TRIGGER IF NOT EXISTS video_unpaired AFTER DELETE ON videos BEGIN
      INSERT INTO video_pairs (video_pairs, rowid, pairs) VALUES ('delete', old.seq, ${pairsIn('old.folded_name')});
    END`.execute(db);
  },
};


/**
 * Titles beside names in both indexes; what changes a title changes them. Of 200 000 names the index of trigrams takes 3 s at most to be
 * made anew, and that of pairs, in which only what has a title is written again, 10 s if all of them do.
 */
export const indexTitles: Migration = {
  async up(db: Kysely<CatalogTables>) {
    for (const former of ['video_named', 'video_forgotten', 'video_paired', 'video_unpaired']) await sql`DROP TRIGGER ${sql.ref(former)}`.execute(db);
    await sql`DROP TABLE video_names`.execute(db);
    await sql`CREATE VIRTUAL TABLE video_names USING fts5 (
      folded_name, folded_title, content = 'videos', content_rowid = 'seq', columnsize = 0, tokenize = 'trigram'
    )`.execute(db);
    await sql`INSERT INTO video_names (video_names) VALUES ('rebuild')`.execute(db);
    const titled = sql`FROM videos WHERE folded_title <> '' ORDER BY seq`;
    await sql`INSERT INTO video_pairs (video_pairs, rowid, pairs) SELECT 'delete', seq, ${pairsIn('videos.folded_name')} ${titled}`.execute(db);
    await sql`INSERT INTO video_pairs (rowid, pairs) SELECT seq, ${pairsOf('videos')} ${titled}`.execute(db);
    await sql`CREATE TRIGGER video_indexed AFTER INSERT ON videos BEGIN ${indexed} END`.execute(db);
    await sql`CREATE TRIGGER video_forgotten AFTER DELETE ON videos BEGIN ${forgotten} END`.execute(db);
    await sql`CREATE TRIGGER video_retitled AFTER UPDATE OF folded_title ON videos WHEN new.folded_title <> old.folded_title BEGIN
      ${forgotten} ${indexed}
    END`.execute(db);
  },
};

type RowName = 'videos' | 'new' | 'old';

function pairsOf(row: RowName): RawBuilder<string> {
  return sql`coalesce(${pairsIn(`${row}.folded_name`)}, '') || ' ' || coalesce(${pairsIn(`${row}.folded_title`)}, '')`;
}

function pairsIn(text: `${RowName}.${'folded_name' | 'folded_title'}`): RawBuilder<string> {
  return sql.raw(`(SELECT group_concat(hex(substr(${text}, place, 1)) || ' ' || hex(substr(${text}, place, 2)), ' ')
    FROM letter_places WHERE place <= length(${text}))`);
}

const indexed = sql`
  INSERT INTO video_names (rowid, folded_name, folded_title) VALUES (new.seq, new.folded_name, new.folded_title);
  INSERT INTO video_pairs (rowid, pairs) VALUES (new.seq, ${pairsOf('new')});
`;
const forgotten = sql`
  INSERT INTO video_names (video_names, rowid, folded_name, folded_title) VALUES ('delete', old.seq, old.folded_name, old.folded_title);
  INSERT INTO video_pairs (video_pairs, rowid, pairs) VALUES ('delete', old.seq, ${pairsOf('old')});
`;
