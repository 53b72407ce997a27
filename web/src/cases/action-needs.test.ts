import { expect, test } from 'vitest';
import { caseActions, transitions } from '../../../domain/mod.ts';
import { actionNeeds } from './action-needs.ts';

test.each(caseActions)(
  'the form of %s asks for what the table of transitions needs, and no stranger',
  (action) => {
    const own = transitions.filter((transition) => transition.action === action);
    expect([...actionNeeds[action]]).toEqual(expect.arrayContaining(own.flatMap(({ needs }) => [...needs])));
    const known = own.flatMap(({ needs, takes }) => [...needs, ...takes]);
    expect(known).toEqual(expect.arrayContaining([...actionNeeds[action]]));
  },
);
