import { type CaseClass, XunjieError } from '../../domain/mod.ts';
import type { DatabaseTransaction, Row } from '../database/tables.ts';
import { findApplication, refuse, requireApplication, settle } from './applications.ts';
import { listBasis } from './coordination.ts';
import { startClock } from './deadline.ts';
import { requireAtWork, requireUnits } from './require-units.ts';
import { routeCase } from './route-case.ts';
import { type Effect, refuseField, type Step } from './step.ts';

/** The return after which the dispatcher cannot place a case: the commander decides (max. returns). */
const maxReturns = 2;

/** The case's class; every case has one since classes are kept. */
export function toCaseClass(file: Row<'case_file'>): CaseClass {
  if (file.class_scheme === null || file.class_code === null)
    throw new XunjieError('internal', `case ${file.case_no} has no class`);
  return { scheme: file.class_scheme, code: file.class_code };
}

/** To the named unit, or to the one that the routing rules name; to the commander where they name none or several. */
export async function dispatch(step: Step): Promise<Effect> {
  const { db, before, body } = step;
  if (body.unit !== undefined) {
    const unitId = await requireUnit(db, body.unit);
    return place(step, unitId, { routedBy: 'dispatcher' });
  }
  const routed = await routeCase(db, { class: toCaseClass(before), gridId: before.grid_id });
  const [unitId] = routed.units;
  if (unitId === undefined || routed.units.length > 1)
    return {
      to: 'coordination',
      changes: { unit_id: null, deadline: null, clock_from: null },
      details: { routedBy: 'rules', units: routed.units },
    };
  return place(step, unitId, { routedBy: 'rules', rule: routed.rule });
}

/** 裁定: the commander names the unit. What the units said is on record as what the dispatch rests on. */
export async function decide(step: Step): Promise<Effect> {
  const unitId = await requireUnit(step.db, step.body.unit);
  return place(step, unitId, { routedBy: 'commander', ...(await listBasis(step)) });
}

/** 改派: the first dispatch's clock runs on; another unit does not make the street wait longer. */
export async function reassign({ db, before, body }: Step): Promise<Effect> {
  const unitId = await requireUnit(db, body.unit);
  if (unitId === before.unit_id) throw refuseField('unit', `the case is already with ${unitId}`);
  return {
    changes: { unit_id: unitId, wrong_dispatch_count: before.wrong_dispatch_count + 1 },
    details: { fromUnit: before.unit_id },
  };
}

/** 退单: back to the dispatcher; the second one goes to the commander. */
export async function giveBack({ db, before, user, atMs }: Step): Promise<Effect> {
  const application = await findApplication(db, before, 'return');
  if (application !== undefined) {
    if (application.applicant === user.username)
      throw refuse(before, `${user.username} has applied for the return: somebody else decides`);
    await settle(db, application, 'granted', user, atMs);
  }
  const returns = before.return_count + 1;
  return {
    ...(returns >= maxReturns ? { to: 'coordination' as const } : {}),
    changes: { unit_id: null, deadline: null, clock_from: null, return_count: returns },
    details: { returns, applicant: application?.applicant ?? null },
  };
}

/** The dispatcher finds the case right where it is: 推诿 is counted. */
export async function refuseReturn({ db, before, user, atMs }: Step): Promise<Effect> {
  const application = await requireApplication(db, before, ['return'], user);
  await requireAtWork(db, before, 'return or reassign the case instead');
  await settle(db, application, 'refused', user, atMs);
  return {
    changes: { shuffle_count: before.shuffle_count + 1 },
    details: { applicant: application.applicant },
  };
}

/** On a clock of its own. 错误派遣: where it was with another unit before, the dispatch to that one was wrong, whoever found out. */
async function place(step: Step, unitId: string, details: Record<string, unknown>): Promise<Effect> {
  const { context, db, before, atMs } = step;
  const fromUnit = await findLastUnit(db, before);
  const isOther = fromUnit !== null && fromUnit !== unitId;
  return {
    changes: {
      unit_id: unitId,
      first_dispatched_at: before.first_dispatched_at ?? new Date(atMs),
      wrong_dispatch_count: before.wrong_dispatch_count + (isOther ? 1 : 0),
      ...(await startClock(context, db, before, unitId, atMs)),
    },
    details: isOther ? { ...details, fromUnit } : details,
  };
}

/** The unit that a case was last dispatched to, which it need not be with any more. */
async function findLastUnit(db: DatabaseTransaction, before: Row<'case_file'>): Promise<string | null> {
  if (before.first_dispatched_at === null) return null;
  const last = await db
    .selectFrom('flow_record')
    .select('unit_id')
    .where('case_no', '=', before.case_no)
    .where('to_state', '=', 'dispatched')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last?.unit_id ?? null;
}

async function requireUnit(db: DatabaseTransaction, unitId: string | undefined): Promise<string> {
  const [known] = await requireUnits(db, 'unit', [unitId ?? '']);
  return known as string;
}
