import { type EvidenceCheck, evidenceChecks, offenceFacts, XunjieError } from '../../domain/mod.ts';
import { requireEligibleCamera } from '../cameras/attestations.ts';
import { findCaseSummary } from '../cases/find-case.ts';
import type { CaseSummary } from '../cases/schema.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database, Row } from '../database/tables.ts';
import { decide } from './decide.ts';
import { findCandidate } from './find-candidate.ts';
import type { Decider, Decision } from './record-decision.ts';
import type { CandidateDetail, ConfirmBody } from './schema.ts';
import type { SeenCandidate } from './seen-candidate.ts';
import { requireShownStills } from './shown-stills.ts';

/**
 * Signs the four checks. Refuses in this order: not held or not as seen, a check not signed, the driver not said to be away where
 * the offence needs it, a still not looked at, a penalty on a camera whose records the law does not admit.
 */
export async function confirmCandidate(
  context: ConsoleContext,
  id: string,
  body: ConfirmBody,
  by: Decider,
): Promise<{ candidate: CandidateDetail; case: CaseSummary | null }> {
  const judge = async (db: Database, candidate: SeenCandidate): Promise<Decision> => {
    const { track = candidate.penalty_track ? 'penalty' : 'management' } = body;
    if (candidate.penalty_track && track !== 'penalty')
      throw new XunjieError('bad_request', 'body.track: the first reviewer has confirmed it for a penalty', {
        details: { field: 'body.track' },
      });
    const checks = requireChecks(body.checks);
    requireDriverAbsent(candidate, body.driverAbsent);
    requireShownStills(candidate);
    if (track === 'penalty') await requireEligibleCamera(db, candidate.camera_id);
    return {
      result: 'confirmed',
      checks,
      track,
      level: body.level ?? 'normal',
      driver_absent: body.driverAbsent ?? null,
      note: body.note ?? null,
    };
  };
  await decide(context, { id, version: body.version, by, hold: 'own', judge });
  const candidate = await findCandidate(context, context.db, id, by.user);
  const { caseNo } = candidate;
  return {
    candidate,
    case: caseNo === null ? null : await findCaseSummary(context, context.db, caseNo, by.user),
  };
}

function requireChecks(checks: Partial<Record<EvidenceCheck, boolean>>): Record<EvidenceCheck, boolean> {
  const missing = evidenceChecks.filter((check) => checks[check] !== true);
  if (missing.length === 0) return { true: true, clear: true, complete: true, accurate: true };
  throw new XunjieError(
    'checks_missing',
    `not signed: ${missing.join(', ')}; all four checks must be true to confirm`,
    { details: { missing } },
  );
}

/** A driver who was reminded and is still there has refused to leave, which is as good as being away. */
function requireDriverAbsent(candidate: Row<'candidate'>, driverAbsent: boolean | undefined): void {
  if (offenceFacts[candidate.offence].needsDriverAbsent !== true || driverAbsent === true) return;
  const hasRefused = candidate.second_look?.look === 'still_there';
  if (driverAbsent === false && hasRefused) return;
  throw new XunjieError(
    'driver_absent_missing',
    driverAbsent === undefined
      ? `body.driverAbsent: ${candidate.offence} needs it said whether the driver is away`
      : `the driver is there: ${candidate.offence} needs a reminder first; it stands when the driver is still there after it`,
    { details: { field: 'body.driverAbsent' } },
  );
}
