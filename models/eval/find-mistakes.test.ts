import { expect, test } from 'vitest';
import { computeCocoAp } from './coco-ap.ts';
import type { Dataset, Found, PixelBox, Truth } from './dataset.ts';
import { findMistakes } from './find-mistakes.ts';
import { findBestF1 } from './precision-recall.ts';

const [car, truck] = [0, 1];
const place: PixelBox = [10, 10, 40, 40];
const elsewhere: PixelBox = [200, 10, 60, 60];
const shifted: PixelBox = [10, 34, 40, 40]; // overlaps `place` by 16 of 64 lines: IoU 1/4

function mark(category: number, box: PixelBox, isCrowd = false): Truth {
  return { picture: 0, category, box, area: box[2] * box[3], isCrowd };
}

function find(category: number, score: number, box: PixelBox): Found {
  return { picture: 0, category, box, score };
}

function explain(truths: readonly Truth[], found: readonly Found[]) {
  const categories = ['car', 'truck'];
  const dataset: Dataset = { source: '', pictures: [], categories, truths, notes: [] };
  const classes = computeCocoAp(truths, found, 2).categories.map((each, category) => ({
    ...each,
    category,
    name: categories[category] ?? '',
    best: findBestF1(each.curve50),
  }));
  return findMistakes({ classes, dataset });
}

test.each([
  ['a second one', [mark(car, place)], [find(car, 0.9, place), find(car, 0.8, place)], 'duplicate'],
  ['another class', [mark(truck, place)], [find(car, 0.8, place)], 'confusion'],
  ['badly placed', [mark(car, place)], [find(car, 0.8, shifted)], 'misplaced'],
  ['nothing there', [mark(car, elsewhere)], [find(car, 0.8, place)], 'background'],
  ['badly placed on another class', [mark(truck, place)], [find(car, 0.8, shifted)], 'background'],
])('%s', (_name, truths, found, kind) => {
  const { wrong, confusions } = explain(truths, found);
  const all = [...wrong, ...confusions];
  expect(all.map((one) => one.kind)).toEqual([kind]);
  expect(confusions.length).toBe(kind === 'confusion' ? 1 : 0);
  expect(all[0]?.iou).toBe({ duplicate: 1, confusion: 1, misplaced: 0.25, background: 0 }[kind]);
});

test('what lies in a crowd is no mistake, and a crowd is not missed', () => {
  const { wrong, confusions, missed } = explain([mark(car, place, true)], [find(car, 0.9, place)]);
  expect([wrong, confusions, missed]).toEqual([[], [], []]);
});

test('missed things: largest first, with what was nearest', () => {
  const weakCar = find(car, 0.02, place);
  const truths = [mark(car, place), mark(car, elsewhere), mark(truck, [300, 300, 100, 100])];
  const far: PixelBox = [400, 10, 10, 10];
  // The best threshold of car is 0.9: down to 0.02 three more would be wrong.
  const found = [
    find(car, 0.9, elsewhere),
    ...[0.5, 0.4, 0.3].map((score) => find(car, score, far)),
    weakCar,
  ];
  const { missed, counts } = explain(truths, found);
  expect(missed.map(({ truth, nearest, iou }) => [truth.category, nearest, iou])).toEqual([
    [truck, null, 0],
    [car, weakCar, 1],
  ]);
  expect(counts).toEqual([
    {
      category: car,
      right: 1,
      wrong: { duplicate: 0, confusion: 0, misplaced: 0, background: 0 },
      missed: 1,
    },
    {
      category: truck,
      right: 0,
      wrong: { duplicate: 0, confusion: 0, misplaced: 0, background: 0 },
      missed: 1,
    },
  ]);
});

test("pairs are counted at the reported class's best threshold", () => {
  const truths = [mark(truck, place), mark(car, elsewhere)];
  const found = [find(car, 0.9, place), find(car, 0.8, elsewhere), find(truck, 0.9, elsewhere)];
  const { pairs, confusions } = explain(truths, found);
  expect(confusions).toHaveLength(2);
  // truck finds nothing right, so it has no threshold
  expect(pairs).toEqual([{ marked: truck, reported: car, count: 1 }]);
});
