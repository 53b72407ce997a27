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
] as const;
export type Role = (typeof roles)[number];
