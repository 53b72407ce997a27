import { Kysely, PostgresDialect } from 'kysely';
import { Client, Pool } from 'pg';
import type { Tables } from '../../api/database/tables.ts';
import { type CaseDriver, createCaseDriver } from './case-driver.ts';
import { openTestConsole, type TestConsole } from './console.ts';
import { startTestPostgres } from './postgres.ts';

/** A console whose cases are walked through their steps, with its database behind it. */
export interface CaseConsole {
  readonly tested: TestConsole;
  /** The owner's connection. */
  readonly sql: Client;
  readonly db: Kysely<Tables>;
  readonly driver: CaseDriver;
  close(): Promise<void>;
}

/** The unit has a second officer, squad-02, who endorses what the first applies for. */
export async function openCaseConsole(): Promise<CaseConsole> {
  const postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  const tested = await openTestConsole(url);
  const sql = new Client(url);
  await sql.connect();
  const db = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool: new Pool({ connectionString: url, max: 1 }) }),
  });
  await sql.query(
    `insert into account (username, display_name, password_hash, roles, unit_id)
     select 'squad-02', '湖岭执法中队 02', password_hash, roles, unit_id from account where username = 'squad-01'`,
  );
  return {
    tested,
    sql,
    db,
    driver: createCaseDriver(tested, sql),
    async close() {
      await sql.end();
      await db.destroy();
      await tested.close();
      await postgres.stop();
    },
  };
}
