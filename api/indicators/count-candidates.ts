import { type RawBuilder, sql } from 'kysely';
import { offences, toOffenceClass } from '../../domain/mod.ts';
import { type CountQuery, type Dimension, isIn, many } from './count-events.ts';

/** The key of a candidate or of a decision on it: `c` is the candidate, `r` the review. A unit has no part in either. */
const keys: Readonly<
  Record<
    Dimension,
    { readonly raised: RawBuilder<string | null>; readonly decided: RawBuilder<string | null> }
  >
> = {
  all: both(sql`'all'::text`),
  unit: both(sql`null::text`),
  grid: both(sql`null::text`),
  camera: both(sql`c.camera_id`),
  class: both(toClassKey()),
  source: both(sql`'ai'::text`),
  person: { raised: sql`null::text`, decided: sql`r.reviewer` },
};

function both(key: RawBuilder<string | null>) {
  return { raised: key, decided: key };
}

function toClassKey(): RawBuilder<string | null> {
  const cases = offences.map((offence) => {
    const { scheme, code } = toOffenceClass(offence);
    return sql`when ${offence} then ${`${scheme} ${code}`}`;
  });
  return sql`case c.offence ${sql.join(cases, sql` `)} end`;
}

/**
 * What the machine raised and what people made of it. Decisions count from when they could no longer be taken back; a blind
 * second review is a check of reviewers, not a decision on a candidate.
 */
export function selectCandidates(query: CountQuery): RawBuilder<unknown> {
  const { raised, decided } = keys[query.by];
  return sql`
    with raising as (
      select ${raised} as key, c.raised_at, c.state from candidate c where c.blind_of is null
    ),
    decision as (
      select ${decided} as key, r.effective_at, r.result, r.reason, r.stage, c.state
      from review r join candidate c on c.id = r.candidate_id
      where c.blind_of is null and r.settled_at is not null and r.undone_at is null
    )
    select key, jsonb_build_object(
      'candidates', ${many("state not in ('observing', 'suppressed')")},
      'suppressed', ${many("state = 'suppressed'")}
    ) as counts
    from raising where ${isIn('raised_at', query)} group by key
    union all
    select key, jsonb_build_object(
      'reviewed', ${many("stage = 1 and result in ('confirmed', 'rejected')")},
      'confirmed', ${many("stage = 1 and result = 'confirmed'")},
      'rejected', ${many("stage = 1 and result = 'rejected'")},
      'duplicates', ${many("stage = 1 and result = 'rejected' and reason = 'duplicate'")},
      'reminded', ${many("result = 'reminded'")},
      'cleared', ${many("result = 'reminded' and state = 'cleared'")}
    ) from decision where ${isIn('effective_at', query)} group by key`;
}
