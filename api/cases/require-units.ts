import type { DatabaseTransaction } from '../database/tables.ts';
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
