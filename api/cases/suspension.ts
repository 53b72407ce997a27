import { shiftForPause } from '../../domain/mod.ts';
import { loadCalendar } from '../calendar/load-calendar.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database, DatabaseTransaction, Row } from '../database/tables.ts';
import { refuse, requireApplication, settle } from './applications.ts';
import { findLimit } from './deadline.ts';
import { type Effect, refuseField, type Step } from './step.ts';
import { takeStep } from './take-step.ts';

type CaseFile = Row<'case_file'>;

const maxSuspensions = 1;
const offsetTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Reads the end of a suspension that somebody applies for: later than now, at most a year away. */
export function readUntil(step: Step): Date {
  const text = step.body.until ?? '';
  const untilMs = offsetTime.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(untilMs)) throw refuseField('until', `"${text}" is no time with an offset (ISO 8601)`);
  if (untilMs <= step.atMs) throw refuseField('until', `${text} is not in the future`);
  const yearLater = new Date(step.atMs);
  yearLater.setUTCFullYear(yearLater.getUTCFullYear() + 1);
  if (untilMs > yearLater.getTime()) throw refuseField('until', `${text} is more than a year away`);
  return new Date(untilMs);
}

/** 挂账: the disposal clock stands still until the date that was applied for. Once in a round. */
export async function suspend({ db, before, user, atMs }: Step): Promise<Effect> {
  const application = await requireApplication(db, before, ['suspension'], user);
  if (application.state !== 'endorsed') throw refuse(before, 'the unit has not endorsed the suspension yet');
  if (before.suspension_count >= maxSuspensions) throw refuse(before, 'it has been suspended once already');
  if (application.until === null || application.until.getTime() <= atMs)
    throw refuse(before, 'the date that was applied for has passed');
  await settle(db, application, 'granted', user, atMs);
  return {
    changes: {
      suspended_at: new Date(atMs),
      suspended_until: application.until,
      suspension_count: before.suspension_count + 1,
    },
    details: { until: application.until.toISOString(), applicant: application.applicant },
  };
}

export function requireSuspendable(before: CaseFile): void {
  if (before.suspension_count >= maxSuspensions) throw refuse(before, 'it has been suspended once already');
}

/** The clock runs on from where it stood. */
export async function resume({ context, db, before, atMs }: Step): Promise<Effect> {
  return { changes: await moveClock(context, db, before, atMs) };
}

/** The timer's resumption. The clock runs on from the date that was agreed, however late the timer comes. */
export async function resumeOnTime(
  context: ConsoleContext,
  db: DatabaseTransaction,
  before: CaseFile,
  dueAt: Date,
): Promise<void> {
  await takeStep(context, db, {
    before,
    action: 'resume',
    to: 'in_disposal',
    changes: await moveClock(context, db, before, dueAt.getTime()),
    actor: 'timer',
    role: null,
    ip: null,
    atMs: context.nowMs(),
    opinion: null,
    attachments: [],
    details: { due: dueAt.toISOString() },
  });
}

async function moveClock(
  context: ConsoleContext,
  db: Database,
  before: CaseFile,
  toMs: number,
): Promise<Partial<CaseFile>> {
  const still = { suspended_at: null, suspended_until: null };
  if (before.clock_from === null || before.deadline === null || before.suspended_at === null) return still;
  const { unit } = await findLimit(db, before);
  const moved = shiftForPause(
    { fromMs: before.clock_from.getTime(), deadlineMs: before.deadline.getTime(), unit },
    { fromMs: before.suspended_at.getTime(), toMs },
    await loadCalendar(db, context.timeZone, before.unit_id),
  );
  return { ...still, clock_from: new Date(moved.fromMs), deadline: new Date(moved.deadlineMs) };
}
