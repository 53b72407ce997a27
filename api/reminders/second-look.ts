import { offenceFacts, type SecondLook, toZonedIso } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import { enterQueue } from '../candidates/enter-queue.ts';
import { lockCandidateRow } from '../candidates/lease.ts';
import type { ConsoleContext } from '../context.ts';
import type { SecondLookFacts } from '../database/review-tables.ts';
import type { DatabaseTransaction, Row } from '../database/tables.ts';
import { publishLive } from '../live/live-event.ts';

const maxPerTurn = 100;
/** While the rules have not said yet whether it has left. */
const againMs = 5_000;
/** On top of the gap that a stay survives unseen: what an event takes from the camera to here. */
const eventDelayMs = 60_000;

/** Looks again at every candidate whose grace is over. Returns at how many. */
export async function lookAgainWhenDue(context: ConsoleContext): Promise<number> {
  const due = await context.db
    .selectFrom('reminder')
    .select('id')
    .where('state', '=', 'sent')
    .where('due_at', '<=', new Date(context.nowMs()))
    .orderBy('due_at')
    .limit(maxPerTurn)
    .execute();
  for (const { id } of due) await lookAgain(context, id);
  return due.length;
}

/**
 * The second look, from what the rules have told of the stay since: gone within the grace, it is cleared; still there, it comes
 * back to review with what was found. As long as neither is known it waits, for as long as a stay survives unseen.
 */
export async function lookAgain(context: ConsoleContext, reminderId: string): Promise<void> {
  await context.db.transaction().execute(async (db) => {
    const reminder = await db
      .selectFrom('reminder')
      .selectAll()
      .where('id', '=', reminderId)
      .where('state', 'in', ['sent', 'failed'])
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (reminder === undefined) return;
    const candidate = await lockCandidateRow(db, reminder.candidate_id);
    const look = judge(context, candidate, reminder);
    if (look === null) {
      await db
        .updateTable('reminder')
        .set({ due_at: new Date(context.nowMs() + againMs) })
        .where('id', '=', reminder.id)
        .execute();
      return;
    }
    await db.updateTable('reminder').set({ state: 'done', look }).where('id', '=', reminder.id).execute();
    if (candidate.state !== 'reminded') return;
    await applyLook(context, db, candidate, toFacts(context, candidate, reminder, look));
  });
}

/** `null`: not to be said yet. */
function judge(
  context: ConsoleContext,
  candidate: Row<'candidate'>,
  reminder: Row<'reminder'>,
): SecondLook | null {
  if (reminder.grace_until === null) return 'not_sent';
  const graceUntilMs = reminder.grace_until.getTime();
  const endedMs = candidate.to_at?.getTime() ?? null;
  if (endedMs !== null) return endedMs <= graceUntilMs ? 'left' : 'still_there';
  if (candidate.facts.lastSeenMs >= graceUntilMs) return 'still_there';
  const patienceMs = offenceFacts[candidate.offence].gapMs + eventDelayMs;
  return context.nowMs() >= graceUntilMs + patienceMs ? 'not_seen' : null;
}

async function applyLook(
  context: ConsoleContext,
  db: DatabaseTransaction,
  candidate: Row<'candidate'>,
  facts: SecondLookFacts,
): Promise<void> {
  const secondLook = JSON.stringify(facts);
  if (facts.look === 'left') {
    await db
      .updateTable('candidate')
      .set({ state: 'cleared', version: candidate.version + 1, second_look: secondLook })
      .where('id', '=', candidate.id)
      .execute();
    await publishLive(db, { event: 'candidate', data: { id: candidate.id, state: 'cleared' } });
  } else await enterQueue(context, db, candidate, { second_look: secondLook });
  await appendAudit(db, {
    atMs: facts.atMs,
    actor: 'system',
    action: facts.look === 'left' ? 'candidate.clear' : 'candidate.second_look',
    objectKind: 'candidate',
    objectId: candidate.id,
    result: 'done',
    ip: null,
    details: { ...facts },
  });
}

function toFacts(
  context: ConsoleContext,
  candidate: Row<'candidate'>,
  reminder: Row<'reminder'>,
  look: SecondLook,
): SecondLookFacts {
  const { facts } = candidate;
  const lastSeenMs = candidate.to_at?.getTime() ?? facts.lastSeenMs;
  const lastSeen = toZonedIso(lastSeenMs, context.timeZone);
  return {
    look,
    atMs: context.nowMs(),
    sentAtMs: reminder.sent_at?.getTime() ?? null,
    graceUntilMs: reminder.grace_until?.getTime() ?? null,
    lastSeenMs,
    dwellMs: facts.dwellMs,
    explanation: explain(look, lastSeen, reminder),
  };
}

function explain(look: SecondLook, lastSeen: string, reminder: Row<'reminder'>): string {
  switch (look) {
    case 'left':
      return `gone within the grace, last seen ${lastSeen}`;
    case 'still_there':
      return `still there after the grace, last seen ${lastSeen}`;
    case 'not_seen':
      return `the rules have said nothing since ${lastSeen}: whether it has left is not known`;
    case 'not_sent':
    default:
      return `the reminder could not be sent after ${reminder.attempts} attempts: ${reminder.last_error ?? 'no reason given'}`;
  }
}
