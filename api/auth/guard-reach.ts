import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { isHiddenFrom } from '../candidates/is-hidden-from.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database } from '../database/tables.ts';
import {
  isGridOpen,
  isLimited,
  isWide,
  type Place,
  requireInReach,
  requireUnlimited,
  toCandidateGrid,
} from './reach.ts';
import type { User } from './user.ts';

/** Refuses what a route names and the user does not see; says nothing where there is no such thing, which the handler knows. */
type Check = (db: Database, id: string, user: User) => Promise<void>;

const checks: readonly (readonly [start: string, parameter: string, check: Check])[] = [
  ['/api/candidates/:id', 'id', requireCandidateInReach],
  ['/api/evidence/:manifestHash', 'manifestHash', requirePackage],
  ['/api/custody/packages/:manifestHash', 'manifestHash', requirePackage],
  ['/api/cases/:caseNo/contact', 'caseNo', requireCase],
  ['/api/enforcement/:caseNo', 'caseNo', requireCase],
  ['/api/tuning-set/:id', 'id', requireExample],
  ['/api/cameras/:id', 'id', requireCamera],
];
/** What tells of the whole city and cannot be narrowed. */
const undivided = [
  ['/api/outbox', 'the outbox'],
  ['/api/inbox', 'the inbox'],
  ['/api/review-agreement', 'the agreement of reviewers'],
] as const;

/**
 * Holds every route that names a candidate, a package, a camera or a case beside its steps to the reach of who asks, whatever its handler
 * does. It costs those a question whose reach is narrowed, and nobody else. (Cases themselves are judged where their row is locked.)
 */
export function guardReach(app: FastifyInstance, { db }: Pick<ConsoleContext, 'db'>): void {
  app.addHook('preHandler', async (request) => {
    const { user } = request;
    if (user === null || isWide(user)) return;
    const url = request.routeOptions.url ?? '';
    const whole = undivided.find(([start]) => isUnder(url, start));
    if (whole !== undefined && isLimited(user)) requireUnlimited(user, whole[1]);
    const found = checks.find(([start]) => isUnder(url, start));
    if (found === undefined) return;
    const [, parameter, check] = found;
    const id = (request.params as Readonly<Record<string, string | undefined>>)[parameter];
    if (id !== undefined) await check(db, id, user);
  });
}

function isUnder(url: string, start: string): boolean {
  return url === start || url.startsWith(`${start}/`);
}

/** Refuses a candidate that is neither in the user's grids nor with the unit; also for those that a body names. */
export async function requireCandidateInReach(db: Database, id: string, user: User): Promise<void> {
  if (isWide(user)) return;
  const row = await selectPlace(db)
    .select(['candidate.blind_of', 'candidate.first_reviewer_id'])
    .where('candidate.id', '=', id)
    .executeTakeFirst();
  // What somebody must not know of is no matter of places.
  if (row !== undefined && !isHiddenFrom(row, user)) requireInReach(row, user, `candidate ${id}`);
}

async function requirePackage(db: Database, name: string, user: User): Promise<void> {
  const row = await selectPlace(db)
    .where(
      sql<boolean>`candidate.id = coalesce(
        (select candidate_id from evidence where manifest_hash = ${name}),
        (select id from candidate blind where blind_package = ${name}))`,
    )
    .executeTakeFirst();
  if (row !== undefined) requireInReach(row, user, `evidence package ${name}`);
}

async function requireExample(db: Database, id: string, user: User): Promise<void> {
  const row = await selectPlace(db)
    .where(
      sql<boolean>`candidate.id = (select candidate_id from tuning_example where review_id = ${id}::uuid)`,
    )
    .executeTakeFirst();
  if (row !== undefined) requireInReach(row, user, `decision ${id}`);
}

function selectPlace(db: Database) {
  return db
    .selectFrom('candidate')
    .leftJoin('camera', 'camera.id', 'candidate.camera_id')
    .leftJoin('case_file', 'case_file.candidate_id', 'candidate.id')
    .select(['case_file.unit_id', 'case_file.consulted_unit_ids', 'case_file.reporter'])
    .select(toCandidateGrid().as('grid_id'));
}

async function requireCase(db: Database, caseNo: string, user: User): Promise<void> {
  const row: Place | undefined = await db
    .selectFrom('case_file')
    .select(['unit_id', 'consulted_unit_ids', 'grid_id', 'reporter'])
    .where('case_no', '=', caseNo)
    .executeTakeFirst();
  if (row !== undefined) requireInReach(row, user, `case ${caseNo}`);
}

async function requireCamera(db: Database, id: string, user: User): Promise<void> {
  const row = await db.selectFrom('camera').select('grid_id').where('id', '=', id).executeTakeFirst();
  if (row !== undefined && !isGridOpen(row.grid_id, user))
    requireInReach({ unit_id: null, grid_id: row.grid_id, reporter: null }, user, `camera ${id}`);
}
