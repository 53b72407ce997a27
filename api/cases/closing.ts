import type { CloseType } from '../../domain/mod.ts';
import type { Row } from '../database/tables.ts';
import { settleVoid } from './adjustments.ts';
import { refuse } from './applications.ts';
import { isOverdue, startClock } from './deadline.ts';
import { requireAtWork } from './require-units.ts';
import { type Effect, refuseField, type Step } from './step.ts';
import { takeStep } from './take-step.ts';

const reopenDays = 7;
const dayMs = 86_400_000;

/** 结案: normal or overdue by the clock, error where whoever closes says so and why. */
export function close(step: Step): Effect {
  const { before, body, atMs } = step;
  if (body.closeType !== undefined && body.reason === undefined)
    throw refuseField('reason', `closing as ${body.closeType} needs a reason`);
  const type: CloseType = body.closeType ?? (isOverdue(before, atMs) ? 'overdue' : 'normal');
  return end(step, type);
}

/** 特殊结案, by the commander alone. */
export function forceClose(step: Step): Effect {
  return end(step, 'special');
}

/** What was merged into it is cleared with it: the trifle was one. */
export function approveSelfDisposal(step: Step): Effect {
  const ended = end(step, 'normal');
  return { ...ended, details: { isSelfDisposal: true } };
}

/** 重开: within a week, another round on a clock of its own. */
export async function reopen({ context, db, before, atMs }: Step): Promise<Effect> {
  if (before.merged_into !== null)
    throw refuse(before, `it was closed with case ${before.merged_into}: reopen that one`);
  if (before.unit_id === null)
    throw refuse(before, 'it was never with a unit; report the place again instead');
  const endedMs = before.ended_at?.getTime() ?? 0;
  if (atMs - endedMs > reopenDays * dayMs)
    throw refuse(before, `it was closed more than ${reopenDays} days ago; report the place again instead`);
  await requireAtWork(db, before, 'report the place again instead');
  return {
    changes: {
      ...(await startClock(context, db, before, before.unit_id, atMs)),
      round: before.round + 1,
      disposed_at: null,
      ended_at: null,
      close_type: null,
      overdue_exempt: false,
      extension_count: 0,
      suspension_count: 0,
    },
  };
}

/** Ends a case that no other one hangs on. */
export async function endAlone(step: Step): Promise<Effect> {
  const merged = await listMerged(step);
  if (merged.length > 0)
    throw refuse(step.before, `${merged.length} cases are merged into it; split them first`);
  const applicant = step.transition.action === 'void' ? await settleVoid(step) : null;
  return {
    changes: { ended_at: new Date(step.atMs) },
    ...(applicant === null ? {} : { details: { applicant } }),
  };
}

export function listMerged({ db, before }: Step): Promise<Row<'case_file'>[]> {
  return db
    .selectFrom('case_file')
    .selectAll()
    .where('merged_into', '=', before.case_no)
    .where('state', '=', 'merged')
    .orderBy('case_no')
    .forUpdate()
    .execute();
}

function end(step: Step, type: CloseType): Effect {
  const endedAt = new Date(step.atMs);
  return {
    changes: { ended_at: endedAt, close_type: type },
    details: { closeType: type },
    // 并案: the master's closure closes what was merged into it.
    follow: async () => {
      for (const file of await listMerged(step))
        await takeStep(step.context, step.db, {
          before: file,
          action: 'close_with_master',
          to: 'closed',
          changes: { ended_at: endedAt, close_type: type },
          actor: step.user.username,
          role: null,
          ip: step.ip,
          atMs: step.atMs,
          opinion: null,
          attachments: [],
          details: { master: step.before.case_no, closeType: type },
        });
    },
  };
}
