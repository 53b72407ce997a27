import type { CaseAction, TransitionField } from '../../../domain/mod.ts';

export type ActionNeed = TransitionField;

/** What the form of an action asks for. The server's table of transitions decides; a test holds the two together. */
export const actionNeeds: Readonly<Record<CaseAction, readonly ActionNeed[]>> = {
  verify_request: [],
  verify_done: ['photo', 'point', 'exists'],
  accept: [],
  refuse: ['reason'],
  self_dispose: ['beforePhoto', 'photo'],
  approve_self_disposal: [],
  reject_self_disposal: ['reason'],
  register: ['standard'],
  decline: ['reason'],
  dispatch: ['unit'],
  coordinate: ['reason'],
  consult: ['units'],
  give_opinion: ['reason', 'photo'],
  decide: ['unit', 'reason'],
  receive: [],
  apply_return: ['reason'],
  return: ['reason'],
  refuse_return: ['reason'],
  reassign: ['unit', 'reason'],
  apply_extension: ['reason'],
  apply_suspension: ['reason', 'until'],
  endorse: [],
  extend: [],
  refuse_extension: ['reason'],
  suspend: [],
  refuse_suspension: ['reason'],
  resume: [],
  dispose: ['photo'],
  send_check: [],
  check_pass: ['photo'],
  check_fail: ['photo', 'reason'],
  close: [],
  force_close: ['reason'],
  apply_void: ['reason'],
  void: ['reason'],
  refuse_void: ['reason'],
  merge: ['master'],
  split: ['reason'],
  reopen: ['reason'],
  urge: [],
  supervise: ['reason'],
  judge_omission: ['omitted'],
  apply_appeal: ['reason'],
  endorse_appeal: [],
  grant_appeal: [],
  refuse_appeal: ['reason'],
};

/** Actions that carry a case on: drawn apart from those that end it or send it back. */
const mainActions: readonly CaseAction[] = [
  'accept',
  'approve_self_disposal',
  'register',
  'dispatch',
  'give_opinion',
  'decide',
  'receive',
  'endorse',
  'extend',
  'suspend',
  'resume',
  'dispose',
  'send_check',
  'check_pass',
  'close',
  'verify_done',
];

/** What the form offers and does without. */
export function isOptional(action: CaseAction, need: ActionNeed): boolean {
  // Without a unit the routing rules choose.
  return (action === 'dispatch' && need === 'unit') || (action === 'give_opinion' && need === 'photo');
}

export function isSideAction(action: CaseAction): boolean {
  return !mainActions.includes(action);
}
