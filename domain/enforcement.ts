import type { Role } from './role.ts';

/** 证据固化、法制审核、已告知、陈述申辩、复核、移送掌上执法; what follows is told back by that system. */
export const enforcementStates = [
  'evidence_sealed',
  'legal_reviewed',
  'notified',
  'statement_received',
  'statement_reviewed',
  'handed_over',
  'decided',
  'exempted',
  'withdrawn',
  'served',
  'paid',
] as const;
export type EnforcementState = (typeof enforcementStates)[number];

export const enforcementActions = [
  'legal_review',
  'notify',
  'waive_objection',
  'receive_statement',
  'review_statement',
  'hand_over',
  'exempt',
  'withdraw',
] as const;
export type EnforcementAction = (typeof enforcementActions)[number];

/** Grounds of an objection, as the rules on traffic offences list them (程序规定 22). */
export const objectionReasons = [
  'emergency_vehicle',
  'stolen_or_cloned_plate',
  'rescue_or_necessity',
  'handled_on_site',
  'contradictory_signals',
  'record_unclear',
  'plate_misread',
  'other',
] as const;
export type ObjectionReason = (typeof objectionReasons)[number];

export interface EnforcementTransition {
  readonly from: readonly EnforcementState[];
  readonly to: EnforcementState;
  readonly by: readonly Role[];
}

const beforeHandOver = [
  'evidence_sealed',
  'legal_reviewed',
  'notified',
  'statement_received',
  'statement_reviewed',
] as const satisfies readonly EnforcementState[];

/** Steps that people take here. */
export const enforcementTransitions: Readonly<Record<EnforcementAction, EnforcementTransition>> = {
  legal_review: { from: ['evidence_sealed'], to: 'legal_reviewed', by: ['legal_reviewer'] },
  notify: { from: ['legal_reviewed'], to: 'notified', by: ['shift_leader', 'commander'] },
  waive_objection: { from: ['notified'], to: 'notified', by: ['legal_reviewer', 'commander'] },
  receive_statement: {
    from: ['notified'],
    to: 'statement_received',
    by: ['intake_officer', 'legal_reviewer'],
  },
  review_statement: { from: ['statement_received'], to: 'statement_reviewed', by: ['legal_reviewer'] },
  // Stays where it is until the other system has it.
  hand_over: {
    from: ['notified', 'statement_reviewed'],
    to: 'handed_over',
    by: ['commander', 'shift_leader'],
  },
  exempt: { from: beforeHandOver, to: 'exempted', by: ['legal_reviewer'] },
  withdraw: { from: beforeHandOver, to: 'withdrawn', by: ['legal_reviewer'] },
};

/** What the other system may tell, and after what. */
export const importedFrom: Partial<Record<EnforcementState, readonly EnforcementState[]>> = {
  decided: ['handed_over'],
  exempted: ['handed_over', 'decided'],
  withdrawn: ['handed_over', 'decided', 'served'],
  served: ['decided'],
  paid: ['decided', 'served'],
};
