import {
  type CaseClass,
  type CaseLevel,
  type ClassScheme,
  type Offence,
  XunjieError,
} from '../../domain/mod.ts';
import type { Database, Row } from '../database/tables.ts';
import type { StandardView } from './schema.ts';

export interface StandardFilter {
  readonly offence: Offence | null;
  readonly scheme: ClassScheme | null;
  readonly code: string | null;
}

export async function listStandards(db: Database, filter: StandardFilter): Promise<StandardView[]> {
  let query = db.selectFrom('standard').selectAll().orderBy('class_code').orderBy('level').orderBy('id');
  if (filter.offence !== null) query = query.where('offence', '=', filter.offence);
  if (filter.scheme !== null) query = query.where('class_scheme', '=', filter.scheme);
  if (filter.code !== null) query = query.where('class_code', '=', filter.code);
  return (await query.execute()).map(toStandardView);
}

function toStandardView(row: Row<'standard'>): StandardView {
  return {
    id: row.id,
    offence: row.offence,
    class: { scheme: row.class_scheme, code: row.class_code },
    condition: row.condition,
    limit: { value: row.limit_value, unit: row.limit_unit },
    closeCondition: row.close_condition,
    level: row.level,
  };
}

/** The standard that a case is filed under: the one named, else the default of its class and level. */
export async function chooseStandard(
  db: Database,
  filed: { readonly class: CaseClass; readonly level: CaseLevel },
  named: string | undefined,
): Promise<Row<'standard'>> {
  const ofClass = await db
    .selectFrom('standard')
    .selectAll()
    .where('class_scheme', '=', filed.class.scheme)
    .where('class_code', '=', filed.class.code)
    .orderBy('id')
    .execute();
  const standard =
    named === undefined
      ? ofClass.find((row) => row.is_default && row.level === filed.level)
      : ofClass.find((row) => row.id === named);
  if (standard !== undefined) return standard;
  const known = ofClass.map((row) => row.id).join(', ') || 'none';
  const name = ofClass[0]?.offence ?? `class ${filed.class.code} (${filed.class.scheme})`;
  const what =
    named === undefined
      ? `no default standard for ${name} at level ${filed.level}`
      : `no standard "${named}" for ${name}`;
  throw new XunjieError('bad_request', `body.standard: ${what}; known: ${known}`, {
    details: { field: 'body.standard' },
  });
}
