import { type RawBuilder, sql } from 'kysely';
import { type Static, Type } from 'typebox';
import { type Role, XunjieError } from '../../domain/mod.ts';
import { Nullable } from '../http/schema.ts';

const Ids = Nullable(Type.Array(Type.String()));

/** Which cases somebody sees and works on, beside what their posts may do with them. `null`: all. */
export const Reach = Type.Object({
  own: Nullable(
    Type.Object(
      { unitIds: Type.Array(Type.String()), gridIds: Ids },
      { description: 'Of these units or in these grids; what lies in no grid is in everybody’s' },
    ),
  ),
  limitUnitIds: Ids,
  limitGridIds: Ids,
});
export type Reach = Static<typeof Reach>;

/** What a case is measured by. */
export interface Place {
  readonly unit_id: string | null;
  /** While it is in coordination: the units that take part. */
  readonly consulted_unit_ids?: readonly string[] | null;
  readonly grid_id: string | null;
  readonly reporter: string | null;
}

interface Reaching {
  readonly username: string;
  readonly reach: Reach;
}

const field: readonly Role[] = ['officer', 'collector'];

/**
 * The reach of a post: who is an officer or a collector and nothing else has the own unit's cases and those of the own grids.
 * `collectorGrids`: `null` where the city has given no collector a grid; they then collect everywhere.
 */
export function toReach(
  roles: readonly Role[],
  unitId: string | null,
  collectorGrids: readonly string[] | null,
  limits: Pick<Reach, 'limitUnitIds' | 'limitGridIds'>,
): Reach {
  if (!roles.every((role) => field.includes(role))) return { own: null, ...limits };
  const isCollector = roles.includes('collector');
  if (isCollector && collectorGrids === null) return { own: null, ...limits };
  return {
    own: {
      unitIds: roles.includes('officer') && unitId !== null ? [unitId] : [],
      gridIds: isCollector ? [...(collectorGrids ?? [])] : null,
    },
    ...limits,
  };
}

/** Of a system with a key: what its key says, and no more. */
export function toMachineReach(limits: Pick<Reach, 'limitUnitIds' | 'limitGridIds'>): Reach {
  return { own: null, ...limits };
}

export function isInReach(place: Place, { username, reach }: Reaching): boolean {
  const { own, limitUnitIds, limitGridIds } = reach;
  if (limitUnitIds !== null && !concernsUnit(limitUnitIds, place)) return false;
  if (limitGridIds !== null && !includes(limitGridIds, place.grid_id)) return false;
  if (own === null || concernsUnit(own.unitIds, place)) return true;
  if (own.gridIds === null) return false;
  return place.grid_id === null || place.reporter === username || own.gridIds.includes(place.grid_id);
}

/** Whether nothing narrows what somebody sees. */
export function isWide({ reach }: Pick<Reaching, 'reach'>): boolean {
  return reach.own === null && !isLimited({ reach });
}

/** Whether the account or key has a limit of its own, whatever its posts may see. */
export function isLimited({ reach }: Pick<Reaching, 'reach'>): boolean {
  return reach.limitUnitIds !== null || reach.limitGridIds !== null;
}

/** Whether somebody sees what stands in a grid and is no case: cameras, vehicles. It is of no unit, so that only a limit of grids counts. */
export function isGridOpen(gridId: string | null, { reach }: Pick<Reaching, 'reach'>): boolean {
  return reach.limitGridIds === null || includes(reach.limitGridIds, gridId);
}

/** Refuses a case that is out of reach; `what` begins the message: `case 3303812026030100001`. */
export function requireInReach(place: Place, user: Reaching, what: string): void {
  if (isInReach(place, user)) return;
  const { own } = user.reach;
  const isGrids = own === null || own.gridIds !== null;
  throw new XunjieError('forbidden', `${what} is not ${isGrids ? 'in your grids or' : 'with'} your unit`);
}

/** Refuses what is of the whole city to who has limits; `what` begins the message: `the outbox`. */
export function requireUnlimited(user: Reaching, what: string): void {
  if (!isLimited(user)) return;
  throw new XunjieError('forbidden', `${what} is of the whole city: ${user.username} has limits`);
}

/** The grid of a candidate, of `camera` and `case_file` beside it: of its case where there is one, else where its camera stands. */
export function toCandidateGrid(): RawBuilder<string | null> {
  return sql<
    string | null
  >`case when case_file.case_no is null then camera.grid_id else case_file.grid_id end`;
}

/** `isInReach` as a condition on `candidate`, which is of the unit of its case, and of none before there is one. */
export function matchCandidateReach(user: Reaching): RawBuilder<boolean> {
  if (isWide(user)) return sql<boolean>`true`;
  return sql<boolean>`exists (
    select from (select) seen
    left join camera on camera.id = candidate.camera_id
    left join case_file on case_file.candidate_id = candidate.id
    where ${toCondition(user, toCandidateGrid())})`;
}

/** `isInReach` as a condition on `case_file`. */
export function matchReach(user: Reaching): RawBuilder<boolean> {
  return toCondition(user, sql`case_file.grid_id`);
}

function toCondition({ username, reach }: Reaching, gridId: RawBuilder<string | null>): RawBuilder<boolean> {
  const { own, limitUnitIds, limitGridIds } = reach;
  const conditions = [sql<boolean>`true`];
  if (limitUnitIds !== null) conditions.push(matchUnits(limitUnitIds));
  if (limitGridIds !== null) conditions.push(sql`(${gridId}) = any(${limitGridIds}::text[])`);
  if (own !== null && own.gridIds === null) conditions.push(matchUnits(own.unitIds));
  if (own !== null && own.gridIds !== null)
    conditions.push(sql`(${matchUnits(own.unitIds)} or (${gridId}) is null
      or (${gridId}) = any(${own.gridIds}::text[]) or case_file.reporter = ${username})`);
  return sql<boolean>`(${sql.join(conditions, sql` and `)})`;
}

/** Cases that are with one of these units, or in coordination with one of them taking part. */
export function matchUnits(unitIds: readonly string[]): RawBuilder<boolean> {
  // The few that are in coordination are looked up once: the rest is then read from the indexes of lists, which know number and unit.
  return sql<boolean>`(case_file.unit_id = any(${unitIds}::text[]) or case_file.case_no = any(array(
    select asked.case_no from case_file asked
    where asked.state = 'coordination' and asked.consulted_unit_ids && ${unitIds}::text[])))`;
}

function concernsUnit(unitIds: readonly string[], { unit_id: unitId, consulted_unit_ids: consulted }: Place) {
  return includes(unitIds, unitId) || (consulted ?? []).some((id) => unitIds.includes(id));
}

function includes(ids: readonly string[], id: string | null): boolean {
  return id !== null && ids.includes(id);
}
