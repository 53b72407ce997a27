import { Client, type QueryResult } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import { createLogger, openFolderBlobStore } from '../../platform/mod.ts';
import { openTestConsole, type TestConsole } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { openConsole } from '../open-console.ts';
import { toAppLogin } from './app-login.ts';
import { parseDatabaseUrl } from './connect.ts';

let postgres: TestPostgres;
let url: string;
let tested: TestConsole;
let owner: Client;
let app: Client;

beforeAll(async () => {
  postgres = await startTestPostgres({ own: true });
  url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  owner = await connect(url);
  app = await connect(toAppLogin(parseDatabaseUrl(url)).address.url);
  await tested.queueCandidate();
});

afterAll(async () => {
  await app?.end();
  await owner?.end();
  await tested?.close();
  await postgres?.stop();
});

async function connect(to: string): Promise<Client> {
  const client = new Client(to);
  await client.connect();
  return client;
}

/** The server's own code for what it refuses: 42501 is "insufficient privilege". */
async function readCode(query: Promise<QueryResult>): Promise<string> {
  return query.then(
    () => 'done',
    (error: unknown) => (error as { code: string }).code,
  );
}

async function listAppendOnly(): Promise<string[]> {
  const { rows } = await owner.query<{ name: string }>(
    `select tgrelid::regclass::text as name from pg_trigger where tgname like '%append_only' order by 1`,
  );
  return rows.map((row) => row.name);
}

/** Those that have no hash of their own. */
const unchained = ['audit_log', 'enforcement_step'];

const listAttacks = (name: string): string[] => [
  `update ${name} set ${unchained.includes(name) ? 'actor' : 'hash'} = 'x'`,
  `delete from ${name}`,
  `truncate ${name}`,
  `truncate ${name} cascade`,
  `merge into ${name} a using ${name} b on false when matched then delete`,
  `select * from ${name} for update`,
  `do $$ begin lock table ${name} in access exclusive mode; end $$`,
  `drop table ${name} cascade`,
  `alter table ${name} disable trigger all`,
  `alter table ${name} rename to elsewhere`,
  `alter table ${name} owner to current_user`,
  `create trigger quiet before insert on ${name} for each row execute function suppress_redundant_updates_trigger()`,
  `create rule quiet as on insert to ${name} do instead nothing`,
];

describe("the running console's login", () => {
  test('is the one that its connections have, and owns nothing', async () => {
    const { rows } = await owner.query<{ usename: string; application_name: string }>(
      `select distinct usename, application_name from pg_stat_activity
       where datname = current_database() and application_name like 'xunjie-console%' order by 2`,
    );
    const { role } = toAppLogin(parseDatabaseUrl(url));
    expect(rows).toEqual([
      { usename: role, application_name: 'xunjie-console' },
      { usename: role, application_name: 'xunjie-console-live' },
    ]);
    const owned = await owner.query(
      `select relname from pg_class where relowner = (select oid from pg_roles where rolname = $1)`,
      [role],
    );
    expect(owned.rows).toEqual([]);
    const flags = await owner.query(
      'select rolsuper, rolcreaterole, rolcreatedb, rolbypassrls from pg_roles where rolname = $1',
      [role],
    );
    expect(flags.rows).toEqual([
      { rolsuper: false, rolcreaterole: false, rolcreatedb: false, rolbypassrls: false },
    ]);
  });

  test('may add to the custody chain, its roots, the audit log and the flow, and read them', async () => {
    const names = await listAppendOnly();
    expect(names).toEqual(
      expect.arrayContaining(['audit_log', 'custody_entry', 'custody_root', 'flow_record']),
    );
    for (const name of names) {
      expect(await readCode(app.query(`select * from ${name} limit 1`))).toBe('done');
      const { rows } = await app.query('select has_table_privilege($1, $2) as may', [name, 'insert']);
      expect(rows).toEqual([{ may: true }]);
    }
  });

  // The triggers are off here: what refuses is the login's lack of rights alone.
  test('may not change, delete, empty, lock out, rename or drop them, nor switch their triggers off', async () => {
    const names = await listAppendOnly();
    const passed: string[] = [];
    for (const name of names) await owner.query(`alter table ${name} disable trigger all`);
    try {
      for (const statement of names.flatMap(listAttacks)) {
        const code = await readCode(app.query(statement));
        if (code !== '42501') passed.push(`${code}: ${statement}`);
      }
    } finally {
      for (const name of names) await owner.query(`alter table ${name} enable trigger all`);
    }
    expect(names.length).toBeGreaterThanOrEqual(4);
    expect(passed).toEqual([]);
  });

  test.each([
    'set role xunjie',
    'set session authorization xunjie',
    "set session_replication_role = 'replica'",
    "select pg_read_file('/etc/hostname')",
    'create table mine (a int)',
    'create schema mine',
    'select * from kysely_migration',
    `copy audit_log to program 'true'`,
    `create or replace function refuse_change() returns trigger language plpgsql as 'begin return new; end'`,
    'drop function refuse_change() cascade',
  ])('may not: %s', async (statement) => {
    expect(await readCode(app.query(statement))).toBe('42501');
  });

  test('has the rights of the schema again after somebody gave it more', async () => {
    const { role } = toAppLogin(parseDatabaseUrl(url));
    await owner.query(`grant all on all tables in schema public to "${role}"`);
    expect(await readCode(app.query("update audit_log set actor = 'x' where false"))).not.toBe('42501');
    await (await open(url)).close();
    expect(await readCode(app.query("update audit_log set actor = 'x' where false"))).toBe('42501');
  });
});

const open = (databaseUrl: string, appDatabaseUrl?: string) =>
  openConsole({
    databaseUrl,
    ...(appDatabaseUrl !== undefined && { appDatabaseUrl }),
    blobs: openFolderBlobStore('/nonexistent/xunjie'),
    logger: createLogger('silent'),
    webDir: null,
  });

describe('a login that the operator gives', () => {
  const withUser = (user: string, password: string): string => {
    const given = new URL(url);
    given.username = user;
    given.password = password;
    return given.href;
  };

  test('is used as it is', async () => {
    await owner.query("create role operators_choice login password 'chosen'");
    const console = await open(url, withUser('operators_choice', 'chosen'));
    const { rows } = await owner.query(
      "select count(*)::int as count from pg_stat_activity where usename = 'operators_choice'",
    );
    await console.close();
    expect(rows).not.toEqual([{ count: 0 }]);
  });

  test.each<[string, () => Promise<string>, RegExp]>([
    ['is the owner', async () => url, /login xunjie may change audit_log, .*neither owner nor superuser/],
    [
      'is a member of the owner',
      async () => {
        await owner.query("create role friend login password 'friend'");
        await owner.query('grant xunjie to friend');
        return withUser('friend', 'friend');
      },
      /login friend may change audit_log/,
    ],
    ['does not exist', async () => withUser('nobody', 'x'), /has no login nobody; make it first/],
  ])('that %s is refused', async (_what, makeUrl, words) => {
    const error = await open(url, await makeUrl()).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(XunjieError);
    expect((error as XunjieError).code).toBe('bad_config');
    expect(toMessage(error)).toMatch(words);
  });
});

test('an owner who may not make logins is told what to do', async () => {
  await owner.query("create role small_owner login password 'small'");
  const database = `small_${Date.now()}`;
  await owner.query(`create database ${database} owner small_owner`);
  const small = new URL(url);
  [small.username, small.password, small.pathname] = ['small_owner', 'small', `/${database}`];
  await expect(open(small.href)).rejects.toMatchObject({
    code: 'bad_config',
    message: expect.stringMatching(/login small_\d+_app cannot be made at .* set DATABASE_APP_URL/),
  });
  // With a login made by someone who may, this owner does.
  await owner.query("create role made_for_it login password 'made'");
  const made = new URL(small.href);
  [made.username, made.password] = ['made_for_it', 'made'];
  await (await open(small.href, made.href)).close();
  await owner.query(`drop database ${database} with (force)`);
});
