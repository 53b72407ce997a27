import { toDistanceM } from '../../domain/mod.ts';
import {
  applyForAppeal,
  applyForExtension,
  applyForReturn,
  applyForSuspension,
  applyForVoid,
  endorseAppeal,
  endorseApplication,
  extend,
  grantAppeal,
  refuseAdjustment,
  refuseAppeal,
} from './adjustments.ts';
import { refuse } from './applications.ts';
import { approveSelfDisposal, close, endAlone, forceClose, reopen } from './closing.ts';
import { consult, giveOpinion } from './coordination.ts';
import { isOutsideCoverage } from './coverage.ts';
import { decide, dispatch, giveBack, reassign, refuseReturn, toCaseClass } from './dispatching.ts';
import { merge, split, toPoint } from './merging.ts';
import { judgeOmission, listAnswerable } from './omissions.ts';
import { findGridAt } from './route-case.ts';
import { chooseStandard } from './standards.ts';
import type { Effect, Step } from './step.ts';
import { resume, suspend } from './suspension.ts';

/** Farther away nobody has seen the place. */
const verifyWithinM = 100;

/** Checks a step's guard and says what it does beside the state. */
export async function applyTransition(step: Step): Promise<Effect> {
  const { db, before, transition, body, atMs } = step;
  switch (transition.action) {
    case 'verify_done':
      return verify(step);
    case 'register': {
      // Whoever files the case decides how severe it is: the level follows the standard.
      const standard = await chooseStandard(
        db,
        { class: toCaseClass(before), level: before.level },
        body.standard,
      );
      return {
        changes: {
          standard_id: standard.id,
          level: standard.level,
          limit_value: standard.limit_value,
          limit_unit: standard.limit_unit,
        },
        details: { standard: standard.id, collectors: await listAnswerable(step) },
      };
    }
    case 'dispatch':
      return dispatch(step);
    case 'coordinate':
      return { changes: { unit_id: null, deadline: null, clock_from: null } };
    case 'consult':
      return consult(step);
    case 'give_opinion':
      return giveOpinion(step);
    case 'decide':
      return decide(step);
    case 'apply_return':
      return applyForReturn(step);
    case 'return':
      return giveBack(step);
    case 'refuse_return':
      return refuseReturn(step);
    case 'reassign':
      return reassign(step);
    case 'apply_extension':
      return applyForExtension(step);
    case 'apply_suspension':
      return applyForSuspension(step);
    case 'endorse':
      return endorseApplication(step);
    case 'extend':
      return extend(step);
    case 'refuse_extension':
      return refuseAdjustment(step, 'extension');
    case 'suspend':
      return suspend(step);
    case 'refuse_suspension':
      return refuseAdjustment(step, 'suspension');
    case 'resume':
      return resume(step);
    case 'dispose':
      return { changes: { disposed_at: new Date(atMs) } };
    case 'check_fail':
      // A reply that did not hold was no reply: the deadline stays what it was.
      return { changes: { disposed_at: null, rework_count: before.rework_count + 1 } };
    case 'close':
      return close(step);
    case 'force_close':
      return forceClose(step);
    case 'approve_self_disposal':
      return approveSelfDisposal(step);
    case 'void':
    case 'refuse':
    case 'decline':
      return endAlone(step);
    case 'apply_void':
      return applyForVoid(step);
    case 'refuse_void':
      return refuseAdjustment(step, 'void');
    case 'merge':
      return merge(step);
    case 'split':
      return split(step);
    case 'reopen':
      return reopen(step);
    case 'urge':
      return { changes: { urge_count: before.urge_count + 1 } };
    case 'judge_omission':
      return judgeOmission(step);
    case 'apply_appeal':
      return applyForAppeal(step);
    case 'endorse_appeal':
      return endorseAppeal(step);
    case 'grant_appeal':
      return grantAppeal(step);
    case 'refuse_appeal':
      return refuseAppeal(step);
    case 'verify_request':
    case 'accept':
    case 'receive':
    case 'send_check':
    case 'check_pass':
    case 'self_dispose':
    case 'reject_self_disposal':
    case 'supervise':
      return {};
    default:
      return transition.action satisfies never;
  }
}

/** 核实: somebody stood there. A case without a point gets the one that the collector stood at, and with it grid and coverage. */
async function verify({ context, db, before, body }: Step): Promise<Effect> {
  const { point, exists = true } = body;
  const known = toPoint(before);
  if (point === undefined) return {};
  if (known !== null && toDistanceM(known, point) > verifyWithinM)
    throw refuse(
      before,
      `body.point: ${Math.round(toDistanceM(known, point))} m from the place that was reported; verify within ${verifyWithinM} m`,
    );
  const place =
    known === null
      ? {
          ...point,
          grid_id: before.grid_id ?? (await findGridAt(db, point)),
          outside_coverage: await isOutsideCoverage(context, db, {
            point,
            atMs: before.created_at.getTime(),
          }),
        }
      : {};
  return { changes: { is_verified: exists, ...place }, details: { exists, point } };
}
