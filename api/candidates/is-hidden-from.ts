import type { User } from '../auth/user.ts';
import type { Row } from '../database/tables.ts';

/** A blind repetition does not exist for whoever decided first. */
export function isHiddenFrom(
  row: Pick<Row<'candidate'>, 'blind_of' | 'first_reviewer_id'>,
  user: Pick<User, 'id'>,
): boolean {
  return row.blind_of !== null && row.first_reviewer_id === user.id;
}
