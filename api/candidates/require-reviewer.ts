import { XunjieError } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import type { Row } from '../database/tables.ts';
import { isHiddenFrom } from './is-hidden-from.ts';
import { noCandidate } from './no-candidate.ts';

/**
 * Refuses who may not decide on this candidate although the post allows it: the first reviewer as the second, and a legal
 * reviewer anywhere but in the second place.
 */
export function requireReviewer(
  row: Pick<Row<'candidate'>, 'id' | 'stage' | 'blind_of' | 'first_reviewer_id'>,
  user: User,
): void {
  if (isHiddenFrom(row, user)) throw noCandidate(row.id);
  if (row.first_reviewer_id === user.id)
    throw new XunjieError(
      'same_reviewer',
      `${user.username} was the first to confirm candidate ${row.id}; a penalty needs a second person`,
    );
  if (row.stage === 1 && !user.roles.includes('reviewer'))
    throw new XunjieError(
      'forbidden',
      `${user.username} may not decide first; a legal reviewer is the second on the penalty track`,
      { details: { posts: ['reviewer'] } },
    );
}
