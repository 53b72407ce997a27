import { toMessage, toZonedIso } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { ConsoleContext } from '../context.ts';
import type { Row } from '../database/tables.ts';
import type { ReminderGateway } from './reminder-gateway.ts';
import { lookAgain } from './second-look.ts';

const maxPerTurn = 20;
/** Within this a send has ended one way or the other; a reminder that is claimed longer is sent again, under the same id. */
const claimMs = 60_000;
const firstRetryMs = 2_000;
const longestRetryMs = 5 * 60_000;
const maxAttempts = 6;

/** Sends what is due, at least once and under the same id each time. Returns how many were tried. */
export async function sendDueReminders(context: ConsoleContext): Promise<number> {
  const { reminders: gateway } = context;
  if (gateway === null) return 0;
  const claimed = await claimDue(context);
  await Promise.all(claimed.map((reminder) => sendOne(context, gateway, reminder)));
  return claimed.length;
}

/** One console takes each: the next attempt is put off before the first is made, so that a crash in between loses nothing. */
function claimDue(context: ConsoleContext): Promise<Row<'reminder'>[]> {
  const now = new Date(context.nowMs());
  return context.db
    .updateTable('reminder')
    .set((set) => ({ attempts: set('attempts', '+', 1), due_at: new Date(now.getTime() + claimMs) }))
    .where('id', 'in', (select) =>
      select
        .selectFrom('reminder')
        .select('id')
        .where('state', '=', 'queued')
        .where('due_at', '<=', now)
        .orderBy('due_at')
        .limit(maxPerTurn)
        .forUpdate()
        .skipLocked(),
    )
    .returningAll()
    .execute();
}

async function sendOne(
  context: ConsoleContext,
  gateway: ReminderGateway,
  reminder: Row<'reminder'>,
): Promise<void> {
  try {
    const { receipt } = await gateway.send(await toOutgoing(context, reminder));
    await noteSent(context, reminder, receipt);
  } catch (error) {
    await noteFailure(context, reminder, toMessage(error));
  }
}

async function toOutgoing(context: ConsoleContext, reminder: Row<'reminder'>) {
  const row = await context.db
    .selectFrom('candidate')
    .leftJoin('camera', 'camera.id', 'candidate.camera_id')
    .select(['camera_id', 'offence', 'zone', 'from_at', 'camera.name'])
    .where('candidate.id', '=', reminder.candidate_id)
    .executeTakeFirstOrThrow();
  return {
    id: reminder.id,
    candidateId: reminder.candidate_id,
    channel: reminder.channel,
    camera: { id: row.camera_id, name: row.name ?? row.camera_id },
    offence: row.offence,
    zone: row.zone,
    since: toZonedIso(row.from_at.getTime(), context.timeZone),
    graceMs: reminder.grace_ms,
  };
}

/** The grace runs from here. */
async function noteSent(
  context: ConsoleContext,
  reminder: Row<'reminder'>,
  receipt: string | null,
): Promise<void> {
  const nowMs = context.nowMs();
  const graceUntil = new Date(nowMs + reminder.grace_ms);
  await context.db.transaction().execute(async (db) => {
    const sent = await db
      .updateTable('reminder')
      .set({
        state: 'sent',
        sent_at: new Date(nowMs),
        grace_until: graceUntil,
        due_at: graceUntil,
        receipt,
        last_error: null,
      })
      .where('id', '=', reminder.id)
      .where('state', '=', 'queued')
      .executeTakeFirst();
    if (sent.numUpdatedRows === 0n) return;
    await appendAudit(db, {
      atMs: nowMs,
      actor: 'system',
      action: 'reminder.send',
      objectKind: 'candidate',
      objectId: reminder.candidate_id,
      result: 'done',
      ip: null,
      details: { reminder: reminder.id, channel: reminder.channel, attempts: reminder.attempts, receipt },
    });
  });
}

async function noteFailure(
  context: ConsoleContext,
  reminder: Row<'reminder'>,
  message: string,
): Promise<void> {
  const { id, attempts, candidate_id: candidate } = reminder;
  const isLast = attempts >= maxAttempts;
  context.logger.warn({ reminder: id, candidate, attempts, error: message }, 'a reminder could not be sent');
  const retryMs = Math.min(longestRetryMs, firstRetryMs * 2 ** (attempts - 1));
  await context.db
    .updateTable('reminder')
    .set({
      last_error: message.slice(0, 500),
      state: isLast ? 'failed' : 'queued',
      due_at: new Date(context.nowMs() + retryMs),
    })
    .where('id', '=', id)
    .where('state', '=', 'queued')
    .execute();
  // Nobody was told, so no grace runs: the reviewer decides anew, knowing that.
  if (isLast) await lookAgain(context, id);
}
