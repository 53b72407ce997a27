import { XunjieError } from '../../../domain/mod.ts';
import type { Database } from '../../database/tables.ts';

/** Refuses ids of units that the registry has not. */
export async function requireUnits(
  db: Database,
  field: string,
  ids: readonly string[] | null,
): Promise<void> {
  if (ids === null || ids.length === 0) return;
  const rows = await db.selectFrom('unit').select('id').where('id', 'in', ids).execute();
  requireAll(field, 'unit', ids, rows);
}

/** Refuses ids of grids that the registry has not. */
export async function requireGrids(
  db: Database,
  field: string,
  ids: readonly string[] | null,
): Promise<void> {
  if (ids === null || ids.length === 0) return;
  const rows = await db.selectFrom('grid').select('id').where('id', 'in', ids).execute();
  requireAll(field, 'grid', ids, rows);
}

function requireAll(
  field: string,
  kind: string,
  ids: readonly string[],
  rows: readonly { readonly id: string }[],
): void {
  const known = new Set(rows.map(({ id }) => id));
  const missing = ids.find((id) => !known.has(id));
  if (missing === undefined) return;
  throw new XunjieError('bad_request', `body.${field}: there is no ${kind} ${missing}`, {
    details: { field: `body.${field}` },
  });
}
