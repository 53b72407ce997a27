import { sql } from 'kysely';
import type { Database, DatabaseTransaction, Row } from '../database/tables.ts';
import { noCandidate } from './no-candidate.ts';

/** A candidate as somebody is about to act on it, with what the checks before need, in one question. */
export type SeenCandidate = Row<'candidate'> & {
  readonly manifest_hash: string | null;
  readonly items: Row<'evidence'>['items'];
  /** User name of who holds it. */
  readonly holder: string | null;
};

/** Reads it as it is; whoever writes then must say which version they saw. */
export async function readSeenCandidate(db: Database, id: string): Promise<SeenCandidate> {
  const row = await selectSeen(db, id).executeTakeFirst();
  if (row === undefined) throw noCandidate(id);
  return row;
}

/** Reads it and holds its row until the transaction ends. */
export async function lockSeenCandidate(db: DatabaseTransaction, id: string): Promise<SeenCandidate> {
  const row = await selectSeen(db, id).forUpdate('candidate').executeTakeFirst();
  if (row === undefined) throw noCandidate(id);
  return row;
}

function selectSeen(db: Database, id: string) {
  return db
    .selectFrom('candidate')
    .leftJoin('evidence', (join) =>
      join.on(sql<boolean>`evidence.candidate_id = coalesce(candidate.blind_of, candidate.id)`),
    )
    .leftJoin('account', 'account.id', 'candidate.lease_account_id')
    .selectAll('candidate')
    .select(['evidence.manifest_hash', 'evidence.items', 'account.username as holder'])
    .where('candidate.id', '=', id);
}
