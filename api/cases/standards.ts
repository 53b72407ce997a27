import { type CaseLevel, type Offence, XunjieError } from '../../domain/mod.ts';
import type { Database, Row } from '../database/tables.ts';
import type { StandardView } from './schema.ts';

export async function listStandards(db: Database, offence: Offence | null): Promise<StandardView[]> {
  let query = db.selectFrom('standard').selectAll().orderBy('offence').orderBy('level').orderBy('id');
  if (offence !== null) query = query.where('offence', '=', offence);
  return (await query.execute()).map((row) => ({
    id: row.id,
    offence: row.offence,
    condition: row.condition,
    limit: { value: row.limit_value, unit: row.limit_unit },
    closeCondition: row.close_condition,
    level: row.level,
  }));
}

/** The standard that a case is filed under: the one named, else the default of its offence and level. */
export async function chooseStandard(
  db: Database,
  filed: { readonly offence: Offence; readonly level: CaseLevel },
  named: string | undefined,
): Promise<Row<'standard'>> {
  const ofOffence = await db
    .selectFrom('standard')
    .selectAll()
    .where('offence', '=', filed.offence)
    .orderBy('id')
    .execute();
  const standard =
    named === undefined
      ? ofOffence.find((row) => row.is_default && row.level === filed.level)
      : ofOffence.find((row) => row.id === named);
  if (standard !== undefined) return standard;
  const known = ofOffence.map((row) => row.id).join(', ') || 'none';
  const what =
    named === undefined
      ? `no default standard for ${filed.offence} at level ${filed.level}`
      : `no standard "${named}" for ${filed.offence}`;
  throw new XunjieError('bad_request', `body.standard: ${what}; known: ${known}`, {
    details: { field: 'body.standard' },
  });
}
