import { type Kysely, sql } from 'kysely';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import type { Logger } from '../../platform/mod.ts';
import { type AppLogin, toScramVerifier } from './app-login.ts';
import { connectForMigration, type DatabaseAddress } from './connect.ts';
import { toDatabaseError } from './database-error.ts';
import type { Database } from './tables.ts';

/** A table of the schema, and whether `refuse_change` makes it append-only. */
interface TableKind {
  readonly name: string;
  readonly isAppendOnly: boolean;
}

/**
 * Gives the console's login what it needs and no more, after every migration: rows of all tables, but of append-only ones reading and
 * adding alone, and nothing of the migrations' own tables. A table with the trigger that refuses changes is append-only, so none is
 * forgotten. Rejects with `bad_config` where the owner may not make logins.
 */
export async function grantAppRights(owner: DatabaseAddress, login: AppLogin, logger: Logger): Promise<void> {
  const db = connectForMigration(owner, logger);
  try {
    await db.transaction().execute(async (trx) => {
      // Two consoles that start at once would change the same rows of the catalogue.
      await sql`select pg_advisory_xact_lock(hashtextextended('xunjie console login', 0))`.execute(trx);
      await makeLogin(trx, login, owner);
      await sql`grant usage on schema public to ${sql.id(login.role)}`.execute(trx);
      for (const table of await listTables(trx)) await grantTable(trx, table, login.role);
    });
  } finally {
    await db.destroy();
  }
}

async function makeLogin(
  db: Kysely<unknown>,
  { role, password }: AppLogin,
  owner: DatabaseAddress,
): Promise<void> {
  const { rows } = await sql`select 1 from pg_roles where rolname = ${role}`.execute(db);
  if (password === null) {
    if (rows.length === 1) return;
    throw new XunjieError(
      'bad_config',
      `DATABASE_APP_URL: ${owner.place} has no login ${role}; make it first`,
    );
  }
  const verb = rows.length === 0 ? sql`create` : sql`alter`;
  const rights = sql`login nosuperuser nocreatedb nocreaterole noreplication`;
  try {
    // Data definition takes no parameters; a verifier is base64, colons and dollars.
    await sql`${verb} role ${sql.id(role)} with ${rows.length === 0 ? rights : sql`login`} password ${sql.lit(toScramVerifier(password))}`.execute(
      db,
    );
  } catch (error) {
    throw new XunjieError(
      'bad_config',
      `the console's own login ${role} cannot be made at ${owner.place} (${toMessage(error)}); make one and set DATABASE_APP_URL, see docs/operations.md`,
      { cause: error },
    );
  }
}

async function listTables(db: Kysely<unknown>): Promise<TableKind[]> {
  const { rows } = await sql<TableKind>`
    select class.relname as name,
      exists (
        select 1 from pg_trigger trigger join pg_proc proc on proc.oid = trigger.tgfoid
        where trigger.tgrelid = class.oid and proc.proname = 'refuse_change'
      ) as "isAppendOnly"
    from pg_class class
    where class.relnamespace = 'public'::regnamespace and class.relkind in ('r', 'p')
    order by class.relname`.execute(db);
  return rows;
}

async function grantTable(
  db: Kysely<unknown>,
  { name, isAppendOnly }: TableKind,
  role: string,
): Promise<void> {
  const [table, to] = [sql.id('public', name), sql.id(role)];
  await sql`revoke all on ${table} from ${to}`.execute(db);
  if (name.startsWith('kysely_')) return;
  const rights = isAppendOnly ? sql`select, insert` : sql`select, insert, update, delete`;
  await sql`grant ${rights} on ${table} to ${to}`.execute(db);
}

/**
 * Refuses a login that may change what must only grow, whatever the reason: a superuser, an owner, a member of one. Rejects with
 * `bad_config`, or as a connection does that is refused.
 */
export async function checkAppRights(db: Database, { role, address }: AppLogin): Promise<void> {
  const { rows } = await sql<{ name: string; mayChange: boolean }>`
    select class.relname as name,
      has_table_privilege(class.oid, 'update, delete, truncate, trigger')
        or pg_has_role(class.relowner, 'member') as "mayChange"
    from pg_trigger trigger
    join pg_proc proc on proc.oid = trigger.tgfoid and proc.proname = 'refuse_change'
    join pg_class class on class.oid = trigger.tgrelid
    order by class.relname`
    .execute(db)
    .catch((error: unknown) => {
      throw toDatabaseError(error, address.place);
    });
  const changeable = rows.filter((row) => row.mayChange).map((row) => row.name);
  if (rows.length > 0 && changeable.length === 0) return;
  throw new XunjieError(
    'bad_config',
    `the console's database login ${role} may change ${changeable.join(', ') || 'a database without append-only tables'}: it must be neither owner nor superuser, see docs/operations.md`,
  );
}
