import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { CardWishes } from './card-wishes.ts';
import { guessCard } from './guess-card.ts';
import type { ModelCard } from './model-card.ts';
import type { Picture } from './picture.ts';
import { openPictureModel } from './picture-model.ts';
import { type LayoutModelOptions, type LayoutOutput, toLayoutModel } from './test-support/layout-model.ts';
import { writeOnnxFile } from './test-support/onnx-file.ts';
import { makeTestFolder } from './test-support/tiny-card.ts';
import { tinyCells } from './test-support/tiny-models.ts';

const labels = ['person', 'car', 'teapot'];
const names = "{0: 'person', 1: 'car', 2: 'teapot'}";

/** A table with one row set, the others from `fill`. */
function toRows(count: number, at: number, row: readonly number[], fill: (i: number) => readonly number[]) {
  return Array.from({ length: count }, (_, i) => (i === at ? row : fill(i))).flat();
}

function flip(rows: readonly number[], columns: number): number[] {
  const count = rows.length / columns;
  return Array.from(
    { length: rows.length },
    (_, i) => rows[(i % count) * columns + Math.floor(i / count)] as number,
  );
}

function paint(red: number, pixelWidth = 64, pixelHeight = 64): Picture {
  const colour = [red, 20, 40];
  const pixels = Uint8Array.from({ length: pixelWidth * pixelHeight * 3 }, (_, i) => colour[i % 3] as number);
  return { pixels, pixelWidth, pixelHeight };
}

async function write(options: LayoutModelOptions): Promise<string> {
  const file = path.join(await makeTestFolder(), 'tiny.onnx');
  await writeOnnxFile(file, toLayoutModel(options));
  return file;
}

async function detect(card: ModelCard, weightsPath: string, pictures: readonly Picture[]) {
  const model = await openPictureModel({ card, weightsPath, report: 'labels' });
  onTestFinished(() => model.release());
  const { found } = await model.detect(pictures);
  return found.map((each) =>
    each.map(({ label, score, box }) => ({
      label: card.labels[label],
      score: Number(score.toFixed(3)),
      box: box.map((value) => Number(value.toFixed(4))),
    })),
  );
}

// One car at 16, 8 to 48, 40 of a 64 x 64 input, with a score of 0.5.
const car = { label: 'car', score: 0.5, box: [0.25, 0.125, 0.75, 0.625] };
const corners = [16, 8, 48, 40];
const centred = [32, 24, 32, 32];
const centred01 = centred.map((value) => value / 64);
const cells = tinyCells;

/** Boxes of background cells, in input pixels, as a trained model gives them everywhere. */
const cellBox = (i: number) => [4 + ((i * 8) % 64), 4 + ((i * 8) % 64), 8, 8];
const logit = (score: number) => Math.log(score / (1 - score));

interface Layout {
  readonly name: string;
  readonly outputs: readonly LayoutOutput[];
  readonly sides?: LayoutModelOptions['sides'];
  readonly scaledBy?: LayoutModelOptions['scaledBy'];
  readonly card: Partial<Omit<ModelCard, 'input'>>;
  readonly wishes?: CardWishes;
}

const one = (dims: readonly number[], values: readonly number[]): LayoutOutput[] => [
  { name: 'output0', dims: [1, ...dims], values },
];
const v8Rows = toRows(cells, 9, [...centred, 0.01, 0.5, 0.01], (i) => [...cellBox(i), 0, 0.01, 0]);
const v5Rows = (count: number) =>
  toRows(count, 9, [...centred, 0.625, 0.02, 0.8, 0.02], (i) => [...cellBox(i), 0.01, 0, 0.5, 0]);
const e2eRows = toRows(30, 0, [...corners, 0.5, 1], (i) => [i, i, i + 9.5, i + 8, 0.02, i % 3]);
const queryBoxes = toRows(20, 4, centred01, () => [0.5, 0.5, 0.25, 0.25]);
const queryScores = toRows(20, 4, [logit(0.01), 0, logit(0.02)], () => [-5, -6, -5]);
const targetSizes = { name: 'orig_target_sizes', type: 'int64', dims: [1, 2] } as const;
const parts = (scale: number): LayoutOutput[] => [
  {
    name: 'boxes',
    dims: [1, 10, 4],
    values: toRows(
      10,
      3,
      corners.map((value) => (value / 64) * scale),
      () => [0, 0, scale / 8, scale / 8],
    ),
  },
  { name: 'scores', dims: [1, 10], values: toRows(10, 3, [0.5], () => [0.02]) },
  { name: 'labels', type: 'int64', dims: [1, 10], values: toRows(10, 3, [1], (i) => [i % 3]) },
];

const layouts: Layout[] = [
  {
    name: 'yolox, raw',
    // centre (2, 1) of stride 16: (2 + 0) * 16 = 32, (1 + 0.5) * 16 = 24, size exp(ln 2) * 16
    outputs: one(
      [cells, 8],
      toRows(cells, 64 + 4 + 2, [0, 0.5, Math.log(2), Math.log(2), 0.625, 0, 0.8, 0], () => [
        0.5, 0.5, -1, 1, 0.01, 0, 0, 0,
      ]),
    ),
    card: { head: 'yolox', decoded: false },
  },
  { name: 'yolox, decoded', outputs: one([cells, 8], v5Rows(cells)), card: { head: 'yolox', decoded: true } },
  {
    name: 'yolov6, objectness 1',
    outputs: one(
      [cells, 8],
      toRows(cells, 9, [...centred, 1, 0.02, 0.5, 0.02], (i) => [...cellBox(i), 1, 0, 0, 0]),
    ),
    card: { head: 'yolov5', decoded: true },
  },
  {
    name: 'yolov5',
    outputs: one([3 * cells, 8], v5Rows(3 * cells)),
    card: { head: 'yolov5', decoded: true },
  },
  {
    name: 'yolov5 P6',
    outputs: one([3 * (cells + 1), 8], v5Rows(3 * (cells + 1))),
    card: { head: 'yolov5', decoded: true },
  },
  {
    name: 'yolov5, its maps beside it',
    outputs: [
      ...one([3 * cells, 8], v5Rows(3 * cells)),
      ...[8, 4, 2].map((edge) => ({
        name: `map${edge}`,
        dims: [1, 3, edge, edge, 8],
        values: new Float32Array(24 * edge * edge),
      })),
    ],
    card: { head: 'yolov5', decoded: true },
  },
  {
    name: 'yolov5, 0-1 of the input',
    outputs: one(
      [3 * cells, 8],
      v5Rows(3 * cells).map((value, i) => (i % 8 < 4 ? value / 64 : value)),
    ),
    card: { head: 'yolov5', decoded: true, layout: { normalised: true } },
  },
  { name: 'yolov8', outputs: one([7, cells], flip(v8Rows, 7)), card: { head: 'yolov8' } },
  {
    name: 'yolov8, a row per box',
    outputs: one([cells, 7], v8Rows),
    card: { head: 'yolov8', layout: { transposed: true } },
  },
  {
    name: 'yolov8, 0-1 of the input',
    outputs: one(
      [7, cells],
      flip(
        v8Rows.map((value, i) => (i % 7 < 4 ? value / 64 : value)),
        7,
      ),
    ),
    card: { head: 'yolov8', layout: { normalised: true } },
  },
  { name: 'yolo-e2e', outputs: one([30, 6], e2eRows), card: { head: 'yolo-e2e' } },
  {
    name: 'yolo-e2e, 0-1 of the input',
    outputs: one(
      [30, 6],
      e2eRows.map((value, i) => (i % 6 < 4 ? value / 64 : value)),
    ),
    card: { head: 'yolo-e2e', layout: { normalised: true } },
  },
  {
    name: 'yolo-e2e, class first',
    outputs: one(
      [30, 6],
      e2eRows.map((_, i) => e2eRows[i - (i % 6) + ([5, 0, 1, 2, 3, 4][i % 6] as number)] as number),
    ),
    card: { head: 'yolo-e2e', layout: { order: 'class-xyxy-score' } },
  },
  {
    name: 'yolov7 with its suppression',
    outputs: [{ name: 'output', dims: [1, 7], values: [0, ...corners, 1, 0.5] }],
    card: { head: 'yolo-e2e', layout: { order: 'batch-xyxy-class-score' } },
  },
  {
    name: 'yolo with suppression in four outputs',
    outputs: [
      { name: 'num_dets', type: 'int32', dims: [1, 1], values: [10] },
      ...parts(64).map((each) => ({
        ...each,
        name: { boxes: 'det_boxes', scores: 'det_scores', labels: 'det_classes' }[each.name] ?? '',
      })),
    ],
    card: { head: 'yolo-e2e' },
  },
  {
    name: 'detr with orig_target_sizes',
    outputs: parts(1),
    sides: [targetSizes],
    scaledBy: { input: 'orig_target_sizes' },
    card: { head: 'detr' },
  },
  {
    name: 'detr, boxes, scores and labels without it',
    outputs: parts(1),
    card: { head: 'detr', layout: { normalised: true } },
  },
  {
    name: 'detr, logits and boxes',
    outputs: [
      { name: 'pred_logits', dims: [1, 20, 3], values: queryScores },
      { name: 'pred_boxes', dims: [1, 20, 4], values: queryBoxes },
    ],
    card: { head: 'detr', layout: { scores: 'sigmoid' } },
  },
  {
    name: 'detr, both in one output',
    outputs: one(
      [20, 7],
      toRows(20, 4, [...centred01, 0.01, 0.5, 0.02], () => [0.5, 0.5, 0.25, 0.25, 0.01, 0.02, 0]),
    ),
    card: { head: 'detr' },
  },
  {
    name: 'detr of Paddle',
    outputs: [
      { name: 'rows', dims: [1, 6], values: [1, 0.5, ...corners] },
      { name: 'count', type: 'int32', dims: [1], values: [1] },
    ],
    sides: [
      { name: 'im_shape', type: 'float32', dims: [1, 2] },
      { name: 'scale_factor', type: 'float32', dims: [1, 2] },
    ],
    card: { head: 'detr', layout: { order: 'class-score-xyxy' } },
  },
];

describe.each(layouts)('$name', ({ outputs, sides, scaledBy, card: expected, wishes }) => {
  const options = { outputs, ...(sides && { sides }), ...(scaledBy && { scaledBy }), metadata: { names } };

  test('is understood, and its car found where it is', async () => {
    const file = await write(options);
    const { card } = await guessCard(file, wishes);
    expect(card).toMatchObject({ ...expected, labels, classMap: { person: 'person', car: 'car' } });
    expect(card.layout).toEqual(expected.layout);
    expect(await detect(card, file, [paint(0)])).toEqual([[car]]);
  });
});

const v8 = (extra: Omit<LayoutModelOptions, 'outputs'>, batch: number | string = 1): LayoutModelOptions => ({
  metadata: { names },
  outputs: [
    {
      name: 'output0',
      dims: [batch, 7, cells],
      values: flip(v8Rows, 7),
      // the car's score becomes 0.5 + 0.25 * level of the first plane
      follows: [{ at: 5 * cells + 9, plane: 0, factor: 0.25 }],
    },
  ],
  ...extra,
});

describe('inputs', () => {
  test.each<[string, LayoutModelOptions]>([
    ['float32', v8({})],
    ['float16', v8({ input: { type: 'float16', dims: [1, 3, 64, 64] } })],
    ['uint8', v8({ input: { type: 'uint8', dims: [1, 3, 64, 64] } })],
    ['pixels after one another', v8({ input: { dims: [1, 64, 64, 3] } })],
    ['quantised inside', v8({ quantised: true })],
    ['open sizes', v8({ input: { dims: ['n', 3, 'h', 'w'] }, metadata: { names, imgsz: '[64, 64]' } })],
  ])('%s', async (name, options) => {
    const file = await write({
      ...options,
      outputs: options.outputs.map((output) => ({
        ...output,
        follows: [{ at: 5 * cells + 9, plane: 0, factor: name === 'uint8' ? 0.25 / 255 : 0.25 }],
      })),
    });
    const { card } = await guessCard(file);
    expect(card.input).toMatchObject({ width: 64, height: 64, scale: name === 'uint8' ? '0-255' : '0-1' });
    const [[found] = []] = await detect(card, file, [paint(204)]);
    expect(found?.score).toBeCloseTo(0.5 + 0.25 * 0.8, 2);
  });

  test('signed bytes have their zero in the middle', async () => {
    const [output] = v8({}).outputs;
    const file = await write({
      input: { type: 'int8', dims: [1, 3, 64, 64] },
      metadata: { names },
      outputs: [
        { ...(output as LayoutOutput), follows: [{ at: 5 * cells + 9, plane: 0, factor: 0.25 / 128 }] },
      ],
    });
    const { card } = await guessCard(file);
    const [[bright] = [], [dark] = []] = [
      ...(await detect(card, file, [paint(192)])),
      ...(await detect(card, file, [paint(64)])),
    ];
    expect([bright?.score, dark?.score]).toEqual([0.625, 0.375]);
  });

  test('mean and deviation of each colour', async () => {
    const file = await write(v8({}));
    const mean = [0.5, 0.1, 0.2];
    const std = [0.25, 1, 1];
    const { card } = await guessCard(file, { scale: 'mean-std', mean, std });
    expect(card.input).toMatchObject({ scale: 'mean-std', mean, std });
    const [[found] = []] = await detect(card, file, [paint(204)]);
    expect(found?.score).toBeCloseTo(0.5 + 0.25 * ((0.8 - 0.5) / 0.25), 2);
  });

  test.each<[string, CardWishes, number[]]>([
    ['centred', {}, [0.25, 0, 0.75, 0.75]],
    ['top-left', { padding: 'top-left' }, [0.25, 0.25, 0.75, 1]],
    ['stretched', { padding: 'stretch' }, [0.25, 0.125, 0.75, 0.625]],
  ])('a wide picture, %s', async (_name, wishes, box) => {
    const file = await write(v8({}));
    const { card } = await guessCard(file, wishes);
    const [[found] = []] = await detect(card, file, [paint(0, 128, 64)]);
    expect(found?.box).toEqual(box);
  });

  test('a size given where the file leaves it open', async () => {
    const file = await write(v8({ input: { dims: [1, 3, 'h', 'w'] } }));
    await expect(guessCard(file)).rejects.toMatchObject({ code: 'model_not_understood' });
    const { card, guesses } = await guessCard(file, { size: [64, 64] });
    expect(card.input).toMatchObject({ width: 64, height: 64 });
    expect(guesses).toEqual(expect.arrayContaining([expect.stringMatching(/^input 64x64: .*you said so/)]));
    const fixed = await write(v8({}));
    await expect(guessCard(fixed, { size: [96, 64] })).rejects.toMatchObject({
      code: 'bad_argument',
      message: expect.stringMatching(/the file fixes its input at 64x64$/),
    });
  });

  test('an input that is wider than tall', async () => {
    const wide = 8 * 4 + 4 * 2 + 2;
    const rows = toRows(wide, 9, [32, 16, 32, 16, 0.01, 0.5, 0.01], () => [8, 8, 8, 8, 0, 0.01, 0]);
    const file = await write({
      input: { dims: [1, 3, 32, 64] },
      metadata: { names },
      outputs: one([7, wide], flip(rows, 7)),
    });
    const { card } = await guessCard(file);
    expect(card.input).toMatchObject({ width: 64, height: 32 });
    expect(await detect(card, file, [paint(0, 64, 32)])).toEqual([
      [{ ...car, box: [0.25, 0.25, 0.75, 0.75] }],
    ]);
  });

  test.each([
    ['height-width', true],
    ['width-height', false],
  ] as const)('orig_target_sizes in the order %s, told apart by a run', async (order, heightFirst) => {
    const corners01 = [0.25, 0.5, 0.75, 1];
    const file = await write({
      input: { dims: [1, 3, 32, 64] },
      sides: [targetSizes],
      scaledBy: { input: 'orig_target_sizes', heightFirst },
      metadata: { names },
      outputs: parts(1).map((each) =>
        each.name === 'boxes' ? { ...each, values: toRows(10, 3, corners01, () => [0, 0, 0.1, 0.1]) } : each,
      ),
    });
    const { card } = await guessCard(file);
    expect(card.layout).toEqual(heightFirst ? { targetSize: order } : undefined);
    const [[found] = []] = await detect(card, file, [paint(0, 64, 32)]);
    expect(found?.box).toEqual(corners01);
  });
});

describe('batches', () => {
  test.each([2, 'n'])('%s pictures, each with its own answer', async (batch) => {
    const file = await write(v8({ input: { dims: [batch, 3, 64, 64] } }, batch));
    const { card } = await guessCard(file);
    const found = await detect(card, file, [paint(51), paint(255)]);
    expect(found.map(([first]) => first?.score)).toEqual([0.55, 0.75]);
    expect(found.map(([first]) => first?.box)).toEqual([car.box, car.box]);
  });

  test('a batch that is open in the input but not in the output is seen one by one', async () => {
    const rows = {
      name: 'output',
      dims: [1, 7],
      values: [0, ...corners, 1, 0.5],
      follows: [{ at: 6, plane: 0, factor: 0.25 }],
    } as const;
    const file = await write({
      input: { dims: ['n', 3, 64, 64] },
      metadata: { names },
      outputs: [{ ...rows, dims: ['n', 7] }],
    });
    const { card } = await guessCard(file);
    const model = await openPictureModel({ card, weightsPath: file, report: 'labels' });
    onTestFinished(() => model.release());
    const { found } = await model.detect([paint(51)]);
    expect(found[0]?.[0]?.score).toBeCloseTo(0.55, 3);
  });
});
