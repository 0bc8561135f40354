import { CompiledQuery, SqliteDialect, SqliteDriver, type DatabaseConnection, type Driver, type SqliteDatabase } from 'kysely';
import type Database from 'libsql';

/** Kysely's SQLite over libsql; see `LibsqlDriver` for what is ours. Owns the database. */
export class LibsqlDialect extends SqliteDialect {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    super({ database: asKysely(database) });
    this.#database = database;
  }

  override createDriver(): Driver {
    return new LibsqlDriver(this.#database);
  }
}

class LibsqlDriver extends SqliteDriver {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    super({ database: asKysely(database) });
    this.#database = database;
  }

  /** A transaction that reads first and writes later cannot wait for another process's: SQLite fails it without asking. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  /** Leaves everything in the one file that people copy: libsql closes without bringing the log back into it. */
  override async destroy(): Promise<void> {
    try {
      // PASSIVE never waits for other processes.
      this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    } catch {
      // What cannot be brought back now (no database, a full disk) is as safe in the log, and is read from there.
    }
    await super.destroy();
  }
}

/** The two describe the same calls with types that do not meet. */
function asKysely(database: Database.Database): SqliteDatabase {
  return database as unknown as SqliteDatabase;
}
