import { type RawBuilder, sql } from 'kysely';
import type { CandidateFacts, ObjectClass } from '../../domain/mod.ts';
import type { Database, Row } from '../database/tables.ts';
import { toPackageName } from './candidate-query.ts';

/**
 * What a row of the queue shows, and no more: facts and packages stay in the database. The small picture is a masked copy: looks at
 * lists are not written down, so that nothing is seen in them that must be.
 */
export function selectQueueRows(db: Database) {
  return db
    .selectFrom('candidate')
    .leftJoin('camera', 'camera.id', 'candidate.camera_id')
    .leftJoin('evidence', (join) =>
      join.on(sql<boolean>`evidence.candidate_id = coalesce(candidate.blind_of, candidate.id)`),
    )
    .leftJoin('account', 'account.id', 'candidate.lease_account_id')
    .leftJoin('case_file', 'case_file.candidate_id', 'candidate.id')
    .select([
      'candidate.id',
      'candidate.camera_id',
      'candidate.offence',
      'candidate.zone',
      'candidate.state',
      'candidate.version',
      'candidate.urgency',
      'candidate.from_at',
      'candidate.to_at',
      'candidate.raised_at',
      'candidate.dwell_ms',
      'candidate.mean_score',
      'candidate.lease_account_id',
      'candidate.lease_until',
      'candidate.stage',
      'candidate.queued_at',
      'candidate.escalated_at',
      'candidate.blind_of',
      'candidate.first_reviewer_id',
      'camera.name as camera_name',
      toPackageName().as('manifest_hash'),
      'account.username as lease_username',
      'case_file.case_no',
      sql<ObjectClass>`candidate.facts ->> 'class'`.as('class'),
      sql<CandidateFacts['suppressed']>`candidate.facts -> 'suppressed'`.as('suppressed'),
      sql<string | null>`(
        select item ->> 'path' from jsonb_array_elements(evidence.items) item
        where item ->> 'kind' = 'masked'
        order by (item ->> 'ptsMs')::float8 desc limit 1)`.as('thumbnail_path'),
    ]);
}

export type QueueRow = Pick<
  Row<'candidate'>,
  | 'id'
  | 'camera_id'
  | 'offence'
  | 'zone'
  | 'state'
  | 'version'
  | 'urgency'
  | 'from_at'
  | 'to_at'
  | 'raised_at'
  | 'dwell_ms'
  | 'mean_score'
  | 'lease_account_id'
  | 'lease_until'
  | 'stage'
  | 'queued_at'
  | 'escalated_at'
  | 'blind_of'
  | 'first_reviewer_id'
> & {
  readonly camera_name: string | null;
  readonly manifest_hash: Row<'evidence'>['manifest_hash'];
  readonly lease_username: string | null;
  readonly case_no: string | null;
  readonly class: ObjectClass;
  readonly suppressed: CandidateFacts['suppressed'] | null;
  readonly thumbnail_path: string | null;
};

export interface QueueCount {
  readonly total: number;
  /** Blind repetitions in the total, by who must not know of them. */
  readonly hidden: Readonly<Record<string, number>>;
}

export async function countQueue(db: Database, isWanted: RawBuilder<boolean>): Promise<QueueCount> {
  const { total, hidden } = await db
    .selectFrom('candidate')
    .where(isWanted)
    .select([
      (select) => select.fn.countAll<number>().as('total'),
      sql<Record<string, number> | null>`(
        select json_object_agg(first_reviewer_id, n) from (
          select first_reviewer_id, count(*) as n from candidate
          where blind_of is not null and ${isWanted} group by first_reviewer_id) blind)`.as('hidden'),
    ])
    .executeTakeFirstOrThrow();
  return { total, hidden: hidden ?? {} };
}
