import { describe, expect, onTestFinished, test } from 'vitest';
import type { CardWishes } from './card-wishes.ts';
import { openPictureModel } from './picture-model.ts';
import { guessHere } from './test-support/guess-here.ts';
import {
  car,
  cells,
  corners,
  detect,
  flip,
  names,
  one,
  paint,
  parts,
  targetSizes,
  toRows,
  v8Rows,
  write,
} from './test-support/layout-cases.ts';
import type { LayoutModelOptions, LayoutOutput } from './test-support/layout-model.ts';

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
    const { card } = await guessHere(file);
    expect(card.input).toMatchObject({ width: 64, height: 64, scale: name === 'uint8' ? '0-255' : '0-1' });
    const [[found] = []] = await detect(card, file, [paint(204)]);
    expect(found?.score).toBeCloseTo(0.5 + 0.25 * 0.8, 2);
  });

  test.each(['float16', 'float32'] as const)('outputs of %s', async (type) => {
    const [output] = v8({}).outputs;
    const file = await write({ metadata: { names }, outputs: [{ ...(output as LayoutOutput), type }] });
    const { card } = await guessHere(file);
    const [[found] = []] = await detect(card, file, [paint(255)]);
    expect(found).toEqual({ ...car, score: 0.75 });
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
    const { card } = await guessHere(file);
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
    const { card } = await guessHere(file, { scale: 'mean-std', mean, std });
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
    const { card } = await guessHere(file, wishes);
    const [[found] = []] = await detect(card, file, [paint(0, 128, 64)]);
    expect(found?.box).toEqual(box);
  });

  test('a size given where the file leaves it open', async () => {
    const file = await write(v8({ input: { dims: [1, 3, 'h', 'w'] } }));
    await expect(guessHere(file)).rejects.toMatchObject({ code: 'model_not_understood' });
    const { card, guesses } = await guessHere(file, { size: [64, 64] });
    expect(card.input).toMatchObject({ width: 64, height: 64 });
    expect(guesses).toEqual(expect.arrayContaining([expect.stringMatching(/^input 64x64: .*you said so/)]));
    const fixed = await write(v8({}));
    await expect(guessHere(fixed, { size: [96, 64] })).rejects.toMatchObject({
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
    const { card } = await guessHere(file);
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
    const { card } = await guessHere(file);
    expect(card.layout).toEqual(heightFirst ? { targetSize: order } : undefined);
    const [[found] = []] = await detect(card, file, [paint(0, 64, 32)]);
    expect(found?.box).toEqual(corners01);
  });
});

describe('batches', () => {
  test.each([2, 'n'])('%s pictures, each with its own answer', async (batch) => {
    const file = await write(v8({ input: { dims: [batch, 3, 64, 64] } }, batch));
    const { card } = await guessHere(file);
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
    const { card } = await guessHere(file);
    const model = await openPictureModel({ card, weightsPath: file, report: 'labels' });
    onTestFinished(() => model.release());
    const { found } = await model.detect([paint(51)]);
    expect(found[0]?.[0]?.score).toBeCloseTo(0.55, 3);
  });
});
