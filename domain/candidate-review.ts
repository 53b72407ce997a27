/** States of a candidate on the human side of the queue (machine side: rules publish events). Held ones are kept and counted, and not reviewed. */
export const candidateStates = [
  'suppressed',
  'raised',
  'pending_review',
  'in_review',
  'needs_evidence',
  'confirmed',
  'rejected',
  'cleared',
  'expired',
] as const;
export type CandidateState = (typeof candidateStates)[number];

export const rejectReasons = [
  'not_offence',
  'permitted',
  'wrong_class',
  'unclear',
  'plate_misread',
  'not_stationary',
  'emergency_vehicle',
  'loading_allowed',
  'duplicate',
  'privacy',
  'test',
  'other',
] as const;
export type RejectReason = (typeof rejectReasons)[number];

/** The law's four words for evidence: 真实、清晰、完整、准确. */
export const evidenceChecks = ['true', 'clear', 'complete', 'accurate'] as const;
export type EvidenceCheck = (typeof evidenceChecks)[number];
