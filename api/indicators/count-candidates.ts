import { type RawBuilder, sql } from 'kysely';
import { offences, toOffenceClass } from '../../domain/mod.ts';
import { silenceMs } from '../cameras/camera-store.ts';
import type { Dimension } from './case-atoms.ts';
import type { CountQuery } from './count-events.ts';

/** The key of a candidate `c`, or of a decision `r` on it. A unit has no part in either. */
const keys: Readonly<
  Record<
    Dimension,
    { readonly raised: RawBuilder<string | null>; readonly decided: RawBuilder<string | null> }
  >
> = {
  all: both(sql`'all'::text`),
  unit: both(sql`null::text`),
  grid: both(sql`null::text`),
  camera: { raised: sql`c.camera_id`, decided: sql`r.camera_id` },
  class: { raised: toClassKey(sql`c.offence`), decided: toClassKey(sql`r.offence`) },
  source: both(sql`'ai'::text`),
  person: { raised: sql`null::text`, decided: sql`r.reviewer` },
};

function both(key: RawBuilder<string | null>) {
  return { raised: key, decided: key };
}

function toClassKey(column: RawBuilder<unknown>): RawBuilder<string | null> {
  const cases = offences.map((offence) => {
    const { scheme, code } = toOffenceClass(offence);
    return sql`when ${offence} then ${`${scheme} ${code}`}`;
  });
  return sql`case ${column} ${sql.join(cases, sql` `)} end`;
}

/**
 * What the machine raised and what people made of it. Decisions count from when they could no longer be taken back; a blind
 * second review is a check of reviewers, not a decision on a candidate.
 */
export function selectCandidates(query: CountQuery): RawBuilder<unknown> {
  const { raised, decided } = keys[query.by];
  return sql`
    with raising as (
      select ${raised} as key, c.raised_at, c.state, e.is_complete, e.sealed_at is not null or e.failure is not null as is_due
      from candidate c left join evidence e on e.candidate_id = c.id where c.blind_of is null
    ),
    decision as (
      -- Only of the few that were reminded one wants to know how they went on.
      select ${decided} as key, r.effective_at, r.result, r.reason, r.stage, r.spent_ms,
        case when r.result = 'reminded' then (select reminder.look from reminder where reminder.review_id = r.id) end as look
      from review r where not r.is_blind and r.settled_at is not null and r.undone_at is null
    ),
    pair as (
      select ${decided} as key, r.effective_at, r.result <> first.result as is_other
      from review r join candidate c on c.id = r.candidate_id join review first on first.id = c.blind_review_id
      where r.is_blind and r.settled_at is not null and r.undone_at is null
    )
    select key, jsonb_build_object(
      'candidates', ${many("state not in ('observing', 'suppressed')")},
      'suppressed', ${many("state = 'suppressed'")},
      'evidenceDue', ${many("is_due and state not in ('observing', 'suppressed')")},
      'evidenceComplete', ${many("is_due and is_complete and state not in ('observing', 'suppressed')")}
    ) as counts
    from raising where ${isIn('raised_at', query)} group by key
    union all
    select key, jsonb_build_object(
      'reviewed', ${many("stage = 1 and result in ('confirmed', 'rejected')")},
      'confirmed', ${many("stage = 1 and result = 'confirmed'")},
      'rejected', ${many("stage = 1 and result = 'rejected'")},
      'duplicates', ${many("stage = 1 and result = 'rejected' and reason = 'duplicate'")},
      'timedReviews', ${many('spent_ms is not null')},
      'reviewSeconds', coalesce(sum(spent_ms), 0)::float8 / 1000,
      'reminded', ${many("result = 'reminded'")},
      'cleared', ${many("result = 'reminded' and look = 'left'")}
    ) from decision where ${isIn('effective_at', query)} group by key
    union all
    select key, jsonb_build_object('blindPairs', count(*), 'blindDisagreed', ${many('is_other')})
    from pair where ${isIn('effective_at', query)} group by key
    union all
    ${selectCameraTime(query)}`;
}

function isIn(column: string, { fromMs, toMs }: CountQuery): RawBuilder<boolean> {
  return sql`(${sql.ref(column)} >= ${new Date(fromMs)} and ${sql.ref(column)} < ${new Date(toMs)})`;
}

/** How long cameras were there, of the time in which they should have been. */
function selectCameraTime({ by, fromMs, toMs, nowMs }: CountQuery): RawBuilder<unknown> {
  const [from, to] = [new Date(fromMs), new Date(Math.min(toMs, nowMs))];
  const key = by === 'all' ? sql`'all'::text` : by === 'camera' ? sql`camera_id` : sql`null::text`;
  return sql`
    select key, jsonb_build_object('cameraMinutes', sum(minutes), 'cameraLiveMinutes', coalesce(sum(minutes) filter (where state = 'live'), 0))
    from (
      select ${key} as key, state,
        greatest(0, extract(epoch from least(until, ${to}) - greatest(at, ${from})) / 60)::float8 as minutes
      from (
        -- Of the newest state nobody knows longer than reports come.
        select change.camera_id, change.state, change.at, coalesce(lead(change.at) over (partition by change.camera_id order by change.at),
          case when change.state = 'live' then camera.health_at + ${silenceMs} * interval '1 ms' else 'infinity' end) as until
        from camera_state_change change join camera on camera.id = change.camera_id
        union all
        select id, 'unknown', health_at + ${silenceMs} * interval '1 ms', 'infinity' from camera where state = 'live' and health_at is not null
      ) span where at < ${to} and until > ${from} and state <> 'ended'
    ) part where minutes > 0 group by key`;
}

/** How many rows of a group; the conditions are this file's own words, never a caller's. */
function many(condition: string): RawBuilder<number> {
  return sql`count(*) filter (where ${sql.raw(condition)})`;
}
