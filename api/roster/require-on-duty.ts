import { type Role, XunjieError } from '../../domain/mod.ts';
import { listPosts, type Permission } from '../auth/permissions.ts';
import type { User } from '../auth/user.ts';
import { listEntered, type OnDuty } from './on-duty.ts';

/** What somebody does in a post, beside the steps of cases and of enforcement. Looking and keeping registries go by post alone. */
const acts: readonly Permission[] = [
  'candidates.decide',
  'candidates.appeal',
  'candidates.answer_evidence',
  'plates.enter',
  'reports.add',
];

/** Whether a request acts in a post, so that the roster has a say. */
export function isAct(permission: Permission, method: string): boolean {
  if (['GET', 'HEAD'].includes(method)) return false;
  return acts.includes(permission) || /^(?:cases|enforcement)\.(?!read$)/.test(permission);
}

/**
 * The user as they may act now: with the posts that nobody else is on duty for. Refuses who holds the permission by no other post, and
 * says who is on duty.
 */
export function requireOnDuty(
  permission: Exclude<Permission, 'public'>,
  user: User,
  onDuty: readonly OnDuty[],
): User {
  if (user.offDuty.length === 0) return user;
  const posts = listPosts(permission);
  const held = user.roles.filter((role) => posts.includes(role));
  if (held.some((role) => !user.offDuty.includes(role)))
    return { ...user, roles: user.roles.filter((role) => !user.offDuty.includes(role)) };
  const entered = held.flatMap((role) => listEntered(role, user.unit?.id ?? null, onDuty));
  throw new XunjieError(
    'off_duty',
    `${user.username} is not on duty as ${held.join(', ')}: on duty now ${entered.map(describe).join(', ')}`,
    { details: { posts: held, onDuty: entered.map(({ post, number, until }) => ({ post, number, until })) } },
  );
}

function describe({ post, number, until }: OnDuty): string {
  return `${toPostName(post)} ${String(number).padStart(2, '0')} (until ${until})`;
}

function toPostName(post: Role): string {
  return post.replaceAll('_', ' ');
}
