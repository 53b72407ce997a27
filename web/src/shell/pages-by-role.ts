import type { Role } from '../../../domain/mod.ts';
import type { User } from '../api/types.ts';

export type PageName = 'review' | 'cases' | 'task' | 'accounts' | 'keys' | 'audit';

const queueRoles: readonly Role[] = ['reviewer', 'shift_leader', 'commander', 'legal_reviewer'];
const taskRoles: readonly Role[] = ['officer'];
/** They keep the system and see no case. */
const keeperRoles: readonly Role[] = ['administrator', 'security_administrator', 'auditor'];

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
  if (user.roles.some((role) => ![...taskRoles, ...keeperRoles, 'reviewer'].includes(role)))
    pages.push('cases');
  if (user.roles.some((role) => taskRoles.includes(role))) pages.push('task');
  if (user.roles.some((role) => keeperRoles.includes(role))) pages.push('accounts', 'keys');
  if (user.roles.includes('auditor')) pages.push('audit');
  return pages.length > 0 ? pages : ['cases'];
}
