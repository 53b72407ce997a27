import { describe, expect, test } from 'vitest';
import { computeCocoAp } from './coco-ap.ts';
import type { Found, PixelBox, Truth } from './dataset.ts';

const place: PixelBox = [10, 10, 40, 40]; // 1600 square pixels: medium

function mark(given: Partial<Truth> = {}): Truth {
  const box = given.box ?? place;
  return { picture: 0, category: 0, box, area: box[2] * box[3], isCrowd: false, ...given };
}

function find(score: number, given: Partial<Found> = {}): Found {
  return { picture: 0, category: 0, box: place, score, ...given };
}

/** Keeps the left edge and scales the width: the IoU with `place` is the share. */
function cut(share: number): PixelBox {
  return [place[0], place[1], place[2] * share, place[3]];
}

const apart: PixelBox = [200, 200, 40, 40];

describe('figures worked out by hand', () => {
  test('perfect: 1 everywhere, and -1 where no thing has that size', () => {
    const { figures } = computeCocoAp(
      [mark(), mark({ picture: 1 })],
      [find(0.9), find(0.8, { picture: 1 })],
      1,
    );
    expect(figures).toEqual({
      ap50_95: 1,
      ap50: 1,
      ap75: 1,
      apSmall: -1,
      apMedium: 1,
      apLarge: -1,
      ar1: 1,
      ar10: 1,
      ar100: 1,
      arSmall: -1,
      arMedium: 1,
      arLarge: -1,
    });
  });

  test('nothing found: 0; nothing marked: -1', () => {
    expect(computeCocoAp([mark()], [], 1).figures).toMatchObject({
      ap50_95: 0,
      ap50: 0,
      ar100: 0,
      apSmall: -1,
    });
    expect(computeCocoAp([], [find(0.9)], 1).figures).toMatchObject({ ap50_95: -1, ar1: -1 });
    expect(computeCocoAp([], [], 0).figures.ap50).toBe(-1);
  });

  test('an overlap of 0.72 counts at 0.50 to 0.70: five of ten thresholds', () => {
    const { figures } = computeCocoAp([mark()], [find(0.9, { box: cut(0.72) })], 1);
    expect(figures).toMatchObject({ ap50: 1, ap75: 0, ap50_95: 0.5, ar100: 0.5 });
  });

  test('an overlap of exactly a threshold counts', () => {
    expect(computeCocoAp([mark()], [find(0.9, { box: cut(0.5) })], 1).figures).toMatchObject({
      ap50: 1,
      ap50_95: 0.1,
    });
  });

  test('a duplicate is wrong: precision 1/2 from the second on, but the first carries the curve', () => {
    const twice = [find(0.9), find(0.8)];
    const { figures, categories } = computeCocoAp([mark()], twice, 1);
    expect(figures.ap50).toBe(1);
    expect(categories[0]?.curve50.map(({ precision, recall }) => [precision, recall])).toEqual([
      [1, 1],
      [0.5, 1],
    ]);
    expect(categories[0]?.verdicts.map(({ truth }) => truth !== null)).toEqual([true, false]);
  });

  test('a better placed duplicate of lower score comes too late', () => {
    const { figures } = computeCocoAp([mark()], [find(0.9, { box: cut(0.6) }), find(0.8)], 1);
    // At 0.50-0.60 (3 thresholds) the first is right: AP 1. From 0.65 on it is wrong and the second right: precision 1/2.
    expect(figures.ap50_95).toBeCloseTo((3 * 1 + 7 * 0.5) / 10, 12);
  });

  test('wrong, right, right of three marked: the envelope at 101 points', () => {
    const truths = [mark(), mark({ picture: 1 }), mark({ picture: 2 })];
    const found = [find(0.9, { box: apart }), find(0.8), find(0.7, { picture: 1 })];
    // precision 0, 1/2, 2/3; recall 0, 1/3, 2/3: 67 recall points (0 to 0.66) at 2/3, the other 34 at 0
    expect(computeCocoAp(truths, found, 1).figures.ap50).toBeCloseTo((67 * (2 / 3)) / 101, 12);
  });

  test('right, wrong, right of two marked: 51 points at 1, 50 at 2/3', () => {
    const truths = [mark(), mark({ picture: 1 })];
    const found = [find(0.9), find(0.8, { box: apart }), find(0.7, { picture: 1 })];
    expect(computeCocoAp(truths, found, 1).figures.ap50).toBeCloseTo((51 + 50 * (2 / 3)) / 101, 12);
  });

  test('of equal scores the earlier picture comes first', () => {
    const right = (picture: number): Found[] => [
      find(0.5, { picture }),
      find(0.5, { picture: 1 - picture, box: apart }),
    ];
    expect(computeCocoAp([mark()], right(0), 1).figures.ap50).toBe(1);
    expect(computeCocoAp([mark({ picture: 1 })], right(1), 1).figures.ap50).toBe(0.5);
    expect(computeCocoAp([mark({ picture: 1 })], right(1).toReversed(), 1).figures.ap50).toBe(0.5);
  });

  test('two categories: the mean of both; a third without a marked thing is left out', () => {
    const truths = [mark(), mark({ category: 1 })];
    const found = [find(0.9), find(0.9, { category: 1, box: apart }), find(0.9, { category: 2 })];
    const { figures, categories } = computeCocoAp(truths, found, 3);
    expect(figures.ap50).toBe(0.5);
    expect(categories.map(({ ap50, truths: marked, found: counted }) => [ap50, marked, counted])).toEqual([
      [1, 1, 1],
      [0, 1, 1],
      [-1, 0, 1],
    ]);
  });

  test('the same box in another category or picture finds nothing', () => {
    expect(computeCocoAp([mark()], [find(0.9, { category: 1 })], 2).figures.ap50).toBe(0);
    expect(computeCocoAp([mark()], [find(0.9, { picture: 1 })], 1).figures.ap50).toBe(0);
  });
});

describe('crowds', () => {
  const crowd = mark({ box: [100, 100, 300, 300], isCrowd: true });
  const inside: PixelBox = [150, 150, 30, 30]; // wholly inside: shares all of its own area

  test('what lies in a crowd is ignored, however often; the crowd is not missed', () => {
    const found = [find(0.9, { box: inside }), find(0.8, { box: inside }), find(0.7)];
    const { figures, categories } = computeCocoAp([mark(), crowd], found, 1);
    expect(figures).toMatchObject({ ap50_95: 1, ar100: 1 });
    expect(categories[0]).toMatchObject({ truths: 1, found: 1 });
    expect(categories[0]?.verdicts.map((verdict) => verdict.isIgnored)).toEqual([true, true, false]);
  });

  test('a detection that fits a free marked thing takes it, though it lies wholly in the crowd', () => {
    const single = mark({ box: inside });
    expect(computeCocoAp([crowd, single], [find(0.9, { box: inside })], 1).figures.ap50).toBe(1);
  });

  test('half inside by its own area is ignored at IoU 0.50 and wrong above', () => {
    const half: PixelBox = [80, 150, 40, 30];
    const { figures } = computeCocoAp([mark(), crowd], [find(0.9, { box: half }), find(0.8)], 1);
    expect(figures.ap50).toBe(1);
    expect(figures.ap50_95).toBeCloseTo((1 + 9 * 0.5) / 10, 12);
  });

  test('crowds alone are nothing to find', () => {
    expect(computeCocoAp([crowd], [find(0.9, { box: inside })], 1).figures.ap50).toBe(-1);
  });
});

describe('sizes', () => {
  test.each([
    ['small', 32 ** 2 - 0.01, [1, -1, -1]],
    ['both sides, at 32 squared', 32 ** 2, [1, 1, -1]],
    ['medium', 32 ** 2 + 0.01, [-1, 1, -1]],
    ['both sides, at 96 squared', 96 ** 2, [-1, 1, 1]],
    ['large', 96 ** 2 + 0.01, [-1, -1, 1]],
  ])("the annotation's area decides, not its box: %s", (_name, area, expected) => {
    const { figures } = computeCocoAp([mark({ area })], [find(0.9)], 1);
    expect([figures.apSmall, figures.apMedium, figures.apLarge]).toEqual(expected);
    expect([figures.arSmall, figures.arMedium, figures.arLarge]).toEqual(expected);
    expect(figures.ap50_95).toBe(1);
  });

  test('an unmatched detection of another size is ignored, one of the same size is wrong', () => {
    const large: PixelBox = [200, 200, 100, 100];
    const wrong = (box: PixelBox) => computeCocoAp([mark()], [find(0.9, { box }), find(0.8)], 1).figures;
    expect(wrong(large)).toMatchObject({ apMedium: 1, ap50_95: 0.5 });
    expect(wrong(apart)).toMatchObject({ apMedium: 0.5, ap50_95: 0.5 });
  });

  test('a detection that takes a marked thing of another size is ignored', () => {
    const large = mark({ box: [200, 200, 100, 100] });
    const found = [find(0.9, { box: large.box }), find(0.8)];
    expect(computeCocoAp([mark(), large], found, 1).figures).toMatchObject({
      apMedium: 1,
      apLarge: 1,
      apSmall: -1,
    });
  });
});

describe('limits', () => {
  const row = (count: number): PixelBox[] =>
    Array.from({ length: count }, (_none, i): PixelBox => [i * 50, 0, 40, 40]);

  test('recall with 1, 10 and 100 detections per picture and category', () => {
    const truths = row(20).map((box) => mark({ box }));
    const found = row(20).map((box, i) => find(1 - i / 100, { box }));
    const { figures } = computeCocoAp(truths, found, 1);
    for (const [figure, expected] of [
      [figures.ar1, 1 / 20],
      [figures.ar10, 10 / 20],
      [figures.ar100, 1],
    ] as const)
      expect(figure).toBeCloseTo(expected, 12);
  });

  test('beyond the best 100 of a picture and category nothing counts', () => {
    const boxes = row(101);
    const found = boxes.map((box, i) => find(1 - i / 1000, { box }));
    expect(computeCocoAp([mark({ box: boxes[100] as PixelBox })], found, 1).figures.ar100).toBe(0);
    expect(computeCocoAp([mark({ box: boxes[99] as PixelBox })], found, 1).figures.ar100).toBe(1);
  });

  test('of two things overlapped alike the later is taken, each only once', () => {
    const found = [find(0.9), find(0.8), find(0.7)];
    const { categories } = computeCocoAp([mark(), mark()], found, 1);
    expect(categories[0]?.verdicts.map(({ truth }) => truth !== null)).toEqual([true, true, false]);
  });
});
