import {
  addLimit,
  type EnforcementAction,
  enforcementTransitions,
  XunjieError,
} from '../../../domain/mod.ts';
import { appendAudit } from '../../audit/append-audit.ts';
import { loadCalendar } from '../../calendar/load-calendar.ts';
import type { ConsoleContext } from '../../context.ts';
import type { DatabaseTransaction, Row } from '../../database/tables.ts';
import type { Editor } from '../registry/integration-store.ts';
import { lockEnforcement, moveEnforcement } from './enforcement-file.ts';
import { queueHandOver } from './hand-over.ts';
import type { EnforcementBody } from './schema.ts';

type EnforcementFile = Row<'enforcement_file'>;

/** How long somebody who was told may answer: five working days (处罚法 85: such days are working days). */
const objectionDays = 5;

/** Takes one step of the penalty track in one transaction: file, record, audit, and what goes out. */
export async function actOnEnforcement(
  context: ConsoleContext,
  caseNo: string,
  action: EnforcementAction,
  body: EnforcementBody,
  by: Editor,
): Promise<void> {
  const atMs = context.nowMs();
  await context.db.transaction().execute(async (db) => {
    const file = await lockEnforcement(db, caseNo);
    const transition = enforcementTransitions[action];
    const role = transition.by.find((post) => by.user.roles.includes(post));
    if (role === undefined)
      throw new XunjieError('forbidden', `${action} is for ${transition.by.join(', ')}`, {
        details: { posts: transition.by },
      });
    if (!transition.from.includes(file.state))
      throw refuse(file, `is ${file.state}; ${action} needs ${transition.from.join(' or ')}`);
    if (file.version !== body.version)
      throw new XunjieError(
        'conflict',
        `the penalty track of case ${caseNo} has changed: it is at version ${file.version}, not ${body.version}`,
        { details: { version: file.version } },
      );
    if (file.hand_over_message !== null && action !== 'hand_over' && (await isUnderWay(db, file)))
      throw refuse(file, 'its hand-over is under way');
    const changes = await applyAction(context, db, file, action, body, by, atMs);
    await moveEnforcement(db, file, {
      action,
      to: action === 'hand_over' ? file.state : transition.to,
      actor: by.user.username,
      role,
      atMs,
      note: body.note ?? body.reason ?? null,
      changes,
    });
    await appendAudit(db, {
      atMs,
      actor: by.user.username,
      action: `enforcement.${action}`,
      objectKind: 'case',
      objectId: caseNo,
      result: 'done',
      ip: by.ip,
      details: { from: file.state, note: body.note ?? null, reason: body.reason ?? null },
    });
  });
}

async function applyAction(
  context: ConsoleContext,
  db: DatabaseTransaction,
  file: EnforcementFile,
  action: EnforcementAction,
  body: EnforcementBody,
  by: Editor,
  atMs: number,
): Promise<Partial<EnforcementFile>> {
  switch (action) {
    case 'legal_review':
    case 'review_statement':
      // 回避: who has confirmed the candidate does not judge over it again.
      await requireStranger(db, file, by);
      return {};
    case 'notify': {
      const calendar = await loadCalendar(db, context.timeZone, null);
      const untilMs = addLimit(atMs, { value: objectionDays, unit: 'work_day' }, calendar);
      return { notified_at: new Date(atMs), objection_until: new Date(untilMs) };
    }
    case 'waive_objection':
      requireNote(body, action);
      return { objection_until: new Date(atMs) };
    case 'receive_statement':
      if (body.reason === undefined)
        throw new XunjieError(
          'bad_request',
          'body.reason: receive_statement needs the ground of the objection',
          {
            details: { field: 'body.reason' },
          },
        );
      return { objection_reason: body.reason };
    case 'exempt':
    case 'withdraw':
      requireNote(body, action);
      return {};
    case 'hand_over': {
      const until = file.objection_until;
      if (file.state === 'notified' && (until === null || until.getTime() > atMs))
        throw refuse(file, `the time to object runs until ${until?.toISOString() ?? 'it is told'}`);
      if (await isUnderWay(db, file)) throw refuse(file, 'its hand-over is under way');
      return { hand_over_message: await queueHandOver(context, db, file.case_no) };
    }
    default:
      return action satisfies never;
  }
}

async function isUnderWay(db: DatabaseTransaction, file: EnforcementFile): Promise<boolean> {
  if (file.hand_over_message === null) return false;
  const message = await db
    .selectFrom('outbox_message')
    .select('state')
    .where('id', '=', file.hand_over_message)
    .executeTakeFirst();
  return message !== undefined && ['queued', 'delivered'].includes(message.state);
}

async function requireStranger(
  db: DatabaseTransaction,
  file: EnforcementFile,
  { user }: Editor,
): Promise<void> {
  const own = await db
    .selectFrom('review')
    .innerJoin('case_file', 'case_file.candidate_id', 'review.candidate_id')
    .select('review.id')
    .where('case_file.case_no', '=', file.case_no)
    .where('review.reviewer_id', '=', user.id)
    .where('review.undone_at', 'is', null)
    .executeTakeFirst();
  if (own !== undefined)
    throw new XunjieError(
      'same_reviewer',
      `${user.username} has reviewed the candidate of case ${file.case_no}; somebody else judges over it here`,
    );
}

function requireNote(body: EnforcementBody, action: string): void {
  if (body.note === undefined)
    throw new XunjieError('bad_request', `body.note: ${action} needs a note`, {
      details: { field: 'body.note' },
    });
}

function refuse(file: EnforcementFile, why: string): XunjieError {
  return new XunjieError('transition_not_allowed', `the penalty track of case ${file.case_no}: ${why}`, {
    details: { state: file.state },
  });
}
