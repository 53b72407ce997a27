import { describe, expect, test } from 'vitest';
import { caseActions, caseStates } from './case.ts';
import { findTransition, listActions, transitions } from './case-transitions.ts';
import { type Role, roles } from './role.ts';

const centre = 'intake_officer shift_leader commander';
const open = 'reported verifying accepted registered dispatched in_disposal disposed checking pending_close';

/** The city's table, written out: step, from, to (`=` stays), who. What is not here is not allowed. */
const table: readonly (readonly [action: string, from: string, to: string, by: string])[] = [
  ['verify_request', 'reported', 'verifying', centre],
  ['verify_done', 'verifying', 'reported', 'collector'],
  ['accept', 'reported', 'accepted', centre],
  ['refuse', 'reported', 'not_accepted', centre],
  ['self_dispose', 'reported', 'self_disposed', 'collector'],
  ['approve_self_disposal', 'self_disposed', 'closed', centre],
  ['reject_self_disposal', 'self_disposed', 'reported', centre],
  ['register', 'accepted', 'registered', 'shift_leader commander'],
  ['decline', 'accepted', 'not_registered', 'shift_leader commander'],
  ['dispatch', 'registered', 'dispatched coordination', 'dispatcher commander'],
  ['coordinate', 'registered dispatched', 'coordination', 'dispatcher commander'],
  ['consult', 'coordination', '=', 'commander'],
  ['give_opinion', 'coordination', '=', 'officer'],
  ['decide', 'coordination', 'dispatched', 'commander'],
  ['receive', 'dispatched', 'in_disposal', 'officer'],
  ['apply_return', 'dispatched in_disposal', '=', 'officer'],
  ['return', 'dispatched in_disposal', 'registered coordination', 'dispatcher commander'],
  ['refuse_return', 'dispatched in_disposal', '=', 'dispatcher commander'],
  ['reassign', 'dispatched in_disposal', 'dispatched', 'dispatcher commander'],
  ['apply_extension', 'in_disposal', '=', 'officer'],
  ['apply_suspension', 'in_disposal', '=', 'officer'],
  ['endorse', 'in_disposal', '=', 'officer'],
  ['extend', 'in_disposal', '=', 'dispatcher commander'],
  ['refuse_extension', 'in_disposal', '=', 'dispatcher commander'],
  ['suspend', 'in_disposal', 'suspended', 'dispatcher commander'],
  ['refuse_suspension', 'in_disposal', '=', 'dispatcher commander'],
  ['resume', 'suspended', 'in_disposal', 'dispatcher commander'],
  ['dispose', 'in_disposal', 'disposed', 'officer'],
  ['send_check', 'disposed', 'checking', centre],
  ['check_pass', 'checking', 'pending_close', 'collector intake_officer'],
  ['check_fail', 'checking', 'in_disposal', 'collector intake_officer'],
  ['close', 'pending_close', 'closed', 'shift_leader commander'],
  ['force_close', 'pending_close', 'closed', 'commander'],
  ['apply_void', open, '=', 'dispatcher'],
  ['void', open, 'voided', 'shift_leader commander'],
  ['refuse_void', open, '=', 'shift_leader commander'],
  ['merge', `${open} coordination suspended self_disposed`, 'merged', centre],
  ['split', 'merged', `${open} coordination suspended self_disposed`, centre],
  ['reopen', 'closed', 'in_disposal', 'shift_leader commander'],
  ['urge', `${open} coordination`, '=', 'intake_officer dispatcher shift_leader commander'],
  ['supervise', `${open} coordination`, '=', 'shift_leader commander'],
  ['judge_omission', `${open} coordination suspended closed`, '=', centre],
  ['apply_appeal', 'closed', '=', 'officer'],
  ['endorse_appeal', 'closed', '=', 'dispatcher'],
  ['grant_appeal', 'closed', '=', 'intake_officer'],
  ['refuse_appeal', 'closed', '=', 'dispatcher intake_officer'],
];

describe('the table of transitions', () => {
  test('has every step, and none that is not written here', () => {
    expect(table.map(([action]) => action).toSorted()).toEqual([...caseActions].toSorted());
  });

  test.each(caseActions)('%s: from which states, where to, by whom', (action) => {
    const [, from, to, by] = table.find(([name]) => name === action) ?? [];
    for (const state of caseStates) {
      const transition = findTransition(state, action);
      expect([state, transition !== undefined]).toEqual([state, from?.split(' ').includes(state)]);
      if (transition === undefined) continue;
      expect([transition.to, ...transition.or].toSorted()).toEqual(
        to === '=' ? [state] : to?.split(' ').toSorted(),
      );
      for (const role of roles)
        expect([state, role, listActions(state, role).includes(action)]).toEqual([
          state,
          role,
          by?.split(' ').includes(role),
        ]);
    }
  });

  test('each state and action has at most one transition', () => {
    for (const state of caseStates)
      for (const action of caseActions)
        expect(
          transitions.filter((entry) => entry.action === action && entry.from.includes(state)).length,
        ).toBeLessThanOrEqual(1);
  });

  test('nothing leads out of a case that was refused or voided', () => {
    for (const state of ['voided', 'not_accepted', 'not_registered'] as const)
      expect(caseActions.filter((action) => findTransition(state, action))).toEqual([]);
  });

  test('from every open state a case can come to an end, by somebody', () => {
    const ends = new Set(['closed', 'not_accepted', 'not_registered', 'voided']);
    for (const first of caseStates.filter((state) => state !== 'merged')) {
      const seen = new Set<string>([first]);
      for (const state of seen)
        for (const transition of transitions)
          if (transition.from.some((from) => from === state)) seen.add(transition.to);
      expect([...seen].some((state) => ends.has(state))).toBe(true);
    }
  });
});

test('the way of an ordinary case', () => {
  const way = [
    'accept',
    'register',
    'dispatch',
    'receive',
    'dispose',
    'send_check',
    'check_pass',
    'close',
  ] as const;
  let state = caseStates[0] as (typeof caseStates)[number];
  for (const action of way) {
    const transition = findTransition(state, action);
    expect(transition, `${action} from ${state}`).toBeDefined();
    state = transition?.to ?? state;
  }
  expect(state).toBe('closed');
});

test.each<[Role, readonly string[]]>([
  ['officer', ['apply_return', 'apply_extension', 'apply_suspension', 'endorse', 'dispose']],
  ['reviewer', []],
  ['engineer', []],
  ['auditor', []],
  ['clerk', []],
])('of a case in disposal %s may %j', (role, actions) => {
  expect(listActions('in_disposal', role)).toEqual(actions);
});
