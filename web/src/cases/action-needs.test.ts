import { expect, test } from 'vitest';
import { caseActions, caseStates, transitions } from '../../../domain/mod.ts';
import { actionNeeds } from './action-needs.ts';
import { endStates, loopStates, toStateFilter } from './case-flow.ts';

test.each(caseActions)(
  'the form of %s asks for what the table of transitions needs, and no stranger',
  (action) => {
    const own = transitions.filter((transition) => transition.action === action);
    expect([...actionNeeds[action]]).toEqual(expect.arrayContaining(own.flatMap(({ needs }) => [...needs])));
    const known = own.flatMap(({ needs, takes }) => [...needs, ...takes]);
    expect(known).toEqual(expect.arrayContaining([...actionNeeds[action]]));
  },
);

test('every state of a case has its place in the overview', () => {
  expect([...loopStates, ...endStates].toSorted()).toEqual([...caseStates].toSorted());
});

test.each([
  [null, loopStates.join(',')],
  ['open', loopStates.join(',')],
  ['closed', 'closed'],
  ['nonsense', loopStates.join(',')],
])('the filter %s asks for %s', (value, expected) => {
  expect(toStateFilter(value)).toBe(expected);
});
