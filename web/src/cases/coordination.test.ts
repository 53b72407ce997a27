import { expect, test } from 'vitest';
import type { CaseAction, CaseState } from '../../../domain/mod.ts';
import type { FlowRecord } from '../api/types.ts';
import { findCoordination, listNamed, listSpeakers } from './coordination.ts';

const record = (
  seq: number,
  action: CaseAction,
  from: CaseState,
  to: CaseState,
  unit: string | null = null,
) => ({ seq, action, from, to, unit: unit === null ? null : { id: unit, name: unit } }) as FlowRecord;

const first = [
  record(1, 'accept', 'reported', 'accepted'),
  record(2, 'coordinate', 'registered', 'coordination'),
  record(3, 'give_opinion', 'coordination', 'coordination', 'sanitation'),
  record(4, 'decide', 'coordination', 'dispatched', 'huling-squad'),
];

test('the thread is the newest coordination, from how it came to it to the decision', () => {
  expect(findCoordination(first.slice(0, 1))).toEqual([]);
  expect(findCoordination(first.slice(0, 3)).map(({ seq }) => seq)).toEqual([2, 3]);
  const ended = [...first, record(5, 'receive', 'dispatched', 'in_disposal', 'huling-squad')];
  expect(findCoordination(ended).map(({ seq }) => seq)).toEqual([2, 3, 4]);
  const again = [
    ...ended,
    record(6, 'return', 'in_disposal', 'coordination'),
    record(7, 'consult', 'coordination', 'coordination'),
  ];
  expect(findCoordination(again).map(({ seq }) => seq)).toEqual([6, 7]);
});

test('only a unit that gave an opinion has spoken', () => {
  expect(listSpeakers(first)).toEqual(['sanitation']);
});

test('the units that the commander named are those of the record, whatever else it says', () => {
  const consult = record(5, 'consult', 'coordination', 'coordination');
  expect(listNamed({ ...consult, details: { units: ['sanitation', 7], before: ['other'] } })).toEqual([
    'sanitation',
  ]);
  expect(listNamed({ ...consult, details: {} })).toEqual([]);
  expect(listNamed({ ...consult, action: 'dispatch', details: { units: ['sanitation'] } })).toEqual([]);
});
