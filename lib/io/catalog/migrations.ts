import { sql, type Kysely, type Migration, type MigrationProvider } from 'kysely';
import type { CatalogTables } from './schema.ts';

/** Names sort in the order in which they are applied; one that was released is never changed. */
const migrations: Readonly<Record<string, Migration>> = {
  '0001-videos-and-replicas': {
    async up(db: Kysely<CatalogTables>) {
      await db.schema
        .createTable('manifests')
        .addColumn('id', 'text', column => column.primaryKey())
        .addColumn('name', 'text', column => column.notNull())
        .addColumn('size_bytes', 'bigint', column => column.notNull())
        .addColumn('part_size_bytes', 'bigint', column => column.notNull())
        .addColumn('part_hashes', 'blob', column => column.notNull())
        .addColumn('sha256', 'text', column => column.notNull())
        .addColumn('created_at_ms', 'bigint', column => column.notNull())
        .execute();
      await db.schema
        .createTable('videos')
        .addColumn('name', 'text', column => column.primaryKey())
        .addColumn('folded_name', 'text', column => column.notNull())
        .addColumn('file_id', 'text', column => column.notNull().references('manifests.id'))
        .addColumn('added_at_ms', 'bigint', column => column.notNull())
        .execute();
      await db.schema.createIndex('videos_by_file').on('videos').columns(['file_id', 'name']).execute();
      await db.schema
        .createTable('replicas')
        .addColumn('seq', 'integer', column => column.primaryKey().autoIncrement())
        .addColumn('node', 'integer', column => column.notNull())
        .addColumn('name', 'text', column => column.notNull())
        .addColumn('file_id', 'text', column => column.notNull())
        .addColumn('size_bytes', 'bigint', column => column.notNull())
        .addColumn('inventory_id', 'text', column => column.notNull())
        .addUniqueConstraint('replica_of_node', ['node', 'name'])
        .execute();
      await db.schema.createIndex('replicas_by_file').on('replicas').columns(['file_id', 'node']).execute();
      await db.schema.createIndex('replicas_by_name').on('replicas').columns(['name', 'file_id']).execute();
      await db.schema
        .createTable('nodes')
        .addColumn('number', 'integer', column => column.primaryKey())
        .addColumn('identity', 'text', column => column.notNull())
        .addColumn('url', 'text', column => column.notNull())
        .addColumn('seen_at_ms', 'bigint', column => column.notNull())
        .execute();
      await db.schema
        .createTable('inventories')
        .addColumn('node', 'integer', column => column.primaryKey())
        .addColumn('inventory_id', 'text', column => column.notNull())
        .addColumn('revision', 'bigint', column => column.notNull())
        .execute();
    },
  },
  '0002-search-inside-names': {
    // Trigrams find a word of three letters or more anywhere inside a name without reading the others.
    async up(db: Kysely<CatalogTables>) {
      await sql`CREATE VIRTUAL TABLE video_search USING fts5 (
        folded_name, content = 'videos', content_rowid = 'rowid', tokenize = 'trigram'
      )`.execute(db);
      await sql`CREATE TRIGGER videos_inserted AFTER INSERT ON videos BEGIN
        INSERT INTO video_search (rowid, folded_name) VALUES (new.rowid, new.folded_name);
      END`.execute(db);
      await sql`CREATE TRIGGER videos_deleted AFTER DELETE ON videos BEGIN
        INSERT INTO video_search (video_search, rowid, folded_name) VALUES ('delete', old.rowid, old.folded_name);
      END`.execute(db);
    },
  },
};

export const migrationNames: ReadonlySet<string> = new Set(Object.keys(migrations));

export const migrationProvider: MigrationProvider = {
  getMigrations: async () => ({ ...migrations }),
};
