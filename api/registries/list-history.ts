import { type Static, Type } from 'typebox';
import { toZonedIso } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import { IsoTime, Nullable } from '../http/schema.ts';
import type { Registry } from './registries.ts';

const maxListed = 200;
const Values = Type.Record(
  Type.String(),
  Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
);

export const HistoryEntry = Type.Object({
  at: IsoTime,
  by: Type.String({ description: 'User name; `program` for what was laid in at the start' }),
  done: Type.Enum(['put', 'delete']),
  fromFile: Type.Boolean(),
  before: Nullable(Values),
  after: Nullable(Values),
});

/** What the audit log knows of an entry, newest first. */
export async function listHistory(
  { db, timeZone }: ConsoleContext,
  registry: Registry,
  key: string,
): Promise<Static<typeof HistoryEntry>[]> {
  const rows = await db
    .selectFrom('audit_log')
    .select(['at', 'actor', 'action', 'details'])
    .where('object_kind', '=', `registry ${registry.name}`)
    .where('object_id', '=', key)
    .where('action', 'in', ['registry.put', 'registry.delete'])
    .where('result', '=', 'done')
    .orderBy('seq', 'desc')
    .limit(maxListed)
    .execute();
  return rows.map(({ at, actor, action, details }) => ({
    at: toZonedIso(at.getTime(), timeZone),
    by: actor,
    done: action === 'registry.put' ? 'put' : 'delete',
    fromFile: details['from'] === 'file',
    before: readValues(details['before']),
    after: readValues(details['after']),
  }));
}

function readValues(value: unknown): Static<typeof Values> | null {
  return typeof value === 'object' && value !== null ? (value as Static<typeof Values>) : null;
}
