import { type RawBuilder, sql } from 'kysely';
import { XunjieError } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database, DatabaseTransaction } from '../database/tables.ts';
import { type Entry, noEntry, readEntry, readKey, refuse, toEntry } from './entry.ts';
import type { Columns } from './field.ts';
import type { CsvRecord } from './parse-csv.ts';
import type { Registry } from './registries.ts';

type TableRow = Record<string, unknown>;

export interface Editor {
  /** `null`: the program itself, which lays in the demo. */
  readonly user: User | null;
  readonly ip: string | null;
}

/** Far above what a county has; a list is read whole. */
const maxListed = 20_000;
const maxProblems = 20;

export async function listEntries(db: Database, registry: Registry): Promise<Entry[]> {
  const { rows } = await sql<TableRow>`
    select * from ${sql.table(registry.table)} order by ${joinKeys(registry)} limit ${maxListed}`.execute(db);
  return rows.map((row) => toEntry(registry, row));
}

export async function findEntry(db: Database, registry: Registry, key: string): Promise<Entry> {
  const row = await findRow(db, registry, readKey(registry, key));
  if (row === null) throw noEntry(registry, key);
  return toEntry(registry, row);
}

/**
 * Makes an entry or replaces it whole. With a revision, only what the caller has seen is replaced: somebody else's change
 * in between is a conflict. The revision `new` is that of an entry which is not there yet.
 */
export async function putEntry(
  context: ConsoleContext,
  registry: Registry,
  key: string,
  written: { readonly values: ReadonlyMap<string, string>; readonly revision: string | null },
  by: Editor,
): Promise<Entry> {
  const keyColumns = readKey(registry, key);
  const keyParts = key.split(',');
  const values = new Map(written.values);
  for (const [index, name] of registry.keys.entries()) {
    const part = keyParts[index] ?? '';
    const given = values.get(name);
    if (given !== undefined && given !== part)
      throw refuse('body', name, `"${given}" is not the address's "${part}"`);
    values.set(name, part);
  }
  const columns = readEntry(registry, values, 'body');
  return context.db.transaction().execute(async (db) => {
    await lockRegistry(db, registry);
    const before = await findRow(db, registry, keyColumns);
    const seen = before === null ? null : toEntry(registry, before);
    if (written.revision !== null && written.revision !== (seen?.revision ?? 'new'))
      throw new XunjieError(
        'conflict',
        `${registry.name} ${key} has changed: it is at ${seen?.revision ?? 'nothing'}`,
        {
          details: { revision: seen?.revision ?? null },
        },
      );
    await requireReferences(db, registry, [{ where: 'body', columns }]);
    await writeRow(db, registry, columns);
    const after = await findRow(db, registry, keyColumns);
    if (after === null) throw noEntry(registry, key);
    const entry = toEntry(registry, after);
    await audit(context, db, registry, 'put', key, by, { before: seen, after: entry });
    return entry;
  });
}

/** Refuses with a conflict while something refers to the entry. */
export async function deleteEntry(
  context: ConsoleContext,
  registry: Registry,
  key: string,
  by: Editor,
): Promise<void> {
  const keyColumns = readKey(registry, key);
  await context.db.transaction().execute(async (db) => {
    await lockRegistry(db, registry);
    const before = await findRow(db, registry, keyColumns);
    if (before === null) throw noEntry(registry, key);
    try {
      await sql`delete from ${sql.table(registry.table)} where ${matchKey(keyColumns)}`.execute(db);
    } catch (error) {
      if (readCode(error) !== foreignKeyViolation) throw error;
      throw new XunjieError(
        'conflict',
        `${registry.name} ${key} is still referred to; it can only be made inactive`,
        {
          cause: error,
        },
      );
    }
    await audit(context, db, registry, 'delete', key, by, { before: toEntry(registry, before) });
  });
}

/** `try`: everything is checked and counted, nothing stays. `add`: entries that are there already stay as they are. */
export type ImportMode = 'write' | 'try' | 'add';

export interface ImportCounts {
  added: number;
  changed: number;
  unchanged: number;
}

/** Writes all records of a file, or none: every record that is wrong is named, up to twenty. */
export async function importEntries(
  context: ConsoleContext,
  registry: Registry,
  file: { readonly records: readonly CsvRecord[]; readonly unit: 'line' | 'feature' },
  by: Editor,
  mode: ImportMode = 'write',
): Promise<ImportCounts> {
  const read = readRecords(registry, file);
  const counts: ImportCounts = { added: 0, changed: 0, unchanged: 0 };
  const undoing = new Error('tried');
  try {
    await context.db.transaction().execute(async (db) => {
      await lockRegistry(db, registry);
      await requireReferences(db, registry, read);
      // A file may name a unit before the one it belongs to.
      await sql`set constraints all deferred`.execute(db);
      for (const { columns, key } of read) {
        const keyColumns = readKey(registry, key);
        const before = await findEntryAt(db, registry, keyColumns);
        if (before === null || mode !== 'add') await writeRow(db, registry, columns);
        const after = await findEntryAt(db, registry, keyColumns);
        if (before !== null && before.revision === after?.revision) {
          counts.unchanged += 1;
          continue;
        }
        counts[before === null ? 'added' : 'changed'] += 1;
        // The history of an entry tells of files as well; what the program lays in has none yet.
        if (mode === 'write')
          await audit(context, db, registry, 'put', key, by, { before, after, from: 'file' });
      }
      // What is put off until the end would else be found wrong only then.
      await sql`set constraints all immediate`.execute(db);
      if (mode === 'try') throw undoing;
      await audit(context, db, registry, 'import', '*', by, { ...counts });
    });
  } catch (error) {
    if (error !== undoing) throw error;
  }
  return counts;
}

interface ReadRecord {
  readonly where: string;
  readonly columns: Columns;
  readonly key: string;
}

function readRecords(
  registry: Registry,
  { records, unit }: { readonly records: readonly CsvRecord[]; readonly unit: string },
): ReadRecord[] {
  const problems: string[] = [];
  const seen = new Map<string, string>();
  const read: ReadRecord[] = [];
  for (const { line, cells } of records) {
    const where = `${unit} ${line}`;
    try {
      const columns = readEntry(registry, cells, where);
      const key = registry.keys.map((name) => cells.get(name)?.trim() ?? '').join(',');
      const first = seen.get(key);
      if (first !== undefined)
        throw refuse(where, registry.keys.join(','), `${key} stands in ${first} already`);
      seen.set(key, where);
      read.push({ where, columns, key });
    } catch (error) {
      if (!(error instanceof XunjieError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw refuseFile(registry, problems);
  return read;
}

function refuseFile(registry: Registry, problems: readonly string[]): XunjieError {
  const rest = problems.length - 1;
  return new XunjieError(
    'bad_request',
    `nothing was imported into ${registry.name}: ${problems[0]}${rest === 0 ? '' : ` (and ${rest} more)`}`,
    { details: { problems: problems.slice(0, maxProblems), count: problems.length } },
  );
}

/** Names what the records refer to and nobody has; records may refer to each other. */
async function requireReferences(
  db: Database,
  registry: Registry,
  records: readonly { readonly where: string; readonly columns: Columns }[],
): Promise<void> {
  const problems: string[] = [];
  for (const field of registry.fields) {
    if (field.refersTo === null) continue;
    const [table, column] = field.refersTo;
    const { rows } = await sql<{
      id: string;
    }>`select ${sql.ref(column)} as id from ${sql.table(table)}`.execute(db);
    const known = new Set(rows.map(({ id }) => id));
    const own = table === registry.table ? records.map(({ columns }) => columns[column]) : [];
    for (const value of own) if (typeof value === 'string') known.add(value);
    for (const { where, columns } of records) {
      const value = columns[field.columns[0] ?? ''];
      if (typeof value === 'string' && !known.has(value))
        problems.push(
          refuse(where, field.name, `there is no ${table.replaceAll('_', ' ')} "${value}"`).message,
        );
    }
  }
  if (problems.length === 0) return;
  if (records[0]?.where === 'body') throw new XunjieError('bad_request', problems[0] ?? '');
  throw refuseFile(registry, problems);
}

/** One editor of a registry at a time: what is checked is what is written to. */
async function lockRegistry(db: DatabaseTransaction, registry: Registry): Promise<void> {
  await sql`lock table ${sql.table(registry.table)} in share row exclusive mode`.execute(db);
}

async function findEntryAt(db: Database, registry: Registry, key: Columns): Promise<Entry | null> {
  const row = await findRow(db, registry, key);
  return row === null ? null : toEntry(registry, row);
}

async function findRow(db: Database, registry: Registry, key: Columns): Promise<TableRow | null> {
  const { rows } = await sql<TableRow>`
    select * from ${sql.table(registry.table)} where ${matchKey(key)}`.execute(db);
  return rows[0] ?? null;
}

async function writeRow(db: DatabaseTransaction, registry: Registry, columns: Columns): Promise<void> {
  const names = Object.keys(columns);
  const keyNames = listKeyColumns(registry);
  const rest = names.filter((name) => !keyNames.includes(name));
  const set =
    rest.length === 0
      ? sql`nothing`
      : sql`update set ${sql.join(rest.map((name) => sql`${sql.ref(name)} = ${sql.ref(`excluded.${name}`)}`))}`;
  try {
    await sql`
      insert into ${sql.table(registry.table)} (${sql.join(names.map((name) => sql.ref(name)))})
      values (${sql.join(names.map((name) => columns[name] ?? null))})
      on conflict (${sql.join(keyNames.map((name) => sql.ref(name)))}) do ${set}`.execute(db);
  } catch (error) {
    if (readCode(error) === uniqueViolation)
      throw new XunjieError(
        'conflict',
        `${registry.name}: another entry stands for the same thing (${readDetail(error)})`,
        {
          cause: error,
        },
      );
    if (readCode(error) === checkViolation)
      throw new XunjieError(
        'bad_request',
        `${registry.name}: what belongs together must be given together (${keyNames.map((name) => String(columns[name])).join(',')})`,
        {
          cause: error,
        },
      );
    throw error;
  }
}

function listKeyColumns({ fields, keys }: Registry): string[] {
  return fields.filter(({ name }) => keys.includes(name)).flatMap(({ columns }) => [...columns]);
}

function joinKeys(registry: Registry): RawBuilder<unknown> {
  return sql.join(listKeyColumns(registry).map((name) => sql.ref(name)));
}

function matchKey(key: Columns): RawBuilder<boolean> {
  return sql<boolean>`${sql.join(
    Object.entries(key).map(([name, value]) => sql`${sql.ref(name)} = ${value}`),
    sql` and `,
  )}`;
}

function audit(
  context: ConsoleContext,
  db: DatabaseTransaction,
  registry: Registry,
  done: 'put' | 'delete' | 'import',
  key: string,
  by: Editor,
  details: Record<string, unknown>,
): Promise<void> {
  return appendAudit(db, {
    atMs: context.nowMs(),
    actor: by.user?.username ?? 'program',
    action: `registry.${done}`,
    objectKind: `registry ${registry.name}`,
    objectId: key,
    result: 'done',
    ip: by.ip,
    details,
  });
}

const foreignKeyViolation = '23503';
const uniqueViolation = '23505';
const checkViolation = '23514';

function readCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function readDetail(error: unknown): string {
  return error instanceof Error && 'detail' in error && typeof error.detail === 'string' ? error.detail : '';
}
