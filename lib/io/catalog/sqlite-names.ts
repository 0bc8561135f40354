import { sql, type Kysely, type Migration } from 'kysely';
import type { NameIndex } from './name-search.ts';
import type { CatalogDb, CatalogTables } from './schema.ts';

/** Shorter texts are not in the index. */
const TRIGRAM_LETTERS = 3;
/** About a millisecond of reading. */
const NEAR_ROWS = 5000;
/** A name has 255 letters at most; some become many when they are folded, and what is behind this place is found only by longer words. */
const FOLDED_MAX_LETTERS = 1024;
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

/**
 * What shorter words need: each letter, and each two that follow each other, as tokens in hexadecimal, so that no tokenizer has
 * an opinion of them. A trigger may not count by itself, hence the table of places.
 */
export const indexPairs: Migration = {
  async up(db: Kysely<CatalogTables>) {
    const pairsOf = (row: string) =>
      sql.raw(`(SELECT group_concat(hex(substr(${row}.folded_name, place, 1)) || ' ' || hex(substr(${row}.folded_name, place, 2)), ' ')
        FROM letter_places WHERE place <= length(${row}.folded_name))`);
    await sql`CREATE TABLE IF NOT EXISTS letter_places (place INTEGER PRIMARY KEY)`.execute(db);
    await sql`INSERT OR IGNORE INTO letter_places
      WITH RECURSIVE places (place) AS (SELECT 1 UNION ALL SELECT place + 1 FROM places WHERE place < ${FOLDED_MAX_LETTERS})
      SELECT place FROM places`.execute(db);
    await sql`DROP TABLE IF EXISTS video_pairs`.execute(db);
    await sql`CREATE VIRTUAL TABLE video_pairs USING fts5 (pairs, content = '', columnsize = 0, detail = none, tokenize = 'ascii')`.execute(db);
    await sql`INSERT INTO video_pairs (rowid, pairs) SELECT seq, ${pairsOf('videos')} FROM videos`.execute(db);
    await sql`CREATE TRIGGER IF NOT EXISTS video_paired AFTER INSERT ON videos BEGIN
      INSERT INTO video_pairs (rowid, pairs) VALUES (new.seq, ${pairsOf('new')});
    END`.execute(db);
    await sql`CREATE TRIGGER IF NOT EXISTS video_unpaired AFTER DELETE ON videos BEGIN
      INSERT INTO video_pairs (video_pairs, rowid, pairs) VALUES ('delete', old.seq, ${pairsOf('old')});
    END`.execute(db);
  },
};

export const sqliteNames: NameIndex = {
  contains: word => sql<boolean>`instr(videos.folded_name, ${word}) > 0`,

  async matches(db, words, most) {
    const longest = words.filter(isIndexed).sort((a, b) => b.length - a.length).slice(0, INDEXED_WORDS_MAX);
    for (const index of [inNames(longest), inPairs(words.filter(isShort).slice(0, INDEXED_WORDS_MAX))]) {
      const seqs = index && (await seqsIn(db, index, 0, most + 1));
      if (seqs && seqs.length <= most) return seqs;
    }
    return undefined;
  },

  async arrivals(db, words, afterSeq, most) {
    if (words.length > INDEXED_WORDS_MAX) return undefined;
    const near = afterSeq > 0 ? await seqsNear(db, words, afterSeq, most) : [];
    if (near.length === most) return near;
    const index = words.every(isIndexed) ? inNames(words) : words.every(isShort) ? inPairs(words) : undefined;
    return index ? seqsIn(db, index, afterSeq, most) : seqsOfMixed(db, words, afterSeq, most);
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

/** One of the two indexes, and what to ask it; undefined for no words. */
interface IndexQuery {
  readonly table: 'video_names' | 'video_pairs';
  readonly match: string;
}

function inNames(words: readonly string[]): IndexQuery | undefined {
  return words.length === 0 ? undefined : { table: 'video_names', match: words.map(quoted).join(' AND ') };
}

function inPairs(words: readonly string[]): IndexQuery | undefined {
  return words.length === 0 ? undefined : { table: 'video_pairs', match: words.map(word => quoted(Buffer.from(word).toString('hex'))).join(' AND ') };
}

async function seqsIn(db: CatalogDb, { table, match }: IndexQuery, afterSeq: number, most: number): Promise<readonly number[]> {
  const { rows } = await sql<{ seq: number }>`
    SELECT rowid AS seq FROM ${sql.table(table)} WHERE ${sql.table(table)} MATCH ${match} AND rowid > ${afterSeq} ORDER BY rowid LIMIT ${most}
  `.execute(db);
  return rows.map(({ seq }) => seq);
}

/** Of words for one index and for the other: pairs of letters that all of them have, and then the words themselves. */
async function seqsOfMixed(db: CatalogDb, words: readonly string[], afterSeq: number, most: number): Promise<readonly number[]> {
  const pairs = [...new Set(words.flatMap(pairsIn))].slice(0, INDEXED_WORDS_MAX);
  const { match } = inPairs(pairs)!;
  const { rows } = await sql<{ seq: number }>`
    SELECT videos.seq AS seq FROM video_pairs JOIN videos ON videos.seq = video_pairs.rowid
    WHERE video_pairs MATCH ${match} AND video_pairs.rowid > ${afterSeq} AND ${containsAll(words)} ORDER BY video_pairs.rowid LIMIT ${most}
  `.execute(db);
  return rows.map(({ seq }) => seq);
}

function pairsIn(word: string): string[] {
  const letters = [...word];
  return isShort(word) ? [word] : letters.slice(1).map((letter, index) => letters[index]! + letter);
}

function containsAll(words: readonly string[]) {
  return sql.join(words.map(word => sql`instr(folded_name, ${word}) > 0`), sql` AND `);
}

/** The index reads again what stands before `afterSeq`: where the words are very common, the rows behind it tell sooner. */
async function seqsNear(db: CatalogDb, words: readonly string[], afterSeq: number, most: number): Promise<readonly number[]> {
  const { rows } = await sql<{ seq: number }>`
    SELECT seq FROM (SELECT seq, folded_name FROM videos WHERE seq > ${afterSeq} ORDER BY seq LIMIT ${NEAR_ROWS})
    WHERE ${containsAll(words)} ORDER BY seq LIMIT ${most}
  `.execute(db);
  return rows.map(({ seq }) => seq);
}

function isShort(text: string): boolean {
  return [...text].length < TRIGRAM_LETTERS;
}

function isIndexed(text: string): boolean {
  return [...text].length >= TRIGRAM_LETTERS;
}

/** A string of FTS5's query language: nothing inside it is an operator. A zero would end the question; no name has it, nor what takes its place. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', '""').replaceAll('\0', '\u0001')}"`;
}
