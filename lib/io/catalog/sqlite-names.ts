import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { LOOKED_AT_FOR_ONE, type NameIndex } from './name-search.ts';
import type { CatalogDb } from './schema.ts';

/** Shorter texts are not in the index. */
const TRIGRAM_LETTERS = 3;
/** About a millisecond of reading. */
const NEAR_ROWS = 5000;
/** The index looks for so many words at most, the longest ones; it need not tell everything. */
const INDEXED_WORDS_MAX = 16;

export const sqliteNames: NameIndex = {
  contains: containsWord,

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
    const found = pieces.filter(isIndexed).map(piece => {
      const looked = sql`SELECT rowid FROM video_names WHERE video_names MATCH ${quoted(piece)} LIMIT ${most * LOOKED_AT_FOR_ONE}`;
      return sql`SELECT * FROM (
        SELECT videos.name FROM (${looked}) AS looked CROSS JOIN videos ON videos.seq = looked.rowid WHERE instr(videos.folded_name, ${piece}) > 0 LIMIT ${most}
      )`;
    });
    if (found.length === 0) return [];
    const { rows } = await sql<{ name: string }>`${sql.join(found, sql` UNION `)}`.execute(db);
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

function containsAll(words: readonly string[]): RawBuilder<SqlBool> {
  return sql.join(words.map(containsWord), sql` AND `);
}

function containsWord(word: string): RawBuilder<SqlBool> {
  return sql`(instr(videos.folded_name, ${word}) > 0 OR instr(videos.folded_title, ${word}) > 0)`;
}

/** The index reads again what stands before `afterSeq`: where the words are very common, the rows behind it tell sooner. */
async function seqsNear(db: CatalogDb, words: readonly string[], afterSeq: number, most: number): Promise<readonly number[]> {
  const { rows } = await sql<{ seq: number }>`
    SELECT seq FROM (SELECT seq, folded_name, folded_title FROM videos WHERE seq > ${afterSeq} ORDER BY seq LIMIT ${NEAR_ROWS}) AS videos
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
