import { describe, expect, test } from 'vitest';
import { findBestF1, type Outcome, toAveragePrecision, toCurve } from './precision-recall.ts';

function toOutcomes(text: string): Outcome[] {
  return text.split(' ').map((part) => ({ isRight: part.startsWith('+'), score: Number(part.slice(1)) }));
}

describe('threshold with the best F1', () => {
  test.each([
    // precision and recall after each: 1 & 1/2; 1/2 & 1/2; 2/3 & 1 -> F1 2/3, 1/2, 4/5
    ['+0.9 -0.8 +0.7', 2, { threshold: 0.7, precision: 2 / 3, recall: 1, f1: 0.8 }],
    // what has the same score stands or falls together: 0.9 alone would be F1 1
    ['+0.9 -0.9', 1, { threshold: 0.9, precision: 0.5, recall: 1, f1: 2 / 3 }],
    // equals: 1 & 1/3 -> 1/2; 1/2 & 1/3 -> 2/5; 1/3 & 1/3 -> 1/3
    ['+0.9 -0.8 -0.7', 3, { threshold: 0.9, precision: 1, recall: 1 / 3, f1: 0.5 }],
    ['-0.9 -0.8', 3, null],
  ])('%s of %d', (outcomes, truths, expected) => {
    const best = findBestF1(toCurve(toOutcomes(outcomes), truths));
    if (expected === null) expect(best).toBeNull();
    else
      for (const [key, value] of Object.entries(expected))
        expect(best).toHaveProperty(key, expect.closeTo(value, 12));
  });

  test('of two thresholds with the same F1 the higher', () => {
    // 1 & 1/2 -> 2/3; then 2/4 & 1 -> 2/3
    expect(findBestF1(toCurve(toOutcomes('+0.9 -0.8 -0.7 +0.6'), 2))?.threshold).toBe(0.9);
  });

  test('nothing found', () => {
    expect(findBestF1([])).toBeNull();
    expect(toAveragePrecision([])).toBe(0);
  });
});

test('recall that ends exactly at a recall point reaches it', () => {
  // 1 of 2 found: recall 0.5 is reached by the points 0, 0.01, ... 0.5: 51 of 101
  expect(toAveragePrecision(toCurve(toOutcomes('+0.9'), 2))).toBeCloseTo(51 / 101, 12);
});
