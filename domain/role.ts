/** Posts of the command centre and the units. */
export const roles = [
  'reviewer',
  'intake_officer',
  'shift_leader',
  'dispatcher',
  'commander',
  'collector',
  'officer',
  'clerk',
  'legal_reviewer',
  'engineer',
  'auditor',
  'administrator',
  'security_administrator',
] as const;
export type Role = (typeof roles)[number];

/**
 * The three who keep the system itself (GB/T 22239: 系统管理员, 安全管理员, 审计管理员). Nobody is two of them, none of them has
 * another post, and none sees a case or its evidence.
 */
export const keeperRoles = [
  'administrator',
  'security_administrator',
  'auditor',
] as const satisfies readonly Role[];

export function isKeeperRole(role: Role): boolean {
  return (keeperRoles as readonly Role[]).includes(role);
}
