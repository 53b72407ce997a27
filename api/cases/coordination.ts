import { XunjieError } from '../../domain/mod.ts';
import { requireUnits } from './require-units.ts';
import type { Effect, Step } from './step.ts';

/** 参与单位: the commander says whose opinion counts. Names them all: who is not among them any more takes part no longer. */
export async function consult({ db, before, body }: Step): Promise<Effect> {
  const units = [...(await requireUnits(db, 'units', body.units ?? []))].toSorted();
  return {
    changes: { consulted_unit_ids: units },
    details: { units, before: before.consulted_unit_ids },
  };
}

/** 意见: a unit that takes part says what it thinks, with a photo where it has one. Nothing else moves. */
export function giveOpinion({ before, user }: Step): Effect {
  // The post has been checked: an officer of a unit that takes part.
  if (user.unit === null) throw new XunjieError('internal', `case ${before.case_no}: an opinion of no unit`);
  return { unitId: user.unit.id };
}

/** What a decision rests on: the units that took part, and the records of this coordination in which they spoke. */
export async function listBasis({
  db,
  before,
}: Step): Promise<{ readonly consulted: readonly string[]; readonly opinions: readonly number[] }> {
  const records = await db
    .selectFrom('flow_record')
    .select(['seq', 'action', 'from_state', 'to_state'])
    .where('case_no', '=', before.case_no)
    .orderBy('seq', 'desc')
    .execute();
  const begun = records.find(
    (record) => record.to_state === 'coordination' && record.from_state !== 'coordination',
  );
  const opinions = records.filter(
    (record) => record.action === 'give_opinion' && record.seq > (begun?.seq ?? 0),
  );
  return {
    consulted: before.consulted_unit_ids,
    opinions: opinions.map(({ seq }) => seq).toSorted((a, b) => a - b),
  };
}
