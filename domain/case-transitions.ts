import { type CaseAction, type CaseState, openStates } from './case.ts';
import type { Role } from './role.ts';

/** What a request for a step may carry beside the version and a note. */
export type TransitionField =
  | 'reason'
  | 'unit'
  | 'units'
  | 'photo'
  | 'beforePhoto'
  | 'standard'
  | 'point'
  | 'exists'
  | 'until'
  | 'master'
  | 'closeType'
  | 'omitted';

export interface Transition {
  readonly action: CaseAction;
  readonly from: readonly CaseState[];
  readonly to: CaseState;
  /** Where else it may lead, as its guard decides. */
  readonly or: readonly CaseState[];
  /** Posts that may do it; the commander may stand in for the command centre's posts. */
  readonly by: readonly Role[];
  /** What the request must carry. `standard`: without a named one, filing takes the default of the class. */
  readonly needs: readonly TransitionField[];
  /** What it may carry besides. */
  readonly takes: readonly TransitionField[];
}

const intake: readonly Role[] = ['intake_officer', 'shift_leader', 'commander'];
const shift: readonly Role[] = ['shift_leader', 'commander'];
const desk: readonly Role[] = ['dispatcher', 'commander'];
const officer: readonly Role[] = ['officer'];
/** Open, and yet not on its way: what is one with another case is so here too. */
const aside = ['coordination', 'suspended', 'self_disposed'] as const satisfies readonly CaseState[];
const withUnit: readonly CaseState[] = ['dispatched', 'in_disposal'];

type Extra = Partial<Pick<Transition, 'or' | 'needs' | 'takes'>>;

function step(
  action: CaseAction,
  from: CaseState | readonly CaseState[],
  to: CaseState,
  by: readonly Role[],
  extra: Extra = {},
): Transition {
  return {
    action,
    from: typeof from === 'string' ? [from] : from,
    to,
    or: [],
    by,
    needs: [],
    takes: [],
    ...extra,
  };
}

/** A step that leaves the state as it is, from each of these. */
function stay(
  action: CaseAction,
  states: readonly CaseState[],
  by: readonly Role[],
  extra: Extra = {},
): Transition[] {
  return states.map((state) => step(action, state, state, by, extra));
}

const reason: Extra = { needs: ['reason'] };

/**
 * The closed loop with its side ways: 上报 → 核实 → 受理 → 立案 → 派遣 → 接单 → 处置 → 核查 → 结案; what a unit asks for
 * (退单、延期、挂账) is applied for and decided by the dispatcher, 作废 by the shift leader, 超时申诉 by dispatcher and intake.
 */
export const transitions: readonly Transition[] = [
  step('verify_request', 'reported', 'verifying', intake),
  step('verify_done', 'verifying', 'reported', ['collector'], {
    needs: ['photo', 'point'],
    takes: ['exists'],
  }),
  step('accept', 'reported', 'accepted', intake),
  step('refuse', 'reported', 'not_accepted', intake, reason),
  step('self_dispose', 'reported', 'self_disposed', ['collector'], { needs: ['beforePhoto', 'photo'] }),
  step('approve_self_disposal', 'self_disposed', 'closed', intake),
  step('reject_self_disposal', 'self_disposed', 'reported', intake, reason),

  step('register', 'accepted', 'registered', shift, { needs: ['standard'] }),
  step('decline', 'accepted', 'not_registered', shift, reason),
  // Without a named unit the routing rules choose; where they name none, the commander does.
  step('dispatch', 'registered', 'dispatched', desk, { or: ['coordination'], takes: ['unit'] }),
  step('coordinate', ['registered', 'dispatched'], 'coordination', desk, reason),
  // 意见: units that the commander names say what they think; the 裁定 rests on it.
  ...stay('consult', ['coordination'], ['commander'], { needs: ['units'], takes: ['reason'] }),
  ...stay('give_opinion', ['coordination'], officer, { needs: ['reason'], takes: ['photo'] }),
  step('decide', 'coordination', 'dispatched', ['commander'], { needs: ['unit', 'reason'] }),
  step('receive', 'dispatched', 'in_disposal', officer),

  ...stay('apply_return', withUnit, officer, reason),
  step('return', withUnit, 'registered', desk, { ...reason, or: ['coordination'] }),
  ...stay('refuse_return', withUnit, desk, reason),
  step('reassign', withUnit, 'dispatched', desk, { needs: ['unit', 'reason'] }),

  ...stay('apply_extension', ['in_disposal'], officer, reason),
  ...stay('apply_suspension', ['in_disposal'], officer, { needs: ['reason', 'until'] }),
  ...stay('endorse', ['in_disposal'], officer),
  ...stay('extend', ['in_disposal'], desk),
  ...stay('refuse_extension', ['in_disposal'], desk, reason),
  step('suspend', 'in_disposal', 'suspended', desk),
  ...stay('refuse_suspension', ['in_disposal'], desk, reason),
  step('resume', 'suspended', 'in_disposal', desk),

  step('dispose', 'in_disposal', 'disposed', officer, { needs: ['photo'] }),
  step('send_check', 'disposed', 'checking', intake),
  step('check_pass', 'checking', 'pending_close', ['collector', 'intake_officer'], { needs: ['photo'] }),
  step('check_fail', 'checking', 'in_disposal', ['collector', 'intake_officer'], {
    needs: ['photo', 'reason'],
  }),
  step('close', 'pending_close', 'closed', shift, { takes: ['closeType', 'reason'] }),
  step('force_close', 'pending_close', 'closed', ['commander'], reason),

  ...stay('apply_void', openStates, ['dispatcher'], reason),
  step('void', openStates, 'voided', shift, reason),
  ...stay('refuse_void', openStates, shift, reason),
  step('merge', [...openStates, ...aside], 'merged', intake, { needs: ['master'] }),
  step('split', 'merged', 'reported', intake, { or: [...openStates.slice(1), ...aside], ...reason }),
  step('reopen', 'closed', 'in_disposal', shift, reason),

  ...stay(
    'urge',
    [...openStates, 'coordination'],
    ['intake_officer', 'dispatcher', 'shift_leader', 'commander'],
  ),
  ...stay('supervise', [...openStates, 'coordination'], shift, reason),
  ...stay('judge_omission', [...openStates, 'coordination', 'suspended', 'closed'], intake, {
    needs: ['omitted'],
  }),
  ...stay('apply_appeal', ['closed'], officer, reason),
  ...stay('endorse_appeal', ['closed'], ['dispatcher']),
  ...stay('grant_appeal', ['closed'], ['intake_officer']),
  ...stay('refuse_appeal', ['closed'], ['dispatcher', 'intake_officer'], reason),
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
