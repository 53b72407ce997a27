/** States of a case. */
export const caseStates = [
  'reported',
  'verifying',
  'accepted',
  'registered',
  'dispatched',
  'in_disposal',
  'disposed',
  'checking',
  'pending_close',
  'closed',
  'not_accepted',
  'not_registered',
  'voided',
  'coordination',
  'suspended',
  'self_disposed',
  'merged',
] as const;
export type CaseState = (typeof caseStates)[number];

/** The way of the closed loop: a case in one of these waits for somebody. */
export const openStates = [
  'reported',
  'verifying',
  'accepted',
  'registered',
  'dispatched',
  'in_disposal',
  'disposed',
  'checking',
  'pending_close',
] as const satisfies readonly CaseState[];

/** Whether a case has not ended: on the way, or aside in coordination, suspension or the review of a self-disposal. */
export function isOpenState(state: CaseState): boolean {
  const waiting: readonly CaseState[] = [...openStates, 'coordination', 'suspended', 'self_disposed'];
  return waiting.includes(state);
}

export type CaseLevel = 'normal' | 'urgent';

/** Who reported: a camera's confirmed candidate, a collector, the public (hotline, app), another system. */
export const caseSources = ['ai', 'collector', 'public', 'other'] as const;
export type CaseSource = (typeof caseSources)[number];

/** 漏报: a public report that nobody had before may be one, until intake says whether a collector should have had it. */
export const omissionStates = ['possible', 'confirmed', 'dismissed'] as const;
export type OmissionState = (typeof omissionStates)[number];

/** 正常、超时、差错、特殊结案. */
export const closeTypes = ['normal', 'overdue', 'error', 'special'] as const;
export type CloseType = (typeof closeTypes)[number];

/** What somebody applies for and somebody else decides: 退单、延期、挂账、作废、超时申诉. */
export const applicationKinds = ['return', 'extension', 'suspension', 'void', 'appeal'] as const;
export type ApplicationKind = (typeof applicationKinds)[number];

/** Steps that somebody takes on a case. What only the machine does (escalation) is no action. */
export const caseActions = [
  'verify_request',
  'verify_done',
  'accept',
  'refuse',
  'self_dispose',
  'approve_self_disposal',
  'reject_self_disposal',
  'register',
  'decline',
  'dispatch',
  'coordinate',
  'consult',
  'give_opinion',
  'decide',
  'receive',
  'apply_return',
  'return',
  'refuse_return',
  'reassign',
  'apply_extension',
  'apply_suspension',
  'endorse',
  'extend',
  'refuse_extension',
  'suspend',
  'refuse_suspension',
  'resume',
  'dispose',
  'send_check',
  'check_pass',
  'check_fail',
  'close',
  'force_close',
  'apply_void',
  'void',
  'refuse_void',
  'merge',
  'split',
  'reopen',
  'urge',
  'supervise',
  'judge_omission',
  'apply_appeal',
  'endorse_appeal',
  'grant_appeal',
  'refuse_appeal',
] as const;
export type CaseAction = (typeof caseActions)[number];
