import { toZonedIso, XunjieError } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database, DatabaseTransaction, Row } from '../database/tables.ts';
import { publishLive } from '../live/live-event.ts';
import { noCandidate } from './find-candidate.ts';
import { requireReviewer } from './require-reviewer.ts';

export const leaseMs = 3 * 60_000;

/** Takes or renews the right to decide on a candidate, for three minutes. */
export async function takeLease(
  context: ConsoleContext,
  id: string,
  user: User,
): Promise<{ lease: { by: string; mine: true; until: string }; version: number }> {
  const { timeZone } = context;
  const untilMs = context.nowMs() + leaseMs;
  const version = await context.db.transaction().execute(async (db) => {
    const row = await lockCandidateRow(db, id);
    requireReviewer(row, user);
    await requireUndecided(context, db, row);
    await requireNoOtherHolder(context, db, row, user);
    const isRenewal = hasLiveLease(context, row, user);
    const next = isRenewal ? row.version : row.version + 1;
    await db
      .updateTable('candidate')
      .set({
        state: 'in_review',
        lease_account_id: user.id,
        lease_until: new Date(untilMs),
        version: next,
        // What was shown under an earlier lease does not count.
        ...(isRenewal ? {} : { lease_shown: [] }),
      })
      .where('id', '=', id)
      .execute();
    if (!isRenewal) await publishLive(db, { event: 'candidate', data: { id, state: 'in_review' } });
    return next;
  });
  return { lease: { by: user.username, mine: true, until: toZonedIso(untilMs, timeZone) }, version };
}

/** Gives the right back; nothing happens when it is not held. */
export async function releaseLease(context: ConsoleContext, id: string, user: User): Promise<void> {
  await context.db.transaction().execute(async (db) => {
    const row = await lockCandidateRow(db, id);
    if (row.lease_account_id !== user.id) return;
    await db
      .updateTable('candidate')
      .set({ state: 'pending_review', lease_account_id: null, lease_until: null, version: row.version + 1 })
      .where('id', '=', id)
      .execute();
    await publishLive(db, { event: 'candidate', data: { id, state: 'pending_review' } });
  });
}

/** Looked for at most this often by one console: nothing can lapse sooner that anybody would notice. */
const lapsePeriodMs = 250;
const lastLooks = new WeakMap<ConsoleContext, number>();

/** Candidates whose lease has run out are open again; whoever looks next notices it. */
export async function releaseLapsedLeases(context: ConsoleContext): Promise<void> {
  const sinceMs = context.nowMs() - (lastLooks.get(context) ?? Number.NEGATIVE_INFINITY);
  if (sinceMs >= 0 && sinceMs < lapsePeriodMs) return;
  lastLooks.set(context, context.nowMs());
  const lapsed = await context.db
    .updateTable('candidate')
    .set((set) => ({
      state: 'pending_review',
      lease_account_id: null,
      lease_until: null,
      version: set('version', '+', 1),
    }))
    .where('state', '=', 'in_review')
    .where('lease_until', '<=', new Date(context.nowMs()))
    .returning('id')
    .execute();
  for (const { id } of lapsed)
    await publishLive(context.db, { event: 'candidate', data: { id, state: 'pending_review' } });
}

export async function lockCandidateRow(db: DatabaseTransaction, id: string): Promise<Row<'candidate'>> {
  const row = await db
    .selectFrom('candidate')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) throw noCandidate(id);
  return row;
}

/** Refuses a candidate that is decided, or not yet in the queue. */
export async function requireUndecided(
  context: ConsoleContext,
  db: Database,
  row: Row<'candidate'>,
): Promise<void> {
  if (row.state === 'pending_review' || row.state === 'in_review') return;
  if (row.state === 'raised')
    throw new XunjieError('conflict', `candidate ${row.id} is not in the queue: its evidence is not sealed`);
  if (row.state === 'suppressed')
    throw new XunjieError(
      'conflict',
      `candidate ${row.id} is not in the queue: the rules hold it (${row.suppressed_reason ?? 'no reason given'})`,
    );
  const review = await db
    .selectFrom('review')
    .selectAll()
    .where('candidate_id', '=', row.id)
    .where('undone_at', 'is', null)
    .orderBy('at', 'desc')
    .executeTakeFirst();
  const by = review === undefined ? '' : ` by ${review.reviewer} at ${toClockTime(context, review.at)}`;
  throw new XunjieError('conflict', `candidate ${row.id} is already ${row.state}${by}`, {
    details: { state: row.state, version: row.version },
  });
}

/** Refuses with who holds it and until when. */
export async function requireNoOtherHolder(
  context: ConsoleContext,
  db: Database,
  row: Row<'candidate'>,
  user: User,
): Promise<void> {
  const { lease_account_id: holderId, lease_until: until } = row;
  if (holderId === null || until === null || holderId === user.id || until.getTime() <= context.nowMs())
    return;
  const holder = await db
    .selectFrom('account')
    .select('username')
    .where('id', '=', holderId)
    .executeTakeFirst();
  const by = holder?.username ?? 'someone else';
  throw new XunjieError('lease_lost', `held by ${by} until ${toClockTime(context, until)}`, {
    details: { by, until: toZonedIso(until.getTime(), context.timeZone) },
  });
}

/** Refuses without a lease of one's own that still runs. */
export async function requireOwnLease(
  context: ConsoleContext,
  db: Database,
  row: Row<'candidate'>,
  user: User,
): Promise<void> {
  await requireNoOtherHolder(context, db, row, user);
  if (hasLiveLease(context, row, user)) return;
  throw new XunjieError('lease_lost', `you do not hold candidate ${row.id}; open it again`);
}

function hasLiveLease(context: ConsoleContext, row: Row<'candidate'>, user: User): boolean {
  const isLive = row.lease_until !== null && row.lease_until.getTime() > context.nowMs();
  return row.state === 'in_review' && row.lease_account_id === user.id && isLive;
}

function toClockTime(context: ConsoleContext, at: Date): string {
  return toZonedIso(at.getTime(), context.timeZone).slice(11, 19);
}
