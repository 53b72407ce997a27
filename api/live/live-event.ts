import { sql } from 'kysely';
import type { CameraState, CandidateState, CaseState, ViewProblem } from '../../domain/mod.ts';
import { type Place, toCandidateGrid } from '../auth/reach.ts';
import type { Database } from '../database/tables.ts';

export type LiveEvent =
  | { readonly event: 'candidate'; readonly data: { readonly id: string; readonly state: CandidateState } }
  | { readonly event: 'case'; readonly data: { readonly caseNo: string; readonly state: CaseState } }
  | {
      readonly event: 'camera';
      readonly data: {
        readonly camera: string;
        readonly state: CameraState;
        readonly viewProblem: ViewProblem | null;
      };
    };

/** An event as it is kept: numbered in the order in which transactions ended, without a gap. */
export type NumberedEvent = LiveEvent & {
  readonly id: number;
  /** Where the case is, and was before a step, or the candidate or camera is: who may see it there hears of it. */
  readonly places: readonly Place[];
  /** The account that must not know of the candidate. */
  readonly hiddenFrom: string | null;
};

/** The database tells each event on this channel when its transaction commits. */
export const liveChannel = 'xunjie_live';

/** Tells every console on this database, once and only if the transaction around it commits. `places`: of a case, before and after. */
export async function publishLive(
  db: Database,
  event: LiveEvent,
  places: readonly Place[] = [],
): Promise<void> {
  await publishAll(db, [{ event, places }]);
}

interface News {
  readonly event: LiveEvent;
  readonly places: readonly Place[];
}

/** Several at once, in this order. */
export async function publishAll(db: Database, news: readonly News[]): Promise<void> {
  await insertNews(news).execute(db);
}

/** The same as a write that goes with others. */
export function insertNews(news: readonly News[]) {
  const rows = news.map(({ event: { event, data }, places }) => ({
    event,
    data,
    places: places.map(({ unit_id, grid_id, reporter, consulted_unit_ids = [] }) => ({
      unit_id,
      grid_id,
      reporter,
      consulted_unit_ids,
    })),
  }));
  return sql`
    insert into live_event (event, data, places, hidden_from)
    select item ->> 'event', item -> 'data', coalesce(${selectPlaces()}, item -> 'places'), (
      select first_reviewer_id from candidate
      where item ->> 'event' = 'candidate' and id = item -> 'data' ->> 'id' and blind_of is not null)
    from json_array_elements(${JSON.stringify(rows)}::json) with ordinality news (item, i) order by i`;
}

/** Of a candidate and of a camera, as `item` names them: whoever tells of one need not know where it is. */
function selectPlaces() {
  return sql`case item ->> 'event'
    when 'candidate' then (
      select json_build_array(json_build_object(
        'unit_id', case_file.unit_id, 'consulted_unit_ids', case_file.consulted_unit_ids, 'grid_id', ${toCandidateGrid()}, 'reporter', case_file.reporter))
      from candidate left join camera on camera.id = candidate.camera_id
        left join case_file on case_file.candidate_id = candidate.id
      where candidate.id = item -> 'data' ->> 'id')
    when 'camera' then (
      select json_build_array(json_build_object('unit_id', null, 'grid_id', grid_id, 'reporter', null))
      from camera where id = item -> 'data' ->> 'camera') end`;
}
