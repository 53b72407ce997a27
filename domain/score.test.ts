import { expect, test } from 'vitest';
import { type CountName, emptyCounts } from './indicator.ts';
import { computeScores, toGrade } from './score.ts';

const peers = { accepted: 100, dispatched: 100, disposed: 200 };

function find(name: string, counts: Partial<Record<CountName, number>>) {
  return computeScores({ ...emptyCounts, ...counts }, peers).find((score) => score.name === name);
}

test.each<[string, Partial<Record<CountName, number>>, number, string]>([
  // 5 + 27 + 24 + 27 of 100.
  ['unit', { disposed: 100, due: 100, disposedOnTime: 80, closed: 90, closeDue: 100, reworked: 10 }, 83, 'B'],
  ['dispatcher', { dispatched: 100, dispatchedRight: 90, dispatchDue: 100, dispatchedOnTime: 95 }, 94, 'A'],
  [
    'shift_leader',
    { filed: 10, filedOnTime: 6, filedVoided: 2, closed: 5, closedOnTime: 4, closeDue: 8 },
    64.5,
    'C',
  ],
  // Verification and checks were nobody's here: reports and omissions weigh all of it.
  ['collector', { reports: 10, validReports: 6, answerableFilings: 10, omissions: 10 }, 40, 'D'],
])('%s of %j: %d, %s', (name, counts, value, grade) => {
  const score = find(name, counts);
  expect(score?.value).toBeCloseTo(value, 6);
  expect(score?.grade).toBe(grade);
});

test('what cannot be judged has neither score nor grade', () => {
  for (const score of computeScores(emptyCounts, peers))
    expect([score.value, score.grade]).toEqual([null, null]);
});

test.each([
  [90, 'A'],
  [89.99, 'B'],
  [75, 'B'],
  [60, 'C'],
  [40, 'D'],
  [39.99, 'E'],
])('%d is %s', (value, grade) => {
  expect(toGrade(value)).toBe(grade);
});
