import type { Role } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';

/** They decide on what the picture shows, whole. */
const alwaysUnmasked: readonly Role[] = ['reviewer', 'shift_leader', 'commander', 'legal_reviewer'];
/** They see a case through, and nothing that is none. */
const unmaskedOnCase: readonly Role[] = ['intake_officer', 'dispatcher'];

/**
 * Whether somebody may see faces and all plates of a package's pictures. Everybody else who may see the package gets its masked copies: a
 * collector, a clerk, a unit that has something to clear away. (Engineers and auditors see no package at all.)
 */
export function maySeeUnmasked({ roles }: Pick<User, 'roles'>, isOnCase: boolean): boolean {
  return roles.some((role) => alwaysUnmasked.includes(role) || (isOnCase && unmaskedOnCase.includes(role)));
}
