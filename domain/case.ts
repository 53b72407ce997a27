import type { Role } from './role.ts';

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

export type CaseLevel = 'normal' | 'urgent';

export const caseActions = [
  'verify_request',
  'verify_done',
  'accept',
  'refuse',
  'register',
  'decline',
  'dispatch',
  'receive',
  'return',
  'reassign',
  'dispose',
  'send_check',
  'check_pass',
  'check_fail',
  'close',
  'void',
] as const;
export type CaseAction = (typeof caseActions)[number];

export interface Transition {
  readonly action: CaseAction;
  readonly from: readonly CaseState[];
  readonly to: CaseState;
  /** Posts that may do it; the commander may stand in for the command centre's posts. */
  readonly by: readonly Role[];
  /** What the request must carry. */
  readonly needs: readonly ('reason' | 'unit' | 'photo' | 'standard')[];
}

const open: readonly CaseState[] = [
  'reported',
  'verifying',
  'accepted',
  'registered',
  'dispatched',
  'in_disposal',
  'disposed',
  'checking',
  'pending_close',
];

/** The closed loop: 上报 → 受理 → 立案 → 派遣 → 接单 → 处置 → 核查 → 结案, with its side ways. */
export const transitions: readonly Transition[] = [
  {
    action: 'verify_request',
    from: ['reported'],
    to: 'verifying',
    by: ['intake_officer', 'shift_leader', 'commander'],
    needs: [],
  },
  { action: 'verify_done', from: ['verifying'], to: 'reported', by: ['collector'], needs: ['photo'] },
  {
    action: 'accept',
    from: ['reported'],
    to: 'accepted',
    by: ['intake_officer', 'shift_leader', 'commander'],
    needs: [],
  },
  {
    action: 'refuse',
    from: ['reported'],
    to: 'not_accepted',
    by: ['intake_officer', 'shift_leader', 'commander'],
    needs: ['reason'],
  },
  {
    action: 'register',
    from: ['accepted'],
    to: 'registered',
    by: ['shift_leader', 'commander'],
    needs: ['standard'],
  },
  {
    action: 'decline',
    from: ['accepted'],
    to: 'not_registered',
    by: ['shift_leader', 'commander'],
    needs: ['reason'],
  },
  {
    action: 'dispatch',
    from: ['registered'],
    to: 'dispatched',
    by: ['dispatcher', 'commander'],
    needs: ['unit'],
  },
  { action: 'receive', from: ['dispatched'], to: 'in_disposal', by: ['officer'], needs: [] },
  {
    action: 'return',
    from: ['dispatched', 'in_disposal'],
    to: 'registered',
    by: ['dispatcher', 'commander'],
    needs: ['reason'],
  },
  {
    action: 'reassign',
    from: ['dispatched', 'in_disposal'],
    to: 'dispatched',
    by: ['dispatcher', 'commander'],
    needs: ['unit', 'reason'],
  },
  { action: 'dispose', from: ['in_disposal'], to: 'disposed', by: ['officer'], needs: ['photo'] },
  {
    action: 'send_check',
    from: ['disposed'],
    to: 'checking',
    by: ['intake_officer', 'shift_leader', 'commander'],
    needs: [],
  },
  {
    action: 'check_pass',
    from: ['checking'],
    to: 'pending_close',
    by: ['collector', 'intake_officer'],
    needs: ['photo'],
  },
  {
    action: 'check_fail',
    from: ['checking'],
    to: 'in_disposal',
    by: ['collector', 'intake_officer'],
    needs: ['photo', 'reason'],
  },
  { action: 'close', from: ['pending_close'], to: 'closed', by: ['shift_leader', 'commander'], needs: [] },
  { action: 'void', from: open, to: 'voided', by: ['shift_leader', 'commander'], needs: ['reason'] },
];

export function findTransition(state: CaseState, action: CaseAction): Transition | undefined {
  return transitions.find((transition) => transition.action === action && transition.from.includes(state));
}

/** Actions that someone with this role may take on a case in this state. */
export function listActions(state: CaseState, role: Role): CaseAction[] {
  return transitions
    .filter((transition) => transition.from.includes(state) && transition.by.includes(role))
    .map((transition) => transition.action);
}
