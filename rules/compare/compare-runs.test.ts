import { expect, test } from 'vitest';
import type { Rule } from '../../domain/mod.ts';
import { listStanding } from '../list-standing.ts';
import { stand, visit } from '../test-support/actors.ts';
import { createScene, foldBatches, listOf } from '../test-support/fold.ts';
import { filmStreet } from '../test-support/street.ts';
import { compareRuns, type Run } from './compare-runs.ts';

const left = [0.2, 0.45, 0.32, 0.6] as const;
const right = [0.6, 0.45, 0.72, 0.6] as const;
/** One car from the first picture on, one that stays 40 s, one with a low score. */
const street = filmStreet(
  [
    stand([...left], 0, 120),
    visit([...right], 20, 60, 3),
    stand([0.4, 0.45, 0.5, 0.6], 0, 120, { score: 0.45 }),
  ],
  { seconds: 120, stepMs: 1000 },
);

function toRun(changes: Partial<Rule>): Run {
  const scene = createScene([changes]);
  const folded = foldBatches(street, scene);
  const raised = listOf(folded, 'raised');
  const newest = street.at(-1);
  if (newest === undefined) throw new Error('nothing was filmed');
  const latest = new Map(
    [
      ...folded.events.map(({ candidate }) => candidate),
      ...listStanding(folded.state, scene, newest),
      ...listStanding(folded.state, scene, newest, 'opened'),
    ].map((candidate) => [candidate.id, candidate]),
  );
  const isRaised = new Set(raised.map(({ id }) => id));
  return {
    raised: raised.map((one) => latest.get(one.id) ?? one),
    followed: [...latest.values()].filter(({ id }) => !isRaised.has(id)),
    sceneOf: () => scene,
  };
}

const base: Partial<Rule> = { legalMs: 30_000, onsetMs: 5000, minScore: 0.4 };

function listChanges(before: Partial<Rule>, after: Partial<Rule>): string[] {
  return compareRuns(toRun({ ...base, ...before }), toRun({ ...base, ...after })).map(
    ({ kind, why }) => `${kind}: ${why}`,
  );
}

test('the same scene changes nothing, under other ids too', () => {
  expect(listChanges({}, {})).toEqual(['same: ', 'same: ', 'same: ']);
  expect(listChanges({}, { id: 'renamed' })).toEqual(['same: ', 'same: ', 'same: ']);
});

test('a longer limit: later, or not at all', () => {
  expect(listChanges({}, { legalMs: 50_000 })).toEqual([
    expect.stringMatching(/^moves: legal 30 s -> 50 s: raised 20 s later$/),
    expect.stringMatching(/^moves: legal 30 s -> 50 s: raised 20 s later$/),
    expect.stringMatching(/^vanishes: legal 30 s -> 50 s: counted for 4\d s, the limit is 50 s$/),
  ]);
});

test('a shorter limit is the same the other way round', () => {
  expect(listChanges({ legalMs: 50_000 }, {})).toEqual([
    'moves: legal 50 s -> 30 s: raised 20 s earlier',
    'moves: legal 50 s -> 30 s: raised 20 s earlier',
    expect.stringMatching(
      /^appears: legal 50 s -> 30 s: counted for 4\d s, the limit is 50 s in the old scene$/,
    ),
  ]);
});

test('a higher score', () => {
  expect(listChanges({}, { minScore: 0.6 }).filter((line) => !line.startsWith('same'))).toEqual([
    expect.stringMatching(/^vanishes: minScore 0\.4 -> 0\.6: mean score 0\.4\d is below 0\.6$/),
  ]);
});

test('a smaller zone', () => {
  const polygon = [
    [0, 0.4],
    [0.55, 0.4],
    [0.55, 0.7],
    [0, 0.7],
  ] as const;
  expect(listChanges({}, { polygon }).filter((line) => !line.startsWith('same'))).toEqual([
    expect.stringMatching(
      /^vanishes: the zone's outline changed: it stands at \(0\.6\d, 0\.60\), outside kerb$/,
    ),
  ]);
});

test('other classes', () => {
  expect(listChanges({}, { classes: ['truck'] })[0]).toBe(
    "vanishes: classes car, truck, bus -> truck: car is none of the rule's classes (truck)",
  );
});

test('no rule any more', () => {
  const before = toRun(base);
  const nothing: Run = { raised: [], followed: [], sceneOf: () => null };
  expect(compareRuns(before, nothing).map(({ why }) => why)).toEqual(
    Array.from({ length: 3 }, () => 'no rule for sidewalk_parking in kerb'),
  );
});
