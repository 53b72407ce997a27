import { addLimit } from '../../domain/mod.ts';
import { loadCalendar } from '../calendar/load-calendar.ts';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction, Row } from '../database/tables.ts';
import { publishLive } from '../live/live-event.ts';

/** What may be set on the way back into the queue. */
type Extra = Pick<
  Partial<{
    stage: 2;
    penalty_track: boolean;
    first_reviewer_id: string;
    second_look: string;
    evidence_request: string;
  }>,
  'stage' | 'penalty_track' | 'first_reviewer_id' | 'second_look' | 'evidence_request'
>;

/** Puts a candidate up for review: its time in the queue begins now. The caller has locked the row and checked the transition. */
export async function enterQueue(
  context: ConsoleContext,
  db: DatabaseTransaction,
  candidate: Pick<Row<'candidate'>, 'id' | 'version'>,
  extra: Extra = {},
): Promise<void> {
  const nowMs = context.nowMs();
  const limitMs =
    extra.stage === 2 ? await toPenaltyLimitMs(context, db, nowMs) : nowMs + context.review.managementLimitMs;
  await db
    .updateTable('candidate')
    .set({
      state: 'pending_review',
      version: candidate.version + 1,
      lease_account_id: null,
      lease_until: null,
      lease_shown: [],
      queued_at: new Date(nowMs),
      limit_at: new Date(limitMs),
      escalated_at: null,
      ...extra,
    })
    .where('id', '=', candidate.id)
    .execute();
  await publishLive(db, { event: 'candidate', data: { id: candidate.id, state: 'pending_review' } });
}

/** When the limit of a second review that begins now runs out. */
export async function toPenaltyLimitMs(
  context: ConsoleContext,
  db: DatabaseTransaction,
  fromMs: number,
): Promise<number> {
  const calendar = await loadCalendar(db, context.timeZone, null);
  return addLimit(fromMs, { value: context.review.penaltyLimitWorkDays, unit: 'work_day' }, calendar);
}
