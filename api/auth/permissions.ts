import {
  type CaseAction,
  caseActions,
  type EnforcementAction,
  enforcementActions,
  enforcementTransitions,
  isKeeperRole,
  type Role,
  roles,
  transitions,
} from '../../domain/mod.ts';

/** Posts that see cases, their evidence and photos. Engineers work on masked samples, those who keep the system on accounts and logs. */
const caseReaders: readonly Role[] = roles.filter((role) => role !== 'engineer' && !isKeeperRole(role));

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
  'indicators.read': [...caseReaders, 'auditor'],
  // Whoever sees everybody's figures in the command centre.
  'wall.read': ['shift_leader', 'commander', 'clerk'],
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
  'integrations.read': ['shift_leader', 'commander', 'clerk'],
  'integrations.edit': ['commander'],
  // Who judges and who answers for it; officers have it in their own system.
  'enforcement.read': ['shift_leader', 'commander', 'legal_reviewer', 'intake_officer'],
  // Who answers the public must be able to ask back.
  'contacts.read': ['intake_officer', 'shift_leader', 'commander'],
  'photos.add': roles.filter((role) =>
    transitions.some((transition) => transition.needs.includes('photo') && transition.by.includes(role)),
  ),
  // Who comes in, and with which posts.
  'accounts.read': ['administrator', 'security_administrator', 'auditor'],
  'accounts.manage': ['administrator'],
  // Of those who keep the system the one, of all others the other: the slice says which.
  'accounts.reset': ['administrator', 'security_administrator'],
  // To stop somebody at once, either of the two is enough.
  'accounts.stop': ['administrator', 'security_administrator'],
  // Who is one of the three, only the security administrator says.
  'accounts.appoint': ['security_administrator'],
  'keys.read': ['administrator', 'security_administrator', 'auditor'],
  'keys.make': ['administrator'],
  'keys.revoke': ['administrator', 'security_administrator'],
  'audit.read': ['auditor'],
} satisfies Record<string, readonly Role[]>;

/**
 * `public`: anybody; `self`: somebody logged in, on their own account; `session`: anybody who is known, also another system whose key
 * has the scope `directory.read`.
 */
export type Permission =
  | 'public'
  | 'self'
  | 'session'
  | keyof typeof postsByPermission
  | `cases.${CaseAction}`
  | `enforcement.${EnforcementAction}`;

/**
 * What a key may be for. None of it is a decision: a candidate is confirmed, a case moved on, evidence held or seen whole by a person
 * with a name, never by a machine.
 */
export const machineScopes = [
  'directory.read',
  'cases.read',
  'reports.add',
  'photos.add',
  'indicators.read',
  'tuning_set.read',
] as const;
export type MachineScope = (typeof machineScopes)[number];

/** The scope that a key needs for a permission; `null`: it is for people alone. */
export function toMachineScope(permission: Permission): MachineScope | null {
  if (permission === 'session') return 'directory.read';
  return machineScopes.find((scope) => scope === permission) ?? null;
}

const postsByAction = new Map<string, readonly Role[]>([
  ...caseActions.map((action): [string, readonly Role[]] => [
    `cases.${action}`,
    roles.filter((role) =>
      transitions.some((transition) => transition.action === action && transition.by.includes(role)),
    ),
  ]),
  ...enforcementActions.map((action): [string, readonly Role[]] => [
    `enforcement.${action}`,
    enforcementTransitions[action].by,
  ]),
]);

/** Posts that hold a permission; `session` is anybody who is logged in. */
export function listPosts(permission: Exclude<Permission, 'public'>): readonly Role[] {
  if (permission === 'session' || permission === 'self') return roles;
  return Object.hasOwn(postsByPermission, permission)
    ? postsByPermission[permission as keyof typeof postsByPermission]
    : (postsByAction.get(permission) ?? []);
}

export function isAllowed(permission: Permission, held: readonly Role[]): boolean {
  if (permission === 'public' || permission === 'session' || permission === 'self') return true;
  return listPosts(permission).some((role) => held.includes(role));
}
