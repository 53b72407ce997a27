import type { Role } from '../../../domain/mod.ts';
import type { User } from '../api/types.ts';

export type PageName = 'review' | 'cases' | 'task';

const reviewRoles: readonly Role[] = ['reviewer', 'shift_leader', 'commander'];
const taskRoles: readonly Role[] = ['officer'];

/** Whether this user may decide candidates; the server decides, this only keeps buttons honest. */
export function mayReview(user: User): boolean {
  return user.roles.some((role) => reviewRoles.includes(role));
}

/** The pages that are of use to a user, the first being where the login leads. */
export function listPages(user: User): PageName[] {
  const pages: PageName[] = [];
  if (mayReview(user)) pages.push('review');
  if (user.roles.some((role) => !taskRoles.includes(role) && role !== 'reviewer')) pages.push('cases');
  if (user.roles.some((role) => taskRoles.includes(role))) pages.push('task');
  return pages.length > 0 ? pages : ['cases'];
}
