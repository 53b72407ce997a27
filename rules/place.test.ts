import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Box } from '../domain/mod.ts';
import {
  isBornInPlace,
  isHidden,
  isSameOutline,
  isSamePlace,
  isTakingPlace,
  toCover,
  toRestFit,
  toShift,
  toSizeRatio,
} from './place.ts';

const anchor: Box = [0.4, 0.4, 0.6, 0.6];

describe('toShift', () => {
  test.each<[string, Box, number]>([
    ['the same box', anchor, 0],
    ['moved right by a quarter of its width', [0.45, 0.4, 0.65, 0.6], 0.25],
    ['moved up by half its height', [0.4, 0.3, 0.6, 0.5], 0.5],
    ['cut at the bottom', [0.4, 0.4, 0.6, 0.5], 0],
    ['cut at the left', [0.5, 0.4, 0.6, 0.6], 0],
    ['grown on all sides', [0.3, 0.3, 0.7, 0.7], 0],
  ])('%s', (_name, box, shift) => {
    expect(toShift(box, anchor)).toBeCloseTo(shift, 9);
  });
});

describe('toRestFit', () => {
  const inFront: Box = [0.35, 0.5, 0.65, 0.8];
  test.each<[string, Box, readonly Box[], string]>([
    ['unmoved', anchor, [], 'full'],
    ['jitter', [0.41, 0.39, 0.6, 0.61], [], 'full'],
    ['a quarter of its width away', [0.45, 0.4, 0.65, 0.6], [], 'away'],
    ['the upper half, something in front', [0.4, 0.4, 0.6, 0.5], [inFront], 'partial'],
    ['the upper half, nothing in front', [0.4, 0.4, 0.6, 0.5], [], 'away'],
    ['the upper half, something behind', [0.4, 0.4, 0.6, 0.5], [[0.35, 0.3, 0.65, 0.55]], 'away'],
    ['twice as large', [0.35, 0.3, 0.7, 0.7], [], 'away'],
  ])('%s', (_name, box, others, fit) => {
    expect(toRestFit(box, anchor, [...others, box], 0.2)).toBe(fit);
  });
});

describe('toCover', () => {
  test.each<[string, readonly Box[], number]>([
    ['nothing', [], 0],
    ['the lower half, nearer', [[0.3, 0.5, 0.7, 0.9]], 0.5],
    ['the lower half, but no nearer', [[0.3, 0.5, 0.7, 0.6]], 0],
    [
      'all of it by two',
      [
        [0.3, 0.3, 0.5, 0.9],
        [0.5, 0.3, 0.7, 0.9],
      ],
      1,
    ],
    [
      'more than all of it',
      [
        [0.3, 0.3, 0.7, 0.9],
        [0.3, 0.3, 0.7, 0.9],
      ],
      1,
    ],
  ])('%s', (_name, boxes, cover) => {
    expect(toCover(anchor, boxes)).toBeCloseTo(cover, 9);
    expect(isHidden(anchor, boxes)).toBe(cover >= 0.4);
  });
});

describe('one place or two', () => {
  test.each<[string, Box, boolean, boolean, boolean]>([
    // box, same place, same outline, taking the place
    ['the same box', anchor, true, true, true],
    ['the visible top of it', [0.4, 0.4, 0.6, 0.5], true, true, false],
    ['a like thing half a length on', [0.5, 0.4, 0.7, 0.6], false, false, false],
    ['a like thing a quarter of a length on', [0.45, 0.4, 0.65, 0.6], false, false, true],
    ['a larger thing in front', [0.35, 0.4, 0.65, 0.7], false, true, false],
    ['a small thing within', [0.45, 0.45, 0.5, 0.5], false, false, false],
  ])('%s', (_name, box, samePlace, sameOutline, taking) => {
    expect([isSamePlace(box, anchor), isSameOutline(box, anchor), isTakingPlace(box, anchor)]).toEqual([
      samePlace,
      sameOutline,
      taking,
    ]);
  });

  test.each<[string, Box, boolean]>([
    ['in full', anchor, true],
    ['as a corner that something leaves free', [0.5, 0.4, 0.6, 0.45], true],
    ['beside it', [0.2, 0.4, 0.4, 0.6], false],
    ['mostly beside it', [0.3, 0.4, 0.5, 0.6], false],
  ])('born %s', (_name, born, expected) => {
    expect(isBornInPlace(born, anchor)).toBe(expected);
  });
});

const boxes = fc
  .tuple(
    fc.double({ min: 0, max: 0.8, noNaN: true }),
    fc.double({ min: 0, max: 0.8, noNaN: true }),
    fc.double({ min: 0.01, max: 0.2, noNaN: true }),
    fc.double({ min: 0.01, max: 0.2, noNaN: true }),
  )
  .map(([x, y, width, height]): Box => [x, y, x + width, y + height]);

test('shares are shares, and a box rests where it is', () => {
  fc.assert(
    fc.property(boxes, boxes, (a, b) => {
      const cover = toCover(a, [b]);
      const ratio = toSizeRatio(a, b);
      expect(cover).toBeGreaterThanOrEqual(0);
      expect(cover).toBeLessThanOrEqual(1);
      expect(ratio).toBeGreaterThan(0);
      expect(ratio).toBeLessThanOrEqual(1);
      expect(toSizeRatio(b, a)).toBeCloseTo(ratio, 9);
      expect(toRestFit(a, a, [a, b], 0.2)).toBe('full');
      expect(isSamePlace(a, a)).toBe(true);
    }),
  );
});
