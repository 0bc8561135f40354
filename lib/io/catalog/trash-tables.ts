import type { Kysely, Migration } from 'kysely';
import type { CatalogTables } from './schema.ts';

/** Removed names, what nodes have still to do about names that a content lost, and indexes for the other orders of a list. */
export const createTrash: Migration = {
  async up({ schema }: Kysely<CatalogTables>) {
    await schema
      .createTable('trash')
      .ifNotExists()
      .addColumn('seq', 'integer', column => column.primaryKey().autoIncrement())
      .addColumn('name', 'text', column => column.notNull())
      .addColumn('file_id', 'text', column => column.notNull().references('manifests.id'))
      .addColumn('size_bytes', 'bigint', column => column.notNull())
      .addColumn('added_at_ms', 'bigint', column => column.notNull())
      .addColumn('removed_at_ms', 'bigint', column => column.notNull())
      .addColumn('expires_at_ms', 'bigint', column => column.notNull())
      .execute();
    await schema.createIndex('trash_by_name').ifNotExists().on('trash').columns(['name', 'file_id']).execute();
    await schema.createIndex('trash_by_file').ifNotExists().on('trash').column('file_id').execute();
    await schema.createIndex('trash_by_expiry').ifNotExists().on('trash').column('expires_at_ms').execute();
    await schema
      .createTable('departures')
      .ifNotExists()
      .addColumn('seq', 'integer', column => column.primaryKey().autoIncrement())
      .addColumn('node', 'integer', column => column.notNull())
      .addColumn('name', 'text', column => column.notNull())
      .addColumn('file_id', 'text', column => column.notNull())
      .addColumn('state', 'text', column => column.notNull())
      .execute();
    await schema.createIndex('departure_of_node').ifNotExists().on('departures').columns(['name', 'file_id', 'node']).unique().execute();
    await schema.createIndex('departures_by_node').ifNotExists().on('departures').columns(['node', 'state']).execute();
    await schema.createIndex('departures_by_file').ifNotExists().on('departures').columns(['file_id', 'state']).execute();
    await schema.createIndex('videos_by_date').ifNotExists().on('videos').columns(['added_at_ms', 'name']).execute();
    await schema.createIndex('videos_by_size').ifNotExists().on('videos').columns(['size_bytes', 'name']).execute();
  },
};
