import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database } from '../database/tables.ts';
import { selectCandidates } from './candidate-query.ts';
import { isHiddenFrom } from './is-hidden-from.ts';
import { noCandidate } from './no-candidate.ts';
import type { CandidateDetail } from './schema.ts';
import { toCandidateDetail } from './view.ts';

/** One candidate in full. `db` may be a transaction. */
export async function findCandidate(
  context: ConsoleContext,
  db: Database,
  id: string,
  user: User,
): Promise<CandidateDetail> {
  const row = await selectCandidates(db, user).where('candidate.id', '=', id).executeTakeFirst();
  if (row === undefined || isHiddenFrom(row, user)) throw noCandidate(id);
  return toCandidateDetail(row, user, context.timeZone);
}
