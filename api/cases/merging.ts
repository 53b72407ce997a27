import { isOpenState, toDistanceM } from '../../domain/mod.ts';
import type { Row } from '../database/tables.ts';
import { refuse } from './applications.ts';
import { listMerged } from './closing.ts';
import { type Effect, refuseField, type Step } from './step.ts';

type CaseFile = Row<'case_file'>;

const hourMs = 3_600_000;

/** 并案: the case is carried on as part of another one of the same class, near it in place and time. */
export async function merge(step: Step): Promise<Effect> {
  const { context, db, before, body } = step;
  const { mergeWithinM, mergeWithinMs } = context.cases;
  const master = await db
    .selectFrom('case_file')
    .selectAll()
    .where('case_no', '=', body.master ?? '')
    .forUpdate()
    .executeTakeFirst();
  if (master === undefined) throw refuseField('master', `there is no case ${body.master}`);
  if (master.case_no === before.case_no) throw refuseField('master', 'a case is not merged into itself');
  if (!isOpenState(master.state))
    throw refuse(before, `case ${master.case_no} is not open: nothing is merged into it`);
  if ((await listMerged(step)).length > 0)
    throw refuse(before, 'other cases are merged into it; merge the other way round');
  if (master.class_scheme !== before.class_scheme || master.class_code !== before.class_code)
    throw refuse(
      before,
      `case ${master.case_no} is of another class: ${master.class_code}, not ${before.class_code}`,
    );
  const apartMs = Math.abs(master.created_at.getTime() - before.created_at.getTime());
  if (apartMs > mergeWithinMs)
    throw refuse(
      before,
      `case ${master.case_no} was reported ${toHours(apartMs)} apart; at most ${toHours(mergeWithinMs)}`,
    );
  requireNear(before, master, mergeWithinM);
  return {
    changes: { merged_into: master.case_no, merged_from_state: before.state },
    details: { master: master.case_no },
  };
}

/** 拆案: back to where the case stood, on the clock that ran on meanwhile. */
export function split({ before }: Step): Effect {
  const to = before.merged_from_state;
  if (to === null) throw refuse(before, 'it is not known where it stood before');
  return {
    to,
    changes: { merged_into: null, merged_from_state: null },
    details: { master: before.merged_into },
  };
}

/** By their points; where one has none, only the same camera and zone is near enough. */
function requireNear(before: CaseFile, master: CaseFile, withinM: number): void {
  const a = toPoint(before);
  const b = toPoint(master);
  if (a === null || b === null) {
    const isSameView =
      before.camera_id !== null && before.camera_id === master.camera_id && before.zone === master.zone;
    if (!isSameView)
      throw refuse(before, `it is not known how far case ${master.case_no} is: one of the two has no point`);
    return;
  }
  const distanceM = toDistanceM(a, b);
  if (distanceM > withinM)
    throw refuse(before, `case ${master.case_no} is ${Math.round(distanceM)} m away; at most ${withinM} m`);
}

function toHours(ms: number): string {
  return `${Math.round((ms / hourMs) * 10) / 10} h`;
}

/** Where a case is, if that is known. */
export function toPoint({ lon, lat }: Pick<CaseFile, 'lon' | 'lat'>) {
  return lon === null || lat === null ? null : { lon, lat };
}
