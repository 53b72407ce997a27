import type { DatabaseTransaction, Row } from '../database/tables.ts';
import { refuse } from './applications.ts';
import { refuseField } from './step.ts';

/** These units, each of which must be known and at work; the message names the first that is not and all that are. */
export async function requireUnits(
  db: DatabaseTransaction,
  field: 'unit' | 'units',
  unitIds: readonly string[],
): Promise<readonly string[]> {
  const units = await db
    .selectFrom('unit')
    .select('id')
    .where('is_active', '=', true)
    .orderBy('id')
    .execute();
  const known = units.map((unit) => unit.id);
  const strange = unitIds.find((id) => !known.includes(id));
  if (strange === undefined) return unitIds;
  throw refuseField(field, `no unit "${strange}"; known: ${known.join(', ') || 'none'}`);
}

/**
 * Refuses a step by which somebody gives or leaves a case to a unit that is at work no more, naming it and what to do instead: 409. Steps
 * that only let a case go on (its suspension is over, its check has failed, it is split off) are no such choice and are not refused: from
 * there the dispatcher reassigns it.
 */
export async function requireAtWork(
  db: DatabaseTransaction,
  before: Row<'case_file'>,
  instead: string,
): Promise<void> {
  const unit = await db
    .selectFrom('unit')
    .select(['id', 'name'])
    .where('id', '=', before.unit_id)
    .where('is_active', '=', false)
    .executeTakeFirst();
  if (unit !== undefined)
    throw refuse(before, `its unit ${unit.id} (${unit.name}) is at work no more; ${instead}`);
}
