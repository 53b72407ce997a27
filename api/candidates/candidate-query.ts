import { sql } from 'kysely';
import type { AttestationItem } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import type { Database, Row } from '../database/tables.ts';
import { type PackageRelation, toRelation } from '../evidence/unmasked.ts';
import { isKeptFrom } from './blind-sight.ts';

/** A candidate with what its views need of camera, evidence, lease holder, case and review. */
export function selectCandidates(db: Database, user: User) {
  return (
    db
      .selectFrom('candidate')
      .leftJoin('camera', 'camera.id', 'candidate.camera_id')
      // A blind repetition shows the evidence of the candidate that it repeats.
      .leftJoin('evidence', (join) =>
        join.on(sql<boolean>`evidence.candidate_id = coalesce(candidate.blind_of, candidate.id)`),
      )
      .leftJoin('account', 'account.id', 'candidate.lease_account_id')
      .leftJoin('case_file', 'case_file.candidate_id', 'candidate.id')
      // The newest decision that was not taken back.
      .leftJoinLateral(
        (from) =>
          from
            .selectFrom('review')
            .selectAll('review')
            .whereRef('review.candidate_id', '=', 'candidate.id')
            .where('review.undone_at', 'is', null)
            .orderBy('review.at', 'desc')
            .orderBy('review.stage', 'desc')
            .limit(1)
            .as('decision'),
        (join) => join.onTrue(),
      )
      .where(sql<boolean>`not ${isKeptFrom(user, sql`candidate.id`)}`)
      .selectAll('candidate')
      .select([
        'camera.name as camera_name',
        toPackageName().as('manifest_hash'),
        toRelation(user, sql`coalesce(candidate.blind_of, candidate.id)`).as('relation'),
        'evidence.key_id',
        'evidence.items',
        'evidence.sealed_facts',
        'evidence.sealed_at',
        'evidence.failure',
        'evidence.time_stamped_at',
        'evidence.time_stamp_failure',
        'account.username as lease_username',
        'case_file.case_no',
        'decision.reviewer',
        'decision.result',
        'decision.stage as decision_stage',
        'decision.track',
        'decision.driver_absent',
        'decision.wants',
        'decision.channel',
        'decision.reason',
        'decision.checks',
        'decision.note',
        'decision.at as decided_at',
        'decision.effective_at',
        'decision.settled_at',
        sql<string[]>`array(
          select part.id from candidate part where part.merged_into = candidate.id order by part.id)`.as(
          'merged',
        ),
        sql<AttestationItem[]>`array(
          select item from camera_attestation held where held.camera_id = candidate.camera_id)`.as(
          'attested',
        ),
      ])
  );
}

/** The manifest's hash, or the name that a blind repetition has for it. */
export function toPackageName() {
  return sql<string | null>`coalesce(candidate.blind_package, evidence.manifest_hash)`;
}

type Review = Row<'review'>;

export type CandidateRow = Row<'candidate'> & {
  readonly camera_name: string | null;
  readonly manifest_hash: Row<'evidence'>['manifest_hash'];
  readonly key_id: Row<'evidence'>['key_id'];
  readonly items: Row<'evidence'>['items'];
  readonly sealed_facts: Row<'evidence'>['sealed_facts'];
  readonly sealed_at: Row<'evidence'>['sealed_at'];
  readonly failure: Row<'evidence'>['failure'];
  readonly time_stamped_at: Date | null;
  readonly time_stamp_failure: string | null;
  readonly lease_username: string | null;
  readonly case_no: string | null;
  readonly relation: PackageRelation;
  /** These of the newest decision; all `null` without one. */
  readonly reviewer: Review['reviewer'] | null;
  readonly result: Review['result'] | null;
  readonly decision_stage: Review['stage'] | null;
  readonly track: Review['track'] | null;
  readonly driver_absent: Review['driver_absent'];
  readonly wants: Review['wants'];
  readonly channel: Review['channel'];
  readonly reason: Review['reason'];
  readonly checks: Review['checks'];
  readonly note: Review['note'];
  readonly decided_at: Date | null;
  readonly effective_at: Date | null;
  readonly settled_at: Date | null;
  /** Those that were merged into it. */
  readonly merged: string[];
  /** What was attested of the camera. */
  readonly attested: readonly AttestationItem[];
};
