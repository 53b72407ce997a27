/**
 * States of a candidate, machine side and human side. Those that the rules hold are kept and counted, and not reviewed;
 * `observing` is kept by the rules and never reaches the console.
 */
export const candidateStates = [
  'observing',
  'raised',
  'suppressed',
  'merged',
  'pending_review',
  'in_review',
  'needs_evidence',
  'reminded',
  'cleared',
  'confirmed',
  'rejected',
  'expired',
] as const;
export type CandidateState = (typeof candidateStates)[number];

/** What moves a candidate from one state to the next, from the moment it is raised. */
export const candidateMoves = [
  'raise',
  'queue',
  'lease',
  'release',
  'confirm',
  'reject',
  'ask_evidence',
  'remind',
  'merge',
  'undo',
  'second_review',
  'answer_evidence',
  'second_look',
  'clear',
  'appeal',
  'expire',
] as const;
export type CandidateMove = (typeof candidateMoves)[number];

export interface CandidateTransition {
  readonly move: CandidateMove;
  readonly from: readonly CandidateState[];
  readonly to: CandidateState;
}

/** Every way that a candidate may go once it is raised. What is not here is refused. */
export const candidateTransitions: readonly CandidateTransition[] = [
  { move: 'raise', from: ['suppressed'], to: 'raised' },
  { move: 'queue', from: ['raised'], to: 'pending_review' },
  { move: 'lease', from: ['pending_review', 'in_review'], to: 'in_review' },
  { move: 'release', from: ['in_review'], to: 'pending_review' },
  { move: 'confirm', from: ['in_review'], to: 'confirmed' },
  { move: 'reject', from: ['in_review'], to: 'rejected' },
  { move: 'ask_evidence', from: ['in_review'], to: 'needs_evidence' },
  { move: 'remind', from: ['in_review'], to: 'reminded' },
  /** Into another candidate that shows the same. */
  { move: 'merge', from: ['in_review'], to: 'merged' },
  /** Within the undo window, by who decided. */
  { move: 'undo', from: ['confirmed', 'rejected', 'needs_evidence', 'reminded', 'merged'], to: 'in_review' },
  /** A first confirmation on the penalty track: another person must confirm as well. */
  { move: 'second_review', from: ['confirmed'], to: 'pending_review' },
  { move: 'answer_evidence', from: ['needs_evidence'], to: 'pending_review' },
  { move: 'second_look', from: ['reminded'], to: 'pending_review' },
  { move: 'clear', from: ['reminded'], to: 'cleared' },
  { move: 'appeal', from: ['rejected'], to: 'pending_review' },
  { move: 'expire', from: ['pending_review', 'needs_evidence'], to: 'expired' },
];

/** What a reviewer decides on a candidate that is held. */
export const reviewResults = ['confirmed', 'rejected', 'needs_evidence', 'reminded', 'merged'] as const;
export type ReviewResult = (typeof reviewResults)[number];

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

/** Management (dispatch and closure) is for every camera; a penalty needs one whose records the law admits as evidence. */
export const caseTracks = ['management', 'penalty'] as const;
export type CaseTrack = (typeof caseTracks)[number];

/** What a reviewer may ask for before deciding. */
export const evidenceWants = ['longer_dwell', 'other_camera', 'site_visit'] as const;
export type EvidenceWant = (typeof evidenceWants)[number];

/** How whoever is there is asked to set it right. */
export const reminderChannels = ['sms', 'voice', 'loudspeaker'] as const;
export type ReminderChannel = (typeof reminderChannels)[number];

/** What a second look found when the grace was over. */
export const secondLooks = ['left', 'still_there', 'not_seen', 'not_sent'] as const;
export type SecondLook = (typeof secondLooks)[number];

/** What a camera must have before its records may serve for a penalty (行政处罚法 41). */
export const attestationItems = ['legal_review', 'technical_review', 'sign', 'publication'] as const;
export type AttestationItem = (typeof attestationItems)[number];
