import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toReader } from './decode-outputs.ts';
import { type Letterbox, toLetterbox } from './letterbox.ts';
import type { ModelCard } from './model-card.ts';
import { tinyCard } from './test-support/tiny-card.ts';
import {
  type TinyThing,
  tinyCells,
  tinyEdge,
  toYolov8Columns,
  toYoloxRows,
} from './test-support/tiny-models.ts';
import { toDetections as fromBoxes } from './to-detections.ts';

const card: ModelCard = { ...tinyCard, sha256: '0'.repeat(64) };
function toDetections(of: ModelCard, data: Float32Array, letterbox: Letterbox) {
  const dims = of.head === 'yolov8' ? [1, 7, tinyCells] : [1, tinyCells, 8];
  const reader = toReader(of, { minScore: of.thresholds.score, everyLabel: false });
  const decode = reader.find([{ name: 'output', type: 'float32', dims, data }], 0);
  return fromBoxes(of, decode?.() ?? [], letterbox);
}
const square = { left: 0, top: 0, width: tinyEdge, height: tinyEdge };

// Centre (3 + 0.5, 2 + 0.25) * 8 = (28, 18), size 2 * 8 by 3 * 8: corners 20, 6, 36, 30 of 64.
const car: TinyThing = {
  stride: 8,
  gridX: 3,
  gridY: 2,
  numbers: [0.5, 0.25, Math.log(2), Math.log(3)],
  objectness: 0.8,
  scores: { 0: 0.9, 1: 0.3 },
};

describe('YOLOX rows', () => {
  test.each<[string, Partial<TinyThing>, object[]]>([
    [
      'best label, objectness times class score',
      {},
      [{ class: 'car', score: 0.72, box: [0.3125, 0.09375, 0.5625, 0.46875] }],
    ],
    [
      'same offsets on stride 16',
      { stride: 16, gridX: 1, gridY: 1 },
      // centre (1.5, 1.25) * 16 = (24, 20), size 32 by 48: corners 8, -4, 40, 44; cut at the top
      [{ class: 'car', score: 0.72, box: [0.125, 0, 0.625, 0.6875] }],
    ],
    [
      'same offsets on stride 32, cut at three edges',
      { stride: 32, gridX: 1, gridY: 0 },
      // centre (48, 8), size 64 by 96: corners 16, -40, 80, 56
      [{ class: 'car', score: 0.72, box: [0.25, 0, 1, 0.875] }],
    ],
    ['product under the threshold', { objectness: 0.2, scores: { 0: 0.49 } }, []],
    [
      'product at the threshold',
      { objectness: 0.25, scores: { 0: 0.5 } },
      [expect.objectContaining({ score: 0.125 })],
    ],
    ['label without a class', { scores: { 0: 0.5, 2: 0.6 } }, []],
    ['wholly outside', { gridX: 0, numbers: [-3, 0, 0, 0] }, []],
  ])('%s', (_name, changes, expected) => {
    expect(toDetections(card, toYoloxRows([{ ...car, ...changes }], 3), square)).toEqual(expected);
  });

  test('decoded rows are input pixels', () => {
    const rows = toYoloxRows([{ ...car, numbers: [28, 18, 16, 24] }], 3);
    expect(toDetections({ ...card, decoded: true }, rows, square)).toEqual([
      { class: 'car', score: 0.72, box: [0.3125, 0.09375, 0.5625, 0.46875] },
    ]);
  });

  test('boxes of a wide picture are given back in its own height', () => {
    const letterbox = toLetterbox(card.input, 128, 64);
    expect(letterbox).toEqual({ left: 0, top: 0, width: 64, height: 32 });
    expect(toDetections(card, toYoloxRows([car], 3), letterbox)).toEqual([
      { class: 'car', score: 0.72, box: [0.3125, 0.1875, 0.5625, 0.9375] },
    ]);
  });

  test('overlapping boxes of one class become one, of two classes stay', () => {
    const beside: TinyThing = {
      ...car,
      gridX: 4,
      numbers: [-0.4, 0.25, Math.log(2), Math.log(3)],
      scores: { 0: 0.7 },
    };
    const rider: TinyThing = {
      ...beside,
      gridY: 3,
      numbers: [-0.4, -0.75, Math.log(2), Math.log(3)],
      scores: { 1: 0.6 },
    };
    expect(
      toDetections(card, toYoloxRows([car, beside, rider], 3), square).map((each) => [
        each.class,
        each.score,
      ]),
    ).toEqual([
      ['car', 0.72],
      ['person', 0.48],
    ]);
  });

  test.each([
    ['NaN objectness', { objectness: Number.NaN }, /not a number/],
    ['NaN class score', { scores: { 1: Number.NaN } }, /not a number/],
    ['NaN box', { numbers: [Number.NaN, 0, 0, 0] as const }, /no number/],
    ['a size beyond every number', { numbers: [0, 0, 1000, 0] as const }, /no number/],
    ['logits instead of probabilities', { objectness: 1, scores: { 0: 7.25 } }, /score of 7\.250/],
  ])('%s is refused', (_name, changes, message) => {
    expect(() => toDetections(card, toYoloxRows([{ ...car, ...changes }], 3), square)).toThrow(message);
  });
});

describe('YOLOv8 columns', () => {
  const yolov8: ModelCard = {
    ...card,
    head: 'yolov8',
    input: { ...card.input, colour: 'rgb', scale: '0-1', padding: { value: 114, align: 'centre' } },
  };
  const parked: TinyThing = { ...car, numbers: [28, 34, 16, 24], scores: { 0: 0.7, 1: 0.2 } };

  test('class score alone, box in input pixels', () => {
    expect(toDetections(yolov8, toYolov8Columns([parked], 3), square)).toEqual([
      { class: 'car', score: 0.7, box: [0.3125, 0.34375, 0.5625, 0.71875] },
    ]);
  });

  test('a centred letterbox is undone', () => {
    const letterbox = toLetterbox(yolov8.input, 128, 64);
    expect(letterbox).toEqual({ left: 0, top: 16, width: 64, height: 32 });
    // corners 22 and 46 of the input lie 6 and 30 below the picture's top, of 32
    expect(toDetections(yolov8, toYolov8Columns([parked], 3), letterbox)).toEqual([
      { class: 'car', score: 0.7, box: [0.3125, 0.1875, 0.5625, 0.9375] },
    ]);
  });

  test('NaN is refused', () => {
    const columns = toYolov8Columns([{ ...parked, scores: { 1: Number.NaN } }], 3);
    expect(() => toDetections(yolov8, columns, square)).toThrow(/not a number/);
  });
});

test('a box goes into the input and comes back, whatever the sizes and the place of the picture', () => {
  const edge = fc.integer({ min: 2, max: 4000 });
  const part = fc.double({ min: 0, max: 1, noNaN: true });
  const inputEdge = fc.integer({ min: 32, max: 1280 });
  fc.assert(
    fc.property(
      fc.record({ width: inputEdge, height: inputEdge }),
      fc.constantFrom('centre' as const, 'top-left' as const, 'stretch' as const),
      fc.tuple(edge, edge),
      fc
        .tuple(part, part, part, part)
        .filter(([a, b, c, d]) => Math.abs(a - c) > 1e-3 && Math.abs(b - d) > 1e-3),
      (size, align, [pixelWidth, pixelHeight], [a, b, c, d]) => {
        const input = { ...card.input, ...size, padding: { value: 114, align } };
        const { left, top, width, height } = toLetterbox(input, pixelWidth, pixelHeight);
        const [x1, x2] = [Math.min(a, c), Math.max(a, c)];
        const [y1, y2] = [Math.min(b, d), Math.max(b, d)];
        const raw = {
          x1: left + x1 * width,
          y1: top + y1 * height,
          x2: left + x2 * width,
          y2: top + y2 * height,
          score: 0.5,
          label: 0,
        };
        const [found] = fromBoxes({ ...card, input }, [raw], { left, top, width, height });
        expect(found?.box).toEqual([x1, y1, x2, y2].map((value) => expect.closeTo(value, 4)));
      },
    ),
  );
});
