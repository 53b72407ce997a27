import type { Role } from '../../../domain/mod.ts';
import type { User } from '../api/types.ts';

export type PageName =
  | 'review'
  | 'cases'
  | 'task'
  | 'indicators'
  | 'cameras'
  | 'registries'
  | 'wall'
  | 'integrations'
  | 'accounts'
  | 'keys'
  | 'audit';

const desk: readonly Role[] = ['intake_officer', 'shift_leader', 'dispatcher', 'commander'];
const keepers: readonly Role[] = ['administrator', 'security_administrator', 'auditor'];
const pagesByPost: readonly (readonly [PageName, readonly Role[]])[] = [
  ['review', ['reviewer', 'shift_leader', 'commander', 'legal_reviewer']],
  ['cases', [...desk, 'collector', 'clerk', 'legal_reviewer']],
  ['task', ['officer']],
  ['indicators', [...desk, 'reviewer', 'collector', 'officer', 'clerk', 'legal_reviewer', 'auditor']],
  ['cameras', ['engineer', 'legal_reviewer', 'shift_leader', 'commander']],
  ['registries', [...desk, 'clerk', 'legal_reviewer', 'engineer']],
  ['wall', ['shift_leader', 'commander', 'clerk']],
  ['integrations', ['shift_leader', 'commander', 'clerk']],
  // They keep the system and see no case.
  ['accounts', keepers],
  ['keys', keepers],
  ['audit', ['auditor']],
];

/**
 * Whether this user may decide candidates: first, or as the second person for a penalty. The server refuses anyway; this keeps leases
 * and buttons honest.
 */
export function mayReview(user: User, stage: 1 | 2): boolean {
  return user.roles.includes('reviewer') || (stage === 2 && user.roles.includes('legal_reviewer'));
}

/** The pages that are of use to a user, the first being where the login leads. */
export function listPages(user: User): PageName[] {
  const pages = pagesByPost.filter(([, posts]) => user.roles.some((role) => posts.includes(role)));
  return pages.length > 0 ? pages.map(([page]) => page) : ['cases'];
}
