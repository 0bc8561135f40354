import { sql, type Kysely, type Migration } from 'kysely';
import type { FileId } from '../../domain/file.ts';
import { foldText } from '../../domain/search-text.ts';
import type { CatalogDb, CatalogTables } from './schema.ts';

const TITLES_A_STATEMENT = 500;

/**
 * Titles as they are searched, beside each name of their content, so that a search reads no other table. A central of an earlier version
 * that still runs writes none: what it names or describes is found by its title when it is described again.
 */
export const addFoldedTitles: Migration = {
  async up(db: Kysely<CatalogTables>) {
    await db.schema.alterTable('videos').addColumn('folded_title', 'text', column => column.notNull().defaultTo('')).execute();
    let after = '';
    for (;;) {
      const rows = await titlesOf(db).where('file_id', '>', after).orderBy('file_id').limit(TITLES_A_STATEMENT).execute();
      const last = rows.at(-1);
      if (!last) return;
      const given = sql.join(rows.map(({ file_id, title }) => sql`(${file_id}, ${foldText(title!)})`));
      // Databases of both kinds give these names to the columns of a list of values.
      await sql`UPDATE videos SET folded_title = given.column2 FROM (VALUES ${given}) AS given WHERE videos.file_id = given.column1`.execute(db);
      after = last.file_id;
    }
  },
};

/** Of those of the contents that have a title. At most a batch of ids. */
export async function foldedTitlesOf(db: CatalogDb, ids: readonly FileId[]): Promise<ReadonlyMap<FileId, string>> {
  const rows = await titlesOf(db).where('file_id', 'in', ids).execute();
  return new Map(rows.map(({ file_id, title }) => [file_id, foldText(title!)]));
}

/** Under every name of the content; inside a transaction with what changes the title. */
export async function retitle(db: CatalogDb, id: FileId, title: string): Promise<void> {
  const folded = foldText(title);
  await db.updateTable('videos').set({ folded_title: folded }).where('file_id', '=', id).where('folded_title', '!=', folded).execute();
}

function titlesOf(db: CatalogDb) {
  return db.selectFrom('details').select(['file_id', 'title']).where('title', '!=', '');
}
