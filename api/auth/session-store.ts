import { createHash, randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { isKeeperRole, type Role, toLocalTime } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import { prepared } from '../database/prepared.ts';
import type { Database } from '../database/tables.ts';
import { listOffDuty, listOnDuty, type OnDuty } from '../roster/on-duty.ts';
import { toReach } from './reach.ts';
import type { User } from './user.ts';

/** How stale `used_at` may be: not every request writes. */
const touchMs = 60_000;
const maxAgentChars = 200;

/** What somebody must do before anything else. */
export type Duty = 'password' | 'second_factor';

export interface Session {
  readonly tokenHash: string;
  readonly user: User;
  readonly duty: Duty | null;
  /** Who is on duty now; nobody where the roster is not enforced. */
  readonly onDuty: readonly OnDuty[];
}

type SessionContext = Pick<ConsoleContext, 'auth' | 'roster' | 'timeZone' | 'nowMs'>;

/** Opens a session; the token goes to the browser, only its hash is kept. */
export async function openSession(
  db: Database,
  { auth, nowMs }: SessionContext,
  opened: {
    readonly accountId: string;
    readonly ip: string;
    readonly agent: string | undefined;
    readonly isByProvider: boolean;
  },
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const now = new Date(nowMs());
  await db
    .deleteFrom('session')
    .where('created_at', '<=', new Date(nowMs() - auth.longestMs))
    .execute();
  await db
    .insertInto('session')
    .values({
      token_hash: hashToken(token),
      account_id: opened.accountId,
      created_at: now,
      used_at: now,
      ip: opened.ip,
      agent: opened.agent?.slice(0, maxAgentChars) ?? null,
      is_by_provider: opened.isByProvider,
    })
    .execute();
  await db.updateTable('account').set({ last_login_at: now }).where('id', '=', opened.accountId).execute();
  return token;
}

export async function endSession(db: Database, token: string): Promise<void> {
  await db.deleteFrom('session').where('token_hash', '=', hashToken(token)).execute();
}

/** Ends the sessions of an account; all but the one with this hash, where one is given. Resolves to how many. */
export async function endSessions(
  db: Database,
  accountId: string,
  exceptHash: string | null,
): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('session')
    .where('account_id', '=', accountId)
    .where('token_hash', '!=', exceptHash ?? '')
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** The session behind a token, or `null` when there is none, it has run out or its account is locked. Marks it as used. */
export async function findSession(
  db: Database,
  context: SessionContext,
  token: string,
): Promise<Session | null> {
  return (await findSessions(db, context, [token])).get(token) ?? null;
}

/** The same for many tokens, by token. */
export async function findSessions(
  db: Database,
  context: SessionContext,
  tokens: readonly string[],
): Promise<Map<string, Session>> {
  const { auth, timeZone } = context;
  const nowMs = context.nowMs();
  const tokensByHash = new Map(tokens.map((token) => [hashToken(token), token]));
  const rows = await selectSessions(db, toLocalTime(nowMs, timeZone).date)
    .where(sql<boolean>`session.token_hash = any(${[...tokensByHash.keys()]}::text[])`)
    .where('account.is_locked', '=', false)
    .where('session.used_at', '>', new Date(nowMs - auth.idleMs))
    .where('session.created_at', '>', new Date(nowMs - auth.longestMs))
    .execute();
  const stale = rows.filter((row) => row.used_at.getTime() <= nowMs - touchMs).map((row) => row.token_hash);
  if (stale.length > 0)
    await db
      .updateTable('session')
      .set({ used_at: new Date(nowMs) })
      .where('token_hash', 'in', stale)
      .execute();
  const onDuty = await listEnforced(db, context);
  const sessions = new Map<string, Session>();
  for (const row of rows) {
    const token = tokensByHash.get(row.token_hash);
    if (token !== undefined) sessions.set(token, toSession(row, auth.secondFactorPosts, onDuty));
  }
  return sessions;
}

function selectSessions(db: Database, today: string) {
  return db
    .selectFrom('session')
    .modifyFront(prepared)
    .innerJoin('account', 'account.id', 'session.account_id')
    .leftJoin('unit', 'unit.id', 'account.unit_id')
    .select(['account.id', 'account.username', 'account.display_name', 'account.roles', 'session.used_at'])
    .select(['account.limit_unit_ids', 'account.limit_grid_ids', 'account.must_change_password'])
    .select(['account.totp_confirmed_at', 'session.is_by_provider', 'session.token_hash'])
    .select(['unit.id as unit_id', 'unit.name as unit_name'])
    .select(collectorGrids(today).as('collector_grids'));
}

type SessionRow = Awaited<ReturnType<ReturnType<typeof selectSessions>['execute']>>[number];

/** Nobody is asked for where the roster does not decide who may act. */
async function listEnforced(db: Database, { roster, timeZone, nowMs }: SessionContext): Promise<OnDuty[]> {
  return roster.enforced ? listOnDuty(db, timeZone, nowMs()) : [];
}

function toSession(row: SessionRow, secondFactorPosts: readonly Role[], onDuty: readonly OnDuty[]): Session {
  const unit =
    row.unit_id === null || row.unit_name === null ? null : { id: row.unit_id, name: row.unit_name };
  const { id, username, display_name: displayName, roles } = row;
  const reach = toReach(roles, row.unit_id, row.collector_grids, {
    limitUnitIds: row.limit_unit_ids,
    limitGridIds: row.limit_grid_ids,
  });
  const offDuty = listOffDuty({ username, roles, unitId: row.unit_id }, onDuty);
  const hasFactor = row.totp_confirmed_at !== null || row.is_by_provider;
  const needsFactor = roles.some((role) => secondFactorPosts.includes(role));
  const duty = row.must_change_password ? 'password' : needsFactor && !hasFactor ? 'second_factor' : null;
  return {
    tokenHash: row.token_hash,
    user: { id, username, displayName, kind: 'person', roles, unit, offDuty, reach },
    duty,
    onDuty,
  };
}

/** Grids of a collector on a day; `null` where no collector of the city has any, and for other posts. */
function collectorGrids(today: string) {
  return sql<string[] | null>`
    case when 'collector' = any(account.roles) and exists (select 1 from grid_collector) then array(
      select grid_id from grid_collector join person on person.id = grid_collector.person_id
      where person.username = account.username and person.is_active
        and from_date <= ${today} and (to_date is null or to_date >= ${today})
    ) end`;
}

/** Of these sessions, by their hashes, those that still hold, and who they are by now. Does not mark them as used. */
export async function listLiveUsers(
  context: SessionContext & Pick<ConsoleContext, 'db'>,
  tokenHashes: readonly string[],
): Promise<Map<string, User>> {
  if (tokenHashes.length === 0) return new Map();
  const { db, auth, timeZone, nowMs } = context;
  const rows = await selectSessions(db, toLocalTime(nowMs(), timeZone).date)
    .where(sql<boolean>`session.token_hash = any(${[...tokenHashes]})`)
    .where('account.is_locked', '=', false)
    .where('session.used_at', '>', new Date(nowMs() - auth.idleMs))
    .where('session.created_at', '>', new Date(nowMs() - auth.longestMs))
    .execute();
  const onDuty = await listEnforced(db, context);
  return new Map(rows.map((row) => [row.token_hash, toSession(row, auth.secondFactorPosts, onDuty).user]));
}

/** Nobody keeps the system and works in it too, nor keeps it in two ways; `null` where the posts go together. */
export function findPostConflict(roles: readonly Role[]): string | null {
  const keeper = roles.find(isKeeperRole);
  return keeper === undefined || roles.length === 1 ? null : `${keeper} goes with no other post`;
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
