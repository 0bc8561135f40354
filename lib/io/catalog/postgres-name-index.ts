import { sql, type Kysely, type Migration, type RawBuilder } from 'kysely';
import type { CatalogTables } from './schema.ts';

/** The longest run of letters that the index knows. */
export const GRAM_MAX_LETTERS = 3;

/** So many names that follow each other in order of arrival; names of blocks are longer than any run of letters. */
export interface BlockSize {
  readonly prefix: string;
  readonly names: number;
}

/** A page of common words is found in a few of these without looking at many names; */
export const SMALL_BLOCK: BlockSize = { prefix: 'small', names: 4096 };
/** the rest is soon searched through in these, and what is found in one put in order; */
export const LARGE_BLOCK: BlockSize = { prefix: 'large', names: 32_768 };
/** sooner still in these, where no order is asked for. */
export const HUGE_BLOCK: BlockSize = { prefix: 'huge', names: 262_144 };

/**
 * A table of what is searched, apart from `videos`, whose rows change with each replica, and an index of every run of one, two
 * and three letters in it. The blocks that a name is in are indexed as well: so a search may go through the names
 * in order of arrival, and stop. Needs no extension; the runs are in the index only.
 */
export const indexNameGrams: Migration = {
  async up(db: Kysely<CatalogTables>) {
    await db.schema
      .createTable('video_names')
      .addColumn('seq', 'integer', column => column.primaryKey())
      .addColumn('folded_name', 'text', column => column.notNull())
      .execute();
    const blocks = [SMALL_BLOCK, LARGE_BLOCK, HUGE_BLOCK].map(size => blockName(size, sql`seq / ${sql.lit(size.names)}`));
    // With its cost the database never prefers to read the table and call it for each row.
    await sql`
      CREATE OR REPLACE FUNCTION name_grams(folded_name text, seq bigint) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT COST 100000 AS $$
        SELECT array_agg(substr(folded_name, place, letters)) || ARRAY[${sql.join(blocks)}]
        FROM generate_series(1, length(folded_name)) AS place, generate_series(1, ${sql.lit(GRAM_MAX_LETTERS)}) AS letters
      $$
    `.execute(db);
    // Before they are read: from here on who writes names waits, and none is missed.
    await followVideos(db);
    await sql`INSERT INTO video_names SELECT seq, folded_name FROM videos ORDER BY seq`.execute(db);
    await sql`CREATE INDEX video_names_by_gram ON video_names USING gin (name_grams(folded_name, seq))`.execute(db);
    await sql`DROP INDEX IF EXISTS videos_by_trigram`.execute(db);
    await sql`ANALYZE video_names`.execute(db);
  },
};

/**
 * What has a title is searched by both: `video_names.folded_name` is the name, a line end, which no word has, and the title. Only rows that
 * have one are written.
 */
export const indexTitleGrams: Migration = {
  async up(db: Kysely<CatalogTables>) {
    await sql`
      CREATE OR REPLACE FUNCTION index_video_names() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$ BEGIN
        INSERT INTO video_names SELECT seq, ${searchedText('named')} FROM named ORDER BY seq;
        PERFORM gin_clean_pending_list('video_names_by_gram');
        RETURN NULL;
      END $$
    `.execute(db);
    await sql`
      CREATE OR REPLACE FUNCTION index_video_title() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$ BEGIN
        UPDATE video_names SET folded_name = ${searchedText('new')} WHERE seq = new.seq;
        PERFORM gin_clean_pending_list('video_names_by_gram');
        RETURN NULL;
      END $$
    `.execute(db);
    await sql`
      CREATE TRIGGER video_retitled AFTER UPDATE OF folded_title ON videos FOR EACH ROW
      WHEN (new.folded_title <> old.folded_title) EXECUTE FUNCTION index_video_title()
    `.execute(db);
    await sql`
      UPDATE video_names SET folded_name = ${searchedText('videos')} FROM videos WHERE videos.seq = video_names.seq AND folded_title <> ''
    `.execute(db);
    await sql`SELECT gin_clean_pending_list('video_names_by_gram')`.execute(db);
    await sql`ANALYZE video_names`.execute(db);
  },
};

function searchedText(row: 'named' | 'new' | 'videos'): RawBuilder<string> {
  return sql.raw(`CASE ${row}.folded_title WHEN '' THEN ${row}.folded_name ELSE ${row}.folded_name || E'\\n' || ${row}.folded_title END`);
}

/** As the index knows it. */
export function blockName({ prefix }: BlockSize, number: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`${sql.lit(prefix)} || ${number}`;
}

/**
 * A row of `videos` keeps its name for ever. Triggers, so that a central of an earlier version that still runs does it too. What is
 * to be indexed goes to a list first, and from there to the index at once for all names of a statement, which takes half the time; no
 * search finds anything in that list, which it would have to read whole. They work for whoever may write names, though emptying the
 * list is for who owns the index.
 */
async function followVideos(db: Kysely<CatalogTables>): Promise<void> {
  await sql`
    CREATE OR REPLACE FUNCTION index_video_names() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$ BEGIN
      INSERT INTO video_names SELECT seq, folded_name FROM named ORDER BY seq;
      PERFORM gin_clean_pending_list('video_names_by_gram');
      RETURN NULL;
    END $$
  `.execute(db);
  await sql`
    CREATE OR REPLACE FUNCTION forget_video_names() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$ BEGIN
      DELETE FROM video_names WHERE seq IN (SELECT seq FROM forgotten);
      RETURN NULL;
    END $$
  `.execute(db);
  await sql`
    CREATE TRIGGER video_named AFTER INSERT ON videos REFERENCING NEW TABLE AS named FOR EACH STATEMENT EXECUTE FUNCTION index_video_names()
  `.execute(db);
  await sql`
    CREATE TRIGGER video_forgotten AFTER DELETE ON videos REFERENCING OLD TABLE AS forgotten FOR EACH STATEMENT EXECUTE FUNCTION forget_video_names()
  `.execute(db);
}
