import { sql } from 'kysely';
import type { Database, Row } from '../database/tables.ts';

/** A candidate with what its views need of camera, evidence, lease holder, case and review. */
export function selectCandidates(db: Database) {
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
      .selectAll('candidate')
      .select([
        'camera.name as camera_name',
        'evidence.manifest_hash',
        'evidence.key_id',
        'evidence.items',
        'evidence.sealed_facts',
        'evidence.sealed_at',
        'evidence.failure',
        'account.username as lease_username',
        'case_file.case_no',
      ])
  );
}

export type CandidateRow = Row<'candidate'> & {
  readonly camera_name: string | null;
  readonly manifest_hash: Row<'evidence'>['manifest_hash'];
  readonly key_id: Row<'evidence'>['key_id'];
  readonly items: Row<'evidence'>['items'];
  readonly sealed_facts: Row<'evidence'>['sealed_facts'];
  readonly sealed_at: Row<'evidence'>['sealed_at'];
  readonly failure: Row<'evidence'>['failure'];
  readonly lease_username: string | null;
  readonly case_no: string | null;
};
