import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseScoreScale } from './mod.ts';

test.each<[string, number[], [number, number][]]>([
  [
    'within 0-1 as it is',
    [0.1, 0.5, 0.9, 0.99],
    [
      [0.1, 0.1],
      [0.9, 0.9],
    ],
  ],
  [
    'a detector that is never sure is stretched',
    [0.1, 0.2, 0.3, 0.4, 0.5],
    [
      [0.4, 0.95],
      [0.2, 0.475],
      [0.5, 1],
    ],
  ],
  ['all the same say nothing', [-1, -1, -1], [[-1, 1]]],
  ['none', [], [[0.3, 1]]],
  [
    'margins by rank',
    [-1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4],
    [
      [-1, 0.1],
      [-0.5, 0.5],
      [1.5, 0.7],
      [4, 1],
      [9, 1],
      [-5, 0.1],
    ],
  ],
  [
    'per cent by rank',
    [50, 60, 70, 80, 90],
    [
      [50, 0.5],
      [70, 0.7],
      [90, 1],
    ],
  ],
])('%s', (_name, confidences, expected) => {
  const toScore = chooseScoreScale(confidences);
  for (const [confidence, score] of expected) expect(toScore(confidence)).toBeCloseTo(score, 9);
});

test('scores are within 0-1 and keep the order', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })), (all) => {
      const scores = all.toSorted((a, b) => a - b).map(chooseScoreScale(all));
      for (const [index, score] of scores.entries()) {
        expect(score).toBeGreaterThanOrEqual(scores[index - 1] ?? 0);
        expect(score).toBeLessThanOrEqual(1);
      }
    }),
  );
});
