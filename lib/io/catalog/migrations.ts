import type { Kysely, Migration } from 'kysely';
import type { CatalogTables } from './schema.ts';

/** The first tables. A migration that was released is never changed. */
export const createTables: Migration = {
  async up(db: Kysely<CatalogTables>) {
    await createManifests(db);
    await createVideos(db);
    await createReplicas(db);
    await createNodes(db);
  },
};

/** What torrents verify by; manifests that are there have none. */
export const addPieces: Migration = {
  async up({ schema }: Kysely<CatalogTables>) {
    await schema.alterTable('manifests').addColumn('piece_hashes', 'blob').execute();
    await schema.alterTable('manifests').addColumn('piece_layer', 'blob').execute();
  },
};

/** With the size, so that the files that there is room for are found among many for which there is none. */
export const indexSizes: Migration = {
  async up({ schema }: Kysely<CatalogTables>) {
    await schema.dropIndex('videos_by_holders').execute();
    await schema.createIndex('videos_by_holders').on('videos').columns(['holders', 'size_bytes']).execute();
  },
};

/** What people decided about each node; those that are known take part. */
export const addNodeModes: Migration = {
  async up({ schema }: Kysely<CatalogTables>) {
    await schema.alterTable('nodes').addColumn('mode', 'text', column => column.notNull().defaultTo('active')).execute();
  },
};

/** What people and players want to know of a film. */
export const addDetails: Migration = {
  async up({ schema }: Kysely<CatalogTables>) {
    await schema
      .createTable('details')
      .addColumn('file_id', 'text', column => column.primaryKey())
      .addColumn('content_type', 'text')
      .addColumn('duration_ms', 'bigint')
      .addColumn('width', 'integer')
      .addColumn('height', 'integer')
      .addColumn('title', 'text')
      .addColumn('description', 'text')
      .execute();
  },
};

async function createManifests({ schema }: Kysely<CatalogTables>): Promise<void> {
  await schema
    .createTable('manifests')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('size_bytes', 'bigint', column => column.notNull())
    .addColumn('part_size_bytes', 'bigint', column => column.notNull())
    .addColumn('sha256', 'text', column => column.notNull())
    .addColumn('created_at_ms', 'bigint', column => column.notNull())
    // Last, because it is long: SQLite reads a row from its beginning.
    .addColumn('part_hashes', 'blob', column => column.notNull())
    .execute();
}

async function createVideos({ schema }: Kysely<CatalogTables>): Promise<void> {
  await schema
    .createTable('videos')
    .addColumn('seq', 'integer', column => column.primaryKey().autoIncrement())
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('folded_name', 'text', column => column.notNull())
    .addColumn('file_id', 'text', column => column.notNull().references('manifests.id'))
    .addColumn('size_bytes', 'bigint', column => column.notNull())
    .addColumn('added_at_ms', 'bigint', column => column.notNull())
    .addColumn('holders', 'text', column => column.notNull())
    .execute();
  // The folded form follows from the name, so this is one row a name, and a search that walks in order of name finds
  // the text it compares in the index.
  await schema.createIndex('videos_by_name').on('videos').columns(['name', 'folded_name']).unique().execute();
  await schema.createIndex('videos_by_file').on('videos').columns(['file_id', 'name']).execute();
  await schema.createIndex('videos_by_holders').on('videos').columns(['holders', 'seq']).execute();
}

async function createReplicas({ schema }: Kysely<CatalogTables>): Promise<void> {
  await schema
    .createTable('replicas')
    .addColumn('seq', 'integer', column => column.primaryKey().autoIncrement())
    .addColumn('node', 'integer', column => column.notNull())
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('file_id', 'text', column => column.notNull())
    .addColumn('size_bytes', 'bigint', column => column.notNull())
    .addColumn('inventory_id', 'text', column => column.notNull())
    .addColumn('unsettled', 'text')
    .addUniqueConstraint('replica_of_node', ['name', 'node'])
    .execute();
  await schema.createIndex('replicas_by_file').on('replicas').columns(['file_id', 'node']).execute();
  await schema.createIndex('replicas_by_inventory').on('replicas').columns(['node', 'inventory_id']).execute();
  await schema
    .createIndex('replicas_unsettled')
    .on('replicas')
    .columns(['unsettled', 'node', 'seq'])
    .where('unsettled', 'is not', null)
    .execute();
}

async function createNodes({ schema }: Kysely<CatalogTables>): Promise<void> {
  await schema
    .createTable('nodes')
    .addColumn('number', 'integer', column => column.primaryKey())
    .addColumn('identity', 'text', column => column.notNull())
    .addColumn('url', 'text', column => column.notNull())
    .addColumn('seen_at_ms', 'bigint', column => column.notNull())
    .execute();
  await schema
    .createTable('inventories')
    .addColumn('node', 'integer', column => column.primaryKey())
    .addColumn('inventory_id', 'text', column => column.notNull())
    .addColumn('revision', 'bigint', column => column.notNull())
    .addColumn('is_complete', 'integer', column => column.notNull())
    .execute();
}
