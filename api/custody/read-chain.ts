import { hashCustody } from '../../platform/mod.ts';
import type { Database, Row } from '../database/tables.ts';
import { toCustodyRecord } from './custody-record.ts';

const pageRows = 1000;

/** Entries from `fromSeq` to `toSeq` (both included) in order, page by page. */
export async function* readChain(
  db: Database,
  fromSeq: number,
  toSeq: number,
): AsyncGenerator<Row<'custody_entry'>> {
  for (let next = fromSeq; next <= toSeq; ) {
    const rows = await db
      .selectFrom('custody_entry')
      .selectAll()
      .where('seq', '>=', next)
      .where('seq', '<=', toSeq)
      .orderBy('seq')
      .limit(pageRows)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    yield* rows;
    next = last.seq + 1;
  }
}

/** What is wrong with an entry that should follow the one before, or `null`. */
export function findEntryProblem(
  row: Row<'custody_entry'>,
  before: { readonly seq: number; readonly hash: string | null },
): string | null {
  if (row.seq !== before.seq + 1) return `custody entry ${before.seq + 1} is missing`;
  if (row.prev_hash !== before.hash)
    return `custody entry ${row.seq} does not follow from entry ${before.seq}`;
  if (hashCustody(toCustodyRecord(row)) !== row.hash) return `custody entry ${row.seq} was changed`;
  return null;
}
