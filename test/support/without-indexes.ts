import type { Client } from 'pg';

interface Found {
  readonly table: string;
  readonly name: string;
  /** `null` for an index that only serves. */
  readonly constraint: string | null;
  readonly definition: string;
}

/** Does something to tables that have neither indexes nor keys meanwhile, and makes these anew afterwards: far faster to fill. */
export async function withoutIndexes(
  sql: Client,
  tables: readonly string[],
  tell: (line: string) => void,
  work: () => Promise<void>,
): Promise<void> {
  const { rows: references } = await sql.query<Found>(
    `select conrelid::regclass::text as table, conname as name, conname as constraint, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and (conrelid = any($1::regclass[]) or confrelid = any($1::regclass[]))`,
    [tables],
  );
  const { rows: indexes } = await sql.query<Found>(
    `select indrelid::regclass::text as table, indexrelid::regclass::text as name, c.conname as constraint,
       coalesce(pg_get_constraintdef(c.oid), pg_get_indexdef(indexrelid)) as definition
     from pg_index left join pg_constraint c on c.conindid = indexrelid and c.contype in ('p', 'u')
     where indrelid = any($1::regclass[])`,
    [tables],
  );
  for (const { table, constraint } of references)
    await sql.query(`alter table ${table} drop constraint "${constraint}"`);
  for (const { table, name, constraint } of indexes)
    await sql.query(
      constraint === null ? `drop index ${name}` : `alter table ${table} drop constraint "${constraint}"`,
    );
  await work();
  for (const { table, name, constraint, definition } of indexes) {
    const from = performance.now();
    await sql.query(
      constraint === null ? definition : `alter table ${table} add constraint "${constraint}" ${definition}`,
    );
    tell(`index ${name}: ${Math.round((performance.now() - from) / 1000)} s`);
  }
  // The rows were written to fit: they need not be read again one by one.
  for (const { table, constraint, definition } of references)
    await sql.query(
      `alter table ${table} add constraint "${constraint}" ${definition.replace(/ NOT VALID$/, '')} not valid`,
    );
}
