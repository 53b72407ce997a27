import { expect, test } from 'vitest';
import { caseActions, caseStates, findTransition, listActions, transitions } from './case.ts';

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

test('each state and action has at most one transition', () => {
  for (const state of caseStates)
    for (const action of caseActions)
      expect(
        transitions.filter((entry) => entry.action === action && entry.from.includes(state)).length,
      ).toBeLessThanOrEqual(1);
});

test('nothing leads out of an ended case but what the table says', () => {
  for (const state of ['closed', 'voided', 'not_accepted', 'not_registered', 'merged'] as const)
    expect(caseActions.filter((action) => findTransition(state, action))).toEqual([]);
});

test('a unit disposes, and only a unit', () => {
  expect(listActions('in_disposal', 'officer')).toEqual(['dispose']);
  expect(listActions('in_disposal', 'dispatcher')).toEqual(['return', 'reassign']);
  expect(listActions('pending_close', 'dispatcher')).toEqual([]);
});
