import { sql } from 'kysely';
import { toZonedIso, XunjieError } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database, DatabaseTransaction, Row } from '../database/tables.ts';
import { publishLive } from '../live/live-event.ts';
import { requireNotKept } from './blind-sight.ts';
import { noCandidate } from './no-candidate.ts';
import { requireReviewer } from './require-reviewer.ts';
import { readSeenCandidate, type SeenCandidate } from './seen-candidate.ts';

const maxAttempts = 3;

/** Takes or renews the right to decide on a candidate, for as long as the settings say. */
export async function takeLease(
  context: ConsoleContext,
  id: string,
  user: User,
): Promise<{ lease: { by: string; mine: true; until: string }; version: number }> {
  const { timeZone } = context;
  const untilMs = context.nowMs() + context.review.leaseMs;
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const version = await claim(context, id, user, untilMs);
    if (version !== null)
      return { lease: { by: user.username, mine: true, until: toZonedIso(untilMs, timeZone) }, version };
    const row = await readSeenCandidate(context.db, id);
    requireReviewer(row, user);
    await requireUndecided(context, context.db, row, user);
    requireNoOtherHolder(context, row, user);
    // Nothing speaks against it: it has become free between the two looks.
  }
  throw new XunjieError('conflict', `candidate ${id} changes too fast; try again`);
}

/**
 * One statement: whoever comes first has it, by the server's clock, and everybody else gets `null`. A renewal leaves the version and
 * what was shown as they are; under a new lease nothing has been shown.
 */
async function claim(
  context: ConsoleContext,
  id: string,
  user: User,
  untilMs: number,
): Promise<number | null> {
  const now = new Date(context.nowMs());
  const { rows } = await sql<{ version: number; renewed: boolean }>`
    with seen as (
      select id, state = 'in_review' and lease_account_id = ${user.id} and lease_until > ${now} as renewed
      from candidate
      where id = ${id}
        and (state = 'pending_review'
          or (state = 'in_review' and (lease_account_id = ${user.id} or lease_until <= ${now})))
        and first_reviewer_id is distinct from ${user.id}::uuid
        and (stage = 2 or ${user.roles.includes('reviewer')})
      for update),
    claimed as (
      update candidate set
        state = 'in_review', lease_account_id = ${user.id}, lease_until = ${new Date(untilMs)},
        lease_at = case when renewed then lease_at else ${now} end,
        version = version + case when renewed then 0 else 1 end,
        lease_shown = case when renewed then lease_shown else '{}' end
      from seen where candidate.id = seen.id
      returning version, renewed)
    select version, renewed from claimed`.execute(context.db);
  const [claimed] = rows;
  if (claimed === undefined) return null;
  if (!claimed.renewed) context.live.announce({ event: 'candidate', data: { id, state: 'in_review' } });
  return claimed.version;
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
  user: User,
): Promise<void> {
  if (row.state === 'pending_review' || row.state === 'in_review') return;
  await requireNotKept(db, row.id, user);
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
export function requireNoOtherHolder(
  context: ConsoleContext,
  row: Pick<SeenCandidate, 'lease_account_id' | 'lease_until' | 'holder'>,
  user: User,
): void {
  const { lease_account_id: holderId, lease_until: until, holder } = row;
  if (holderId === null || until === null || holderId === user.id || until.getTime() <= context.nowMs())
    return;
  const by = holder ?? 'someone else';
  throw new XunjieError('lease_lost', `held by ${by} until ${toClockTime(context, until)}`, {
    details: { by, until: toZonedIso(until.getTime(), context.timeZone) },
  });
}

/** Refuses without a lease of one's own that still runs. */
export function requireOwnLease(context: ConsoleContext, row: SeenCandidate, user: User): void {
  requireNoOtherHolder(context, row, user);
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
