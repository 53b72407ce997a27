import { type CaseAction, caseActions, type Role, roles, transitions } from '../../domain/mod.ts';

/** Posts that see cases, their evidence and photos. Engineers work on masked samples, auditors on the log alone. */
const caseReaders: readonly Role[] = roles.filter((role) => role !== 'engineer' && role !== 'auditor');

const postsByPermission = {
  'candidates.read': ['reviewer', 'shift_leader', 'commander', 'legal_reviewer'],
  // Confirming makes a case, and only a reviewer may; a shift leader's override is an appeal after it, not a first decision.
  // A legal reviewer decides in the second place on the penalty track only; that depends on the candidate and is checked there.
  'candidates.decide': ['reviewer', 'legal_reviewer'],
  'candidates.answer_evidence': ['reviewer', 'shift_leader', 'collector'],
  'candidates.appeal': ['shift_leader', 'commander'],
  'reviews.compare': ['shift_leader', 'commander', 'auditor'],
  // Masked pictures, for whoever trains models.
  'tuning_set.read': ['engineer'],
  'cases.read': caseReaders,
  'reports.add': ['collector', 'intake_officer', 'shift_leader', 'commander'],
  'registries.edit': ['commander', 'clerk'],
  'registries.law': ['commander', 'legal_reviewer'],
  'registries.cameras': ['commander', 'engineer'],
  // Everybody but the engineer; who sees only their own, the slice says.
  'indicators.read': roles.filter((role) => role !== 'engineer'),
  // The engineer knows where a camera is meant to look.
  'cameras.accept_view': ['engineer'],
  // Law and technique each vouch for their own items.
  'cameras.attest_law': ['legal_reviewer'],
  'cameras.attest_technique': ['engineer'],
  'evidence.read': caseReaders,
  'plates.enter': ['reviewer'],
  'plates.read': caseReaders,
  'evidence.verify': ['shift_leader', 'commander', 'legal_reviewer', 'auditor'],
  // A hold keeps what the law may still need against the retention policy.
  'evidence.hold': ['commander', 'legal_reviewer'],
  'custody.read': ['legal_reviewer', 'auditor'],
  'custody.export': ['auditor'],
  'photos.add': roles.filter((role) =>
    transitions.some((transition) => transition.needs.includes('photo') && transition.by.includes(role)),
  ),
} satisfies Record<string, readonly Role[]>;

export type Permission = 'public' | 'session' | keyof typeof postsByPermission | `cases.${CaseAction}`;

const postsByAction = new Map(
  caseActions.map((action) => [
    `cases.${action}`,
    roles.filter((role) =>
      transitions.some((transition) => transition.action === action && transition.by.includes(role)),
    ),
  ]),
);

/** Posts that hold a permission; `session` is anybody who is logged in. */
export function listPosts(permission: Exclude<Permission, 'public'>): readonly Role[] {
  if (permission === 'session') return roles;
  return Object.hasOwn(postsByPermission, permission)
    ? postsByPermission[permission as keyof typeof postsByPermission]
    : (postsByAction.get(permission) ?? []);
}

export function isAllowed(permission: Permission, held: readonly Role[]): boolean {
  if (permission === 'public' || permission === 'session') return true;
  return listPosts(permission).some((role) => held.includes(role));
}

/** Someone who is an officer and nothing else sees the cases of the own unit only. */
export function isConfinedToUnit(held: readonly Role[]): boolean {
  return held.every((role) => role === 'officer');
}
