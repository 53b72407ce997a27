import type { Role } from '../../../domain/mod.ts';
import type { User } from '../api/types.ts';

export type PageName = 'review' | 'cases' | 'task';

const queueRoles: readonly Role[] = ['reviewer', 'shift_leader', 'commander', 'legal_reviewer'];
const taskRoles: readonly Role[] = ['officer'];

/**
 * Whether this user may decide candidates: first, or as the second person for a penalty. The server refuses anyway; this keeps leases
 * and buttons honest.
 */
export function mayReview(user: User, stage: 1 | 2): boolean {
  return user.roles.includes('reviewer') || (stage === 2 && user.roles.includes('legal_reviewer'));
}

/** The pages that are of use to a user, the first being where the login leads. */
export function listPages(user: User): PageName[] {
  const pages: PageName[] = [];
  if (user.roles.some((role) => queueRoles.includes(role))) pages.push('review');
  if (user.roles.some((role) => !taskRoles.includes(role) && role !== 'reviewer')) pages.push('cases');
  if (user.roles.some((role) => taskRoles.includes(role))) pages.push('task');
  return pages.length > 0 ? pages : ['cases'];
}
