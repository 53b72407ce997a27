import { type Kysely, Migrator, sql } from 'kysely';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import type { Logger } from '../../platform/mod.ts';
import { migrations } from '../migrations/mod.ts';
import { connectForMigration, type DatabaseAddress } from './connect.ts';
import { toDatabaseError } from './database-error.ts';

/** Brings the schema up to date. Two programs that start at once take turns: Kysely's migrator holds an advisory lock. */
export async function migrateDatabase(address: DatabaseAddress, logger: Logger): Promise<void> {
  const db = connectForMigration(address, logger);
  try {
    await checkConnection(db, address);
    const migrator = new Migrator({
      db,
      provider: { getMigrations: async () => ({ ...migrations }) },
      // Slices number theirs in ranges of their own: one that came later may have the smaller number.
      allowUnorderedMigrations: true,
    });
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error !== undefined)
      throw new XunjieError(
        'engine_failed',
        `cannot bring the database at ${address.place} up to date: ${toMessage(error)}`,
        { cause: error },
      );
    for (const { migrationName } of results)
      logger.info({ migration: migrationName }, 'migrated the database');
  } finally {
    await db.destroy();
  }
}

async function checkConnection(db: Kysely<unknown>, address: DatabaseAddress): Promise<void> {
  try {
    await sql`select 1`.execute(db);
  } catch (error) {
    throw toDatabaseError(error, address.place);
  }
}
