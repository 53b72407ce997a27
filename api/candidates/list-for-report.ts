import type { CandidateState, Offence } from '../../domain/mod.ts';
import type { Database } from '../database/tables.ts';

export interface ReportedCandidate {
  readonly id: string;
  readonly camera: string;
  readonly offence: Offence;
  readonly zone: string;
  readonly state: CandidateState;
  readonly fromMs: number;
  /** `null` while it lasts. */
  readonly toMs: number | null;
  readonly dwellMs: number;
  /** `null` until its evidence is sealed, and when it was deleted. */
  readonly manifestHash: string | null;
}

/** All candidates but those that the rules hold, by camera and time. */
export async function listForReport(db: Database): Promise<ReportedCandidate[]> {
  const rows = await db
    .selectFrom('candidate')
    .leftJoin('evidence', 'evidence.candidate_id', 'candidate.id')
    .selectAll('candidate')
    .select(['evidence.manifest_hash', 'evidence.deleting_at'])
    .where('candidate.state', '!=', 'suppressed')
    .where('candidate.blind_of', 'is', null)
    .orderBy('camera_id')
    .orderBy('from_at')
    .orderBy('candidate.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    camera: row.camera_id,
    offence: row.offence,
    zone: row.zone,
    state: row.state,
    fromMs: row.from_at.getTime(),
    toMs: row.to_at?.getTime() ?? null,
    dwellMs: row.dwell_ms,
    manifestHash: row.deleting_at === null ? row.manifest_hash : null,
  }));
}
