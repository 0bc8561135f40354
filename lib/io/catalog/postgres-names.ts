import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { LOOKED_AT_FOR_ONE, type NameIndex } from './name-search.ts';
import { GRAM_MAX_LETTERS, HUGE_BLOCK, LARGE_BLOCK, SMALL_BLOCK, blockName, type BlockSize } from './postgres-name-index.ts';
import type { CatalogDb } from './schema.ts';

/** The index looks for so many runs of letters at most, those of the longest words; the names themselves tell the rest. */
const GRAMS_MAX = 16;
/** Small blocks at the beginning; where a page takes more, matches are so few that a large block has not many. */
const SMALL_BLOCKS = 8;

export const postgresNames: NameIndex = {
  contains: word => sql<SqlBool>`(strpos(videos.folded_name, ${word}) > 0 OR strpos(videos.folded_title, ${word}) > 0)`,

  async matches(db, words, most) {
    const seqs = await arrivals(db, words, 0, most + 1);
    return seqs.length > most ? undefined : seqs;
  },

  arrivals,

  async containingAny(db, pieces, most) {
    if (pieces.length === 0) return [];
    const looked = most * LOOKED_AT_FOR_ONE;
    const wanted = pieces.map(piece => sql`(${piece}::text, ${arrayOf(gramsOf([piece]))})`);
    const { rows } = await sql<{ name: string }>`
      SELECT DISTINCT of_piece.name FROM (VALUES ${sql.join(wanted)}) AS pieces (piece, grams) CROSS JOIN LATERAL (
        SELECT videos.name FROM (
          SELECT found.seq FROM (${anyBlocks}) AS blocks (block)
          CROSS JOIN LATERAL (${inBlock([hasAll(sql`grams`), isThere(sql`piece`)])} LIMIT ${looked}) AS found LIMIT ${looked}
        ) AS found JOIN videos ON videos.seq = found.seq WHERE strpos(videos.folded_name, piece) > 0 LIMIT ${most}
      ) AS of_piece
    `.execute(db);
    return rows.map(({ name }) => name);
  },
};

/**
 * Block after block. The index reads all of one before it gives the first match, and then these are put in order; `OFFSET 0` keeps
 * the database from walking the table in that order instead. Each gram is a condition of its own, so that the index leaps
 * from one place to the next where all of them may be.
 */
async function arrivals(db: CatalogDb, words: readonly string[], afterSeq: number, most: number): Promise<readonly number[]> {
  const conditions = [...gramsOf(words).map(gram => hasAll(arrayOf([gram]))), ...words.map(word => isThere(sql`${word}`))];
  const { rows } = await sql<{ seq: number }>`
    SELECT found.seq FROM (${blocksAfter(afterSeq)}) AS blocks (block) CROSS JOIN LATERAL (
      SELECT seq FROM (${inBlock(conditions)} OFFSET 0) AS unordered WHERE seq > ${afterSeq} ORDER BY seq LIMIT ${most}
    ) AS found LIMIT ${most}
  `.execute(db);
  return rows.map(({ seq }) => seq);
}

function inBlock(conditions: readonly RawBuilder<SqlBool>[]): RawBuilder<unknown> {
  return sql`SELECT seq FROM video_names WHERE ${sql.join([hasAll(sql`ARRAY[block]`), ...conditions], sql` AND `)}`;
}

/** The index tells. */
function hasAll(grams: RawBuilder<unknown>): RawBuilder<SqlBool> {
  return sql<SqlBool>`name_grams(folded_name, seq) @> ${grams}`;
}

/** The name tells. */
function isThere(word: RawBuilder<unknown>): RawBuilder<SqlBool> {
  return sql<SqlBool>`strpos(folded_name, ${word}) > 0`;
}

function arrayOf(texts: readonly string[]): RawBuilder<unknown> {
  return sql`ARRAY[${sql.join(texts)}]::text[]`;
}

/** Names of blocks that hold every name behind `afterSeq`, in order. */
function blocksAfter(afterSeq: number): RawBuilder<unknown> {
  const small = Math.floor(afterSeq / SMALL_BLOCK.names);
  const large = Math.ceil(((small + SMALL_BLOCKS) * SMALL_BLOCK.names) / LARGE_BLOCK.names);
  return sql`${blocksFrom(SMALL_BLOCK, small, sql`${(large * LARGE_BLOCK.names) / SMALL_BLOCK.names - 1}::bigint`)}
    UNION ALL ${blocksFrom(LARGE_BLOCK, large)}`;
}

/** The same for all names; where a piece is common the first block has enough of them. */
const anyBlocks = sql`${blocksFrom(LARGE_BLOCK, 0, sql`0`)} UNION ALL ${blocksFrom(HUGE_BLOCK, 0)}`;

function blocksFrom(size: BlockSize, first: number, last?: RawBuilder<unknown>): RawBuilder<unknown> {
  const end = last ?? sql`(SELECT max(seq) / ${sql.lit(size.names)} FROM video_names)`;
  return sql`SELECT ${blockName(size, sql`number`)} FROM generate_series(${first}::bigint, ${end}) AS number`;
}

/** Enough to cover each word; the longest words first. */
function gramsOf(words: readonly string[]): readonly string[] {
  const letters = words.map(word => [...word]).sort((a, b) => b.length - a.length);
  return [...new Set(letters.flatMap(gramsThatCover))].slice(0, GRAMS_MAX);
}

function gramsThatCover(letters: readonly string[]): readonly string[] {
  const last = Math.max(0, letters.length - GRAM_MAX_LETTERS);
  const count = Math.ceil(last / GRAM_MAX_LETTERS) + 1;
  return Array.from({ length: count }, (_, index) => Math.min(index * GRAM_MAX_LETTERS, last)).map(at =>
    letters.slice(at, at + GRAM_MAX_LETTERS).join(''),
  );
}
