import type { CandidateDetail } from '../api/types.ts';

export type Warning =
  | 'no_evidence'
  | 'no_key'
  | 'no_stills'
  | 'no_model'
  | 'clock_unknown'
  | 'clock_off'
  | 'unknown_time'
  | 'still_there';

const clockToleranceMs = 2_000;

/** What a reviewer must know before signing, because the system does not know it or it is not as it should be. */
export function listWarnings(detail: CandidateDetail): Warning[] {
  const warnings: Warning[] = [];
  if (detail.evidence === null) warnings.push('no_evidence');
  else if (detail.evidence.keyId === null) warnings.push('no_key');
  if (detail.stills.length === 0) warnings.push('no_stills');
  if (detail.model === null) warnings.push('no_model');
  if (detail.clockErrorMs === null) warnings.push('clock_unknown');
  else if (Math.abs(detail.clockErrorMs) > clockToleranceMs) warnings.push('clock_off');
  if (detail.dwell.unknownMs > 0) warnings.push('unknown_time');
  if (detail.to === null) warnings.push('still_there');
  return warnings;
}
