import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../platform/mod.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { connectDatabase, parseDatabaseUrl } from './connect.ts';
import { prepared } from './prepared.ts';

let postgres: TestPostgres;
let db: ReturnType<typeof connectDatabase>;

beforeAll(async () => {
  postgres = await startTestPostgres();
  db = connectDatabase(parseDatabaseUrl(await postgres.createDatabase()), createLogger('silent'));
});

afterAll(async () => {
  await db?.destroy();
  await postgres?.stop();
});

const listPrepared = async (): Promise<string[]> => {
  const { rows } = await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(db);
  return rows.map(({ statement }) => statement);
};

test('a marked statement is planned once by a connection, others each time; without names after the server refused one', async () => {
  await sql`create table thing (id integer)`.execute(db);
  await sql`insert into thing values (1), (2)`.execute(db);
  const ask = (id: number) =>
    sql<{ id: number }>`${prepared} select * from thing where id = ${id}`.execute(db);
  expect((await ask(1)).rows).toEqual([{ id: 1 }]);
  expect((await ask(2)).rows).toEqual([{ id: 2 }]);
  await sql`select * from thing where id = ${1}`.execute(db);
  expect(await listPrepared()).toEqual(['/* prepared */ select * from thing where id = $1']);

  await sql`alter table thing add column name text`.execute(db);
  await expect(ask(1)).rejects.toThrow('cached plan must not change result type');
  expect((await ask(1)).rows).toEqual([{ id: 1, name: null }]);
});
