import type { CaseAction } from '../../../domain/mod.ts';

export type ActionNeed = 'reason' | 'unit' | 'photo' | 'standard';

/** What the form of an action asks for. The server's table of transitions decides; a test holds the two together. */
export const actionNeeds: Readonly<Record<CaseAction, readonly ActionNeed[]>> = {
  verify_request: [],
  verify_done: ['photo'],
  accept: [],
  refuse: ['reason'],
  register: ['standard'],
  decline: ['reason'],
  dispatch: ['unit'],
  receive: [],
  return: ['reason'],
  reassign: ['unit', 'reason'],
  dispose: ['photo'],
  send_check: [],
  check_pass: ['photo'],
  check_fail: ['photo', 'reason'],
  close: [],
  void: ['reason'],
};

/** Actions that end a case or send it back: drawn apart from those that carry it on. */
const sideActions: readonly CaseAction[] = ['refuse', 'decline', 'return', 'reassign', 'check_fail', 'void'];

export function isSideAction(action: CaseAction): boolean {
  return sideActions.includes(action);
}
