import { sql } from 'kysely';
import { type CandidateState, XunjieError } from '../../domain/mod.ts';
import { requireCandidateInReach } from '../auth/guard-reach.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database, DatabaseTransaction } from '../database/tables.ts';
import { isKeptFrom } from './blind-sight.ts';
import { decideLocked } from './decide.ts';
import { findCandidate } from './find-candidate.ts';
import { isHiddenFrom } from './is-hidden-from.ts';
import { noCandidate } from './no-candidate.ts';
import type { Decider, Decision } from './record-decision.ts';
import type { CandidateDetail, MergeBody } from './schema.ts';
import type { SeenCandidate } from './seen-candidate.ts';

/** What another candidate may be merged into: it waits, or is a case. */
const masterStates: readonly CandidateState[] = [
  'pending_review',
  'in_review',
  'needs_evidence',
  'reminded',
  'confirmed',
];

/**
 * Merges a held candidate into another one that shows the same: one act, seen twice (一事不再罚). Both rows are locked in the order of their
 * ids, so that two who merge into each other do not both succeed. Taken back like any decision within the undo window. Rejects with
 * `conflict` where the two are not of one camera and offence, of one zone or number plate, and near in time, or where one of them is
 * part of a merge already.
 */
export async function mergeCandidate(
  context: ConsoleContext,
  id: string,
  body: MergeBody,
  by: Decider,
): Promise<{ candidate: CandidateDetail }> {
  const { into, version } = body;
  if (into === id)
    throw new XunjieError('bad_request', 'body.into: a candidate is not merged into itself', {
      details: { field: 'body.into' },
    });
  await context.db.transaction().execute(async (db) => {
    await sql`select id from candidate where id in (${id}, ${into}) order by id for update`.execute(db);
    const judge = async (_db: Database, candidate: SeenCandidate): Promise<Decision> => {
      await requireSameAct(context, db, candidate, into, by);
      return { result: 'merged', note: body.note?.trim() || null };
    };
    await decideLocked(context, db, { id, version, by, hold: 'own', judge });
    await db.updateTable('candidate').set({ merged_into: into }).where('id', '=', id).execute();
  });
  return { candidate: await findCandidate(context, context.db, id, by.user) };
}

async function requireSameAct(
  context: ConsoleContext,
  db: DatabaseTransaction,
  candidate: SeenCandidate,
  into: string,
  { user }: Decider,
): Promise<void> {
  const { mergeGapMs } = context.review;
  await requireCandidateInReach(db, into, user);
  const master = await db
    .selectFrom('candidate')
    .select(['state', 'camera_id', 'offence', 'zone', 'blind_of', 'first_reviewer_id'])
    .select([
      isKeptFrom(user, sql`candidate.id`).as('isKept'),
      sql<boolean>`exists (
        select 1 from plate one join plate two on two.blind_index = one.blind_index
        where one.candidate_id = candidate.id and two.candidate_id = ${candidate.id})`.as('hasSamePlate'),
      // An open end lasts until now.
      sql<number>`greatest(0, 1000 * extract(epoch from greatest(
        candidate.from_at - coalesce(${candidate.to_at}::timestamptz, ${new Date(context.nowMs())}::timestamptz),
        ${candidate.from_at}::timestamptz - coalesce(candidate.to_at, ${new Date(context.nowMs())}::timestamptz))))::float8`.as(
        'gapMs',
      ),
    ])
    .where('id', '=', into)
    .executeTakeFirst();
  if (master === undefined || master.isKept || isHiddenFrom(master, user)) throw noCandidate(into);
  const refuse = (why: string): never => {
    throw new XunjieError('conflict', `candidate ${candidate.id} is not merged into ${into}: ${why}`);
  };
  if (!masterStates.includes(master.state)) refuse(`that one is ${master.state}`);
  if (master.camera_id !== candidate.camera_id) refuse('another camera saw that one');
  if (master.offence !== candidate.offence) refuse(`that one is ${master.offence}`);
  if (master.zone !== candidate.zone && !master.hasSamePlate)
    refuse('they have neither zone nor number plate in common');
  if (master.gapMs > mergeGapMs)
    refuse(
      `there are ${Math.round(master.gapMs / 60_000)} min between them, more than ${mergeGapMs / 60_000}`,
    );
  const { rows } = await sql`select 1 from candidate where merged_into = ${candidate.id} limit 1`.execute(db);
  if (rows.length > 0) refuse('others have been merged into it; merge those first');
}
