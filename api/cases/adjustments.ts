import { extendDeadline } from '../../domain/mod.ts';
import { loadCalendar } from '../calendar/load-calendar.ts';
import type { Row } from '../database/tables.ts';
import { apply, endorse, findApplication, refuse, requireApplication, settle } from './applications.ts';
import { findLimit, isOverdue } from './deadline.ts';
import type { Effect, Step } from './step.ts';
import { readUntil, requireSuspendable } from './suspension.ts';

const maxExtensions = 2;

export async function applyForExtension(step: Step): Promise<Effect> {
  requireExtendable(step.before, step.atMs);
  await apply(step.db, step.before, 'extension', toFiled(step));
  return {};
}

export async function applyForSuspension(step: Step): Promise<Effect> {
  requireSuspendable(step.before);
  const until = readUntil(step);
  await apply(step.db, step.before, 'suspension', { ...toFiled(step), until });
  return { details: { until: until.toISOString() } };
}

export async function applyForReturn(step: Step): Promise<Effect> {
  await apply(step.db, step.before, 'return', toFiled(step));
  return {};
}

export async function applyForVoid(step: Step): Promise<Effect> {
  await apply(step.db, step.before, 'void', toFiled(step));
  return {};
}

/** The unit's own word on what one of its officers has applied for: another officer of it, before the dispatcher decides. */
export async function endorseApplication({ db, before, user, atMs }: Step): Promise<Effect> {
  const application = await requireApplication(db, before, ['extension', 'suspension'], user);
  if (application.state === 'endorsed')
    throw refuse(before, `${application.endorsed_by} has endorsed it already`);
  await endorse(db, application, user, atMs);
  return { details: { kind: application.kind, applicant: application.applicant } };
}

/** 延期: one more of the original limit, at most twice, never once the case is overdue. */
export async function extend({ context, db, before, user, atMs }: Step): Promise<Effect> {
  const application = await requireApplication(db, before, ['extension'], user);
  if (application.state !== 'endorsed') throw refuse(before, 'the unit has not endorsed the extension yet');
  const deadline = requireExtendable(before, atMs);
  const calendar = await loadCalendar(db, context.timeZone, before.unit_id);
  const limit = await findLimit(db, before);
  await settle(db, application, 'granted', user, atMs);
  return {
    changes: {
      deadline: new Date(extendDeadline(deadline.getTime(), limit, calendar)),
      extension_count: before.extension_count + 1,
      escalated_percent: 0,
    },
    details: { from: deadline.toISOString(), applicant: application.applicant },
  };
}

export async function refuseAdjustment(
  { db, before, user, atMs }: Step,
  kind: 'extension' | 'suspension' | 'void',
): Promise<Effect> {
  const application = await requireApplication(db, before, [kind], user);
  await settle(db, application, 'refused', user, atMs);
  return { details: { applicant: application.applicant } };
}

/** 超时申诉: once in a round, by the unit, of a case that it replied to too late. */
export async function applyForAppeal(step: Step): Promise<Effect> {
  const { db, before, atMs } = step;
  if (!isOverdue(before, atMs)) throw refuse(before, 'it was not overdue: there is nothing to appeal');
  const earlier = await db
    .selectFrom('case_application')
    .select('applicant')
    .where('case_no', '=', before.case_no)
    .where('kind', '=', 'appeal')
    .where('round', '=', before.round)
    .executeTakeFirst();
  if (earlier !== undefined)
    throw refuse(before, `${earlier.applicant} has appealed already; a unit may once`);
  await apply(db, before, 'appeal', toFiled(step));
  return {};
}

export async function endorseAppeal({ db, before, user, atMs }: Step): Promise<Effect> {
  const application = await requireApplication(db, before, ['appeal'], user);
  if (application.state === 'endorsed')
    throw refuse(before, `${application.endorsed_by} has endorsed it already`);
  await endorse(db, application, user, atMs);
  return { details: { applicant: application.applicant } };
}

/** The statistics leave the case out of what was late. Its deadline, stamps and flow stay as they are. */
export async function grantAppeal({ db, before, user, atMs }: Step): Promise<Effect> {
  const application = await requireApplication(db, before, ['appeal'], user);
  if (application.state !== 'endorsed')
    throw refuse(before, 'the dispatcher has not endorsed the appeal yet');
  if (application.endorsed_by === user.username)
    throw refuse(before, `${user.username} has endorsed the appeal: somebody else grants it`);
  await settle(db, application, 'granted', user, atMs);
  return { changes: { overdue_exempt: true }, details: { applicant: application.applicant } };
}

export async function refuseAppeal({ db, before, user, atMs }: Step): Promise<Effect> {
  const application = await requireApplication(db, before, ['appeal'], user);
  await settle(db, application, 'refused', user, atMs);
  return { details: { applicant: application.applicant } };
}

/** Whoever applied for the void does not approve it. Without an application the shift leader voids on their own word. */
export async function settleVoid({ db, before, user, atMs }: Step): Promise<string | null> {
  const application = await findApplication(db, before, 'void');
  if (application === undefined) return null;
  if (application.applicant === user.username)
    throw refuse(before, `${user.username} has applied for the void: somebody else approves it`);
  await settle(db, application, 'granted', user, atMs);
  return application.applicant;
}

function requireExtendable(before: Row<'case_file'>, atMs: number): Date {
  if (before.deadline === null) throw refuse(before, 'it has no deadline to extend');
  if (isOverdue(before, atMs)) throw refuse(before, 'it is overdue already: no extension any more');
  if (before.extension_count >= maxExtensions)
    throw refuse(before, `it has been extended ${maxExtensions} times already`);
  return before.deadline;
}

function toFiled({ user, atMs, body }: Step) {
  return { user, atMs, reason: body.reason ?? '' };
}
