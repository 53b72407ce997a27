import { isOpenState, type RunningLimit, toShareInstant, type WorkCalendar } from '../../domain/mod.ts';
import { loadCalendar } from '../calendar/load-calendar.ts';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction, Row, TimerKind } from '../database/tables.ts';
import type { Write } from '../database/write-together.ts';
import { findLimit } from './deadline.ts';

type CaseFile = Row<'case_file'>;

/** 80 % warns the unit, 100 % is overdue and goes to the shift leader, 150 % to the commander. */
export const escalations = [
  { kind: 'warn', percent: 80, to: 'unit' },
  { kind: 'overdue', percent: 100, to: 'shift_leader' },
  { kind: 'escalate', percent: 150, to: 'commander' },
] as const;

/**
 * The writes that bring a case's timers up to what a step made of it. They are rows, written in the step's transaction: they hold
 * through restarts, and nothing is due that no clock stands for.
 */
export async function listTimerWrites(
  context: ConsoleContext,
  db: DatabaseTransaction,
  {
    before,
    after,
    atMs,
  }: { readonly before: CaseFile | null; readonly after: CaseFile; readonly atMs: number },
): Promise<Write[]> {
  const { case_no: caseNo, deadline, clock_from: clockFrom, suspended_until: until } = after;
  if (!isOpenState(after.state) && after.state !== 'merged')
    return [db.deleteFrom('case_timer').where('case_no', '=', caseNo)];
  const changed: TimerKind[] = [];
  const due: Timer[] = [];
  if (toMs(before?.deadline) !== toMs(deadline) || toMs(before?.clock_from) !== toMs(clockFrom)) {
    changed.push(...escalations.map(({ kind }) => kind));
    if (deadline !== null && clockFrom !== null) {
      const { unit } = await findLimit(db, after);
      const running = { fromMs: clockFrom.getTime(), deadlineMs: deadline.getTime(), unit };
      const calendar = await loadCalendar(db, context.timeZone, after.unit_id);
      due.push(...listEscalations(running, calendar).filter((timer) => timer.dueAt.getTime() >= atMs));
    }
  }
  if (toMs(before?.suspended_until) !== toMs(until)) {
    changed.push('resume');
    if (until !== null) due.push({ kind: 'resume', dueAt: until });
  }
  return setTimers(db, caseNo, changed, due);
}

interface Timer {
  readonly kind: TimerKind;
  readonly dueAt: Date;
}

function listEscalations(running: RunningLimit, calendar: WorkCalendar): Timer[] {
  return escalations.map(({ kind, percent }) => ({
    kind,
    dueAt: new Date(toShareInstant(running, percent / 100, calendar)),
  }));
}

/** Of the changed kinds, those that are due are set and the others dropped: no row twice, since both go in one statement. */
function setTimers(
  db: DatabaseTransaction,
  caseNo: string,
  changed: readonly TimerKind[],
  due: readonly Timer[],
): Write[] {
  const dropped = changed.filter((kind) => !due.some((timer) => timer.kind === kind));
  return [
    ...(dropped.length === 0
      ? []
      : [db.deleteFrom('case_timer').where('case_no', '=', caseNo).where('kind', 'in', dropped)]),
    ...(due.length === 0
      ? []
      : [
          db
            .insertInto('case_timer')
            .values(due.map(({ kind, dueAt }) => ({ case_no: caseNo, kind, due_at: dueAt })))
            .onConflict((conflict) =>
              conflict
                .columns(['case_no', 'kind'])
                .doUpdateSet((eb) => ({ due_at: eb.ref('excluded.due_at') })),
            ),
        ]),
  ];
}

function toMs(date: Date | null | undefined): number | null {
  return date?.getTime() ?? null;
}
