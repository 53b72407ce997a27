import { isKeeperRole, type Role, roles } from '../../domain/mod.ts';
import { hashPassword } from '../auth/password.ts';
import type { ConsoleContext } from '../context.ts';

const squad = 'huling-squad';

const units = [
  { id: squad, name: '湖岭执法中队', kind: 'squad' },
  { id: 'traffic-police', name: '交警大队', kind: 'traffic_police' },
  { id: 'sanitation', name: '环卫公司', kind: 'company' },
];

interface Post {
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly unit: string | null;
}

/** To see everything with one login; of those who keep the system the auditor alone, who changes nothing. */
const allPosts = roles.filter((role) => !isKeeperRole(role) || role === 'auditor');

/** One for each grid of the town: a collector works in the own grid alone. */
const collectors = Array.from({ length: 35 }, (_, index): Post => {
  const number = String(index + 1).padStart(2, '0');
  return {
    username: `collector-${number}`,
    displayName: `采集员 ${number}`,
    roles: ['collector'],
    unit: null,
  };
});

/** Posts and numbers, never people. */
const posts: readonly Post[] = [
  { username: 'reviewer-01', displayName: '审核员 01', roles: ['reviewer'], unit: null },
  { username: 'reviewer-02', displayName: '审核员 02', roles: ['reviewer'], unit: null },
  { username: 'intake-01', displayName: '受理员 01', roles: ['intake_officer'], unit: null },
  { username: 'shift-leader-01', displayName: '值班长 01', roles: ['shift_leader'], unit: null },
  { username: 'dispatcher-01', displayName: '派单员 01', roles: ['dispatcher'], unit: null },
  { username: 'commander-01', displayName: '指挥长 01', roles: ['commander'], unit: null },
  ...collectors,
  { username: 'squad-01', displayName: '湖岭执法中队 01', roles: ['officer'], unit: squad },
  { username: 'demo', displayName: '演示(全部岗位)', roles: allPosts, unit: squad },
  { username: 'administrator-01', displayName: '系统管理员 01', roles: ['administrator'], unit: null },
  { username: 'security-01', displayName: '安全管理员 01', roles: ['security_administrator'], unit: null },
  { username: 'auditor-01', displayName: '审计员 01', roles: ['auditor'], unit: null },
];

/**
 * Makes the demo's units and accounts, all with this password. Again with another password: the new one holds, the old
 * sessions of these accounts end, and their lock-outs with them.
 */
export async function seedDemo(context: ConsoleContext, password: string): Promise<void> {
  const passwordHash = await hashPassword(password);
  const usernames = posts.map((post) => post.username);
  await context.db.transaction().execute(async (db) => {
    await db
      .insertInto('unit')
      .values(units)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    for (const { username, displayName, roles: held, unit } of posts) {
      const values = {
        display_name: displayName,
        password_hash: passwordHash,
        roles: [...held],
        unit_id: unit,
      };
      await db
        .insertInto('account')
        .values({ username, ...values })
        .onConflict((conflict) => conflict.column('username').doUpdateSet(values))
        .execute();
    }
    await db
      .deleteFrom('session')
      .where('account_id', 'in', db.selectFrom('account').select('id').where('username', 'in', usernames))
      .execute();
    await db.deleteFrom('login_attempt').where('username', 'in', usernames).execute();
  });
}
