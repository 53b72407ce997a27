import { offenceFacts, toZonedIso } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import { listMissing } from '../cameras/attestations.ts';
import {
  findThumbnail,
  type SealedPackage,
  toClipViews,
  toStillViews,
  toThumbnailUrl,
} from '../evidence/package-view.ts';
import { maySeeUnmasked } from '../evidence/unmasked.ts';
import { toOffenceReference } from '../http/schema.ts';
import type { CandidateRow } from './candidate-query.ts';
import type { QueueRow } from './queue-query.ts';
import type { CandidateDetail, CandidateSummary } from './schema.ts';
import { listStillMoments, stillMoments } from './still-moments.ts';

export function toCandidateSummary(
  row: QueueRow,
  user: Pick<User, 'id'>,
  timeZone: string,
): CandidateSummary {
  const toIso = (at: Date) => toZonedIso(at.getTime(), timeZone);
  return {
    id: row.id,
    state: row.state,
    version: row.version,
    camera: { id: row.camera_id, name: row.camera_name ?? row.camera_id },
    offence: toOffenceReference(row.offence),
    zone: row.zone,
    class: row.class,
    from: toIso(row.from_at),
    to: row.to_at === null ? null : toIso(row.to_at),
    raisedAt: toIso(row.raised_at),
    dwellMs: row.dwell_ms,
    meanScore: row.mean_score,
    lease:
      row.lease_username === null || row.lease_until === null
        ? null
        : { by: row.lease_username, mine: row.lease_account_id === user.id, until: toIso(row.lease_until) },
    thumbnailUrl: toThumbnailUrl(row.manifest_hash, row.thumbnail_path),
    caseNo: row.case_no,
    stage: row.stage,
    queuedAt: row.queued_at === null ? null : toIso(row.queued_at),
    escalatedAt: row.escalated_at === null ? null : toIso(row.escalated_at),
    suppressed: row.suppressed && {
      reason: row.suppressed.reason,
      since: toZonedIso(row.suppressed.sinceMs, timeZone),
      duplicateOf: row.suppressed.duplicateOf,
      explanation: row.suppressed.explanation,
    },
  };
}

export function toCandidateDetail(row: CandidateRow, user: User, timeZone: string): CandidateDetail {
  const { facts } = row;
  const isMine = row.lease_account_id === user.id;
  const sealed = toSealedPackage(row);
  const isUnmasked = maySeeUnmasked(user, row.relation);
  return {
    ...toCandidateSummary(
      {
        ...row,
        class: facts.class,
        suppressed: facts.suppressed ?? null, // absent in rows of an older version
        thumbnail_path: findThumbnail(row.items),
      },
      user,
      timeZone,
    ),
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
    stills: sealed === null ? [] : toStillViews(sealed, timeZone, isUnmasked),
    clips: sealed === null || !isUnmasked ? [] : toClipViews(sealed),
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
            timeStampedAt:
              row.time_stamped_at === null ? null : toZonedIso(row.time_stamped_at.getTime(), timeZone),
            timeStampFailure: row.time_stamp_failure,
          },
    evidenceFailure: row.failure,
    review: toReviewView(row, timeZone),
    undoUntil:
      row.effective_at === null || row.settled_at !== null
        ? null
        : toZonedIso(row.effective_at.getTime(), timeZone),
    mergedInto: row.merged_into,
    merged: row.merged,
    penaltyTrack: row.penalty_track,
    needsDriverAbsent: offenceFacts[row.offence].needsDriverAbsent === true,
    stillsToShow: listStillMoments(row.items),
    shownStills: isMine ? stillMoments.filter((moment) => row.lease_shown.includes(moment)) : [],
    penaltyItemsMissing: listMissing(row.attested.map((item) => ({ item }))),
    ...toFindings(row, timeZone),
  };
}

export function toSealedPackage(
  row: Pick<CandidateRow, 'manifest_hash' | 'items' | 'sealed_facts'>,
): SealedPackage | null {
  if (row.manifest_hash === null || row.items === null || row.sealed_facts === null) return null;
  return { manifestHash: row.manifest_hash, items: row.items, facts: row.sealed_facts };
}

function toReviewView(row: CandidateRow, timeZone: string): CandidateDetail['review'] {
  const { reviewer, result, decision_stage: stage, track, decided_at: decidedAt } = row;
  if (reviewer === null || result === null || stage === null || track === null || decidedAt === null)
    return null;
  const { driver_absent: driverAbsent, wants, channel, reason, checks, note } = row;
  const at = toZonedIso(decidedAt.getTime(), timeZone);
  return { reviewer, result, stage, track, driverAbsent, wants, channel, reason, checks, note, at };
}

/** What has come since it was first looked at. */
function toFindings(
  row: CandidateRow,
  timeZone: string,
): Pick<CandidateDetail, 'evidenceRequest' | 'secondLook'> {
  const { evidence_request: request, second_look: look } = row;
  const toIso = (atMs: number) => toZonedIso(atMs, timeZone);
  return {
    evidenceRequest: request && {
      wants: request.wants,
      by: request.by,
      askedAt: toIso(request.askedAtMs),
      untilDwellMs: request.untilDwellMs,
      answer: request.answer && {
        by: request.answer.by,
        at: toIso(request.answer.atMs),
        note: request.answer.note,
      },
    },
    secondLook: look && {
      look: look.look,
      at: toIso(look.atMs),
      remindedAt: look.sentAtMs === null ? null : toIso(look.sentAtMs),
      graceUntil: look.graceUntilMs === null ? null : toIso(look.graceUntilMs),
      lastSeen: toIso(look.lastSeenMs),
      dwellMs: look.dwellMs,
      explanation: look.explanation,
    },
  };
}
