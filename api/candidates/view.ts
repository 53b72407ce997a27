import { toZonedIso } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import type { Row } from '../database/tables.ts';
import { type SealedPackage, toClipViews, toStillViews, toThumbnailUrl } from '../evidence/package-view.ts';
import { maySeeUnmasked } from '../evidence/unmasked.ts';
import { toOffenceReference } from '../http/schema.ts';
import type { CandidateRow } from './candidate-query.ts';
import type { CandidateDetail, CandidateSummary } from './schema.ts';

export function toCandidateSummary(row: CandidateRow, user: User, timeZone: string): CandidateSummary {
  const { facts } = row;
  const toIso = (at: Date) => toZonedIso(at.getTime(), timeZone);
  return {
    id: row.id,
    state: row.state,
    version: row.version,
    camera: { id: row.camera_id, name: row.camera_name ?? row.camera_id },
    offence: toOffenceReference(row.offence),
    zone: row.zone,
    class: facts.class,
    from: toIso(row.from_at),
    to: row.to_at === null ? null : toIso(row.to_at),
    raisedAt: toIso(row.raised_at),
    dwellMs: row.dwell_ms,
    meanScore: row.mean_score,
    lease:
      row.lease_username === null || row.lease_until === null
        ? null
        : { by: row.lease_username, mine: row.lease_account_id === user.id, until: toIso(row.lease_until) },
    thumbnailUrl: toThumbnailUrl(row.manifest_hash, row.items, isUnmasked(user, row)),
    caseNo: row.case_no,
    suppressed:
      facts.suppressed == null // null, or absent in rows of an older version
        ? null
        : {
            reason: facts.suppressed.reason,
            since: toZonedIso(facts.suppressed.sinceMs, timeZone),
            duplicateOf: facts.suppressed.duplicateOf,
            explanation: facts.suppressed.explanation,
          },
  };
}

export function toCandidateDetail(
  row: CandidateRow,
  review: Row<'review'> | undefined,
  user: User,
  timeZone: string,
): CandidateDetail {
  const { facts } = row;
  const sealed = toSealedPackage(row);
  return {
    ...toCandidateSummary(row, user, timeZone),
    presentSince: toZonedIso(facts.presentSinceMs ?? facts.fromMs, timeZone),
    round: facts.round ?? 1,
    repeatOf: facts.repeatOf ?? null,
    dwell: facts.dwell,
    samplesSeen: facts.samplesSeen,
    samplesTaken: facts.samplesTaken,
    longestGapMs: facts.longestGapMs,
    onsetMs: facts.onsetMs,
    legalMs: facts.legalMs,
    rule: { id: facts.ruleId },
    zonePolygon: facts.zonePolygon.map(([x, y]): [number, number] => [x, y]),
    stills: sealed === null ? [] : toStillViews(sealed, timeZone, isUnmasked(user, row)),
    clips: sealed === null || !isUnmasked(user, row) ? [] : toClipViews(sealed),
    explanation: facts.explanation,
    clockErrorMs: facts.clockErrorMs,
    model: facts.model,
    sceneVersion: facts.sceneVersion,
    evidence:
      row.manifest_hash === null || row.sealed_at === null
        ? null
        : {
            manifestHash: row.manifest_hash,
            sealedAt: toZonedIso(row.sealed_at.getTime(), timeZone),
            keyId: row.key_id,
          },
    evidenceFailure: row.failure,
    review: review === undefined ? null : toReviewView(review, timeZone),
  };
}

function isUnmasked(user: User, row: CandidateRow): boolean {
  return maySeeUnmasked(user, row.case_no !== null);
}

export function toSealedPackage(
  row: Pick<CandidateRow, 'manifest_hash' | 'items' | 'sealed_facts'>,
): SealedPackage | null {
  if (row.manifest_hash === null || row.items === null || row.sealed_facts === null) return null;
  return { manifestHash: row.manifest_hash, items: row.items, facts: row.sealed_facts };
}

function toReviewView(review: Row<'review'>, timeZone: string): CandidateDetail['review'] {
  const { reviewer, result, reason, checks, note } = review;
  return { reviewer, result, reason, checks, note, at: toZonedIso(review.at.getTime(), timeZone) };
}
