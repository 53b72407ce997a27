import { sql } from 'kysely';
import { type Static, Type } from 'typebox';
import { caseStates, isOpenState, toZonedIso } from '../../domain/mod.ts';
import { matchCandidateReach, matchReach } from '../auth/reach.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import { IsoTime, Nullable, OffenceReference, toOffenceReference } from '../http/schema.ts';

/** As many as can be read from across a hall. */
const maxListed = 8;

const WallCandidate = Type.Object({
  id: Type.String(),
  camera: Type.String({ description: 'Its name' }),
  offence: OffenceReference,
  raisedAt: IsoTime,
  isHeld: Type.Boolean({ description: 'Somebody is looking at it' }),
});

const WallCase = Type.Object({
  caseNo: Type.String(),
  offence: Nullable(OffenceReference),
  className: Type.String(),
  state: Type.Enum([...caseStates]),
  place: Nullable(Type.String({ description: 'Camera or grid; an address may lead to somebody' })),
  unit: Nullable(Type.String({ description: 'Its name' })),
  createdAt: IsoTime,
  deadline: Nullable(IsoTime),
  isOverdue: Type.Boolean(),
});

/** No names of persons, no accounts, no addresses and no pictures: a hall has visitors. */
export const WallView = Type.Object({
  now: IsoTime,
  candidates: Type.Array(WallCandidate, { description: 'Waiting for review, the newest first' }),
  overdue: Type.Array(WallCase, { description: 'Longest overdue first' }),
  urgent: Type.Array(WallCase, { description: 'Open and urgent, the newest first' }),
});

export async function readWall(context: ConsoleContext, user: User): Promise<Static<typeof WallView>> {
  const { db, timeZone } = context;
  const nowMs = context.nowMs();
  const toIso = (at: Date) => toZonedIso(at.getTime(), timeZone);
  const candidates = await db
    .selectFrom('candidate')
    .leftJoin('camera', 'camera.id', 'candidate.camera_id')
    .select(['candidate.id', 'candidate.camera_id', 'camera.name', 'offence', 'raised_at'])
    .select(sql<boolean>`candidate.state = 'in_review'`.as('is_held'))
    // A blind repetition is the reviewers' business.
    .where('candidate.state', 'in', ['pending_review', 'in_review'])
    .where('blind_of', 'is', null)
    .where(matchCandidateReach(user))
    .orderBy('raised_at', 'desc')
    .limit(maxListed)
    .execute();
  const selectCases = () =>
    db
      .selectFrom('case_file')
      .leftJoin('camera', 'camera.id', 'case_file.camera_id')
      .leftJoin('grid', 'grid.id', 'case_file.grid_id')
      .leftJoin('unit', 'unit.id', 'case_file.unit_id')
      .leftJoin('case_class', (join) =>
        join
          .onRef('case_class.scheme', '=', 'case_file.class_scheme')
          .onRef('case_class.code', '=', 'case_file.class_code'),
      )
      .select([
        'case_no',
        'case_file.offence',
        'case_file.state',
        'class_code',
        'case_class.name as class_name',
        'camera.name as camera_name',
        'grid.name as grid_name',
        'unit.name as unit_name',
        'case_file.created_at',
        'deadline',
      ])
      .where(matchReach(user))
      .limit(maxListed);
  const isLate = sql<boolean>`(deadline < ${new Date(nowMs)} and disposed_at is null and ended_at is null
    and suspended_at is null and case_file.state <> 'merged')`;
  const overdue = await selectCases().where(isLate).orderBy('deadline').execute();
  const urgent = await selectCases()
    .where('case_file.level', '=', 'urgent')
    .where('case_file.state', 'in', caseStates.filter(isOpenState))
    .orderBy('case_file.created_at', 'desc')
    .execute();
  const late = new Set(overdue.map((row) => row.case_no));
  const toView = (row: (typeof overdue)[number]): Static<typeof WallCase> => ({
    caseNo: row.case_no,
    offence: row.offence === null ? null : toOffenceReference(row.offence),
    className: row.class_name ?? row.class_code ?? '',
    state: row.state,
    place: row.camera_name ?? row.grid_name,
    unit: row.unit_name,
    createdAt: toIso(row.created_at),
    deadline: row.deadline === null ? null : toIso(row.deadline),
    isOverdue: late.has(row.case_no) || (row.deadline !== null && row.deadline.getTime() < nowMs),
  });
  return {
    now: toZonedIso(nowMs, timeZone),
    candidates: candidates.map((row) => ({
      id: row.id,
      camera: row.name ?? row.camera_id,
      offence: toOffenceReference(row.offence),
      raisedAt: toIso(row.raised_at),
      isHeld: row.is_held,
    })),
    overdue: overdue.map(toView),
    urgent: urgent.map(toView),
  };
}
