import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { cocoLabels } from './coco-labels.ts';
import { guessHere } from './test-support/guess-here.ts';
import { type LayoutModelOptions, type LayoutOutput, toLayoutModel } from './test-support/layout-model.ts';
import { writeOnnxFile } from './test-support/onnx-file.ts';
import { makeTestFolder } from './test-support/tiny-card.ts';
import { tinyCells } from './test-support/tiny-models.ts';

async function write(options: LayoutModelOptions, name = 'tiny.onnx'): Promise<string> {
  const file = path.join(await makeTestFolder(), name);
  await writeOnnxFile(file, toLayoutModel(options));
  return file;
}

/** An output whose numbers come from their row and column. */
function fill(
  dims: readonly number[],
  toValue: (row: number, column: number) => number,
  name = 'output0',
): LayoutOutput {
  const [, rows = 0, columns = 0] = dims;
  const values = Float32Array.from({ length: rows * columns }, (_, i) =>
    toValue(Math.floor(i / columns), i % columns),
  );
  return { name, dims, values };
}

const cells = tinyCells;
const zero = (): number => 0;
/** Rows of a centre and size in pixels, then small scores. */
const pixelRows = (row: number, column: number): number => (column < 4 ? 10 + (row % 40) : 0.1);
const pixelColumns = (row: number, column: number): number => pixelRows(column, row);
const namesOf = (...labels: string[]) => ({ names: JSON.stringify(labels) });

describe('sizes that fit two heads', () => {
  test.each<[string, LayoutOutput, object]>([
    ['84 x 84, a column per box', fill([1, 84, 84], pixelColumns), { head: 'yolov8' }],
    [
      '84 x 84, a row per box',
      fill([1, 84, 84], pixelRows),
      { head: 'yolov8', layout: { transposed: true } },
    ],
    [
      'a row per cell with 84 numbers is yolov8 of 80 classes, not yolox of 79',
      fill([1, cells, 84], pixelRows),
      { head: 'yolov8', layout: { transposed: true } },
    ],
    [
      'a row per cell with 85 numbers is yolox of 80 classes, not yolov8 of 81',
      fill([1, cells, 85], pixelRows),
      { head: 'yolox', decoded: true },
    ],
    ['three rows of 85 per cell', fill([1, 3 * cells, 85], zero), { head: 'yolov5' }],
    [
      'rows of 6 with whole classes',
      fill([1, 300, 6], (row, column) => [1, 2, 30, 40, 0.3, row % 80][column] as number),
      { head: 'yolo-e2e' },
    ],
    ['rows of 6 that are all empty', fill([1, 300, 6], zero), { head: 'yolo-e2e' }],
  ])('%s', async (_name, output, expected) => {
    expect((await guessHere(await write({ outputs: [output] }))).card).toMatchObject(expected);
  });

  test.each<[string, LayoutOutput, string[], object]>([
    ['1 name: three rows of 6 per cell', fill([1, 3 * cells, 6], pixelRows), ['car'], { head: 'yolov5' }],
    ['1 name: rows of 6 per cell', fill([1, cells, 6], pixelRows), ['car'], { head: 'yolox' }],
    [
      '2 names: rows of 6 per cell',
      fill([1, cells, 6], pixelRows),
      ['car', 'bus'],
      { head: 'yolov8', layout: { transposed: true } },
    ],
    ['1 name: columns of 5', fill([1, 5, cells], pixelColumns), ['car'], { head: 'yolov8' }],
    [
      '2 names: queries of 6, boxes 0-1',
      fill([1, 300, 6], (row, column) => (column < 4 ? 0.5 : 0.1 + (row % 9) / 10)),
      ['car', 'bus'],
      { head: 'detr' },
    ],
    [
      '2 names: rows of 6 in pixels, classes whole',
      fill([1, 300, 6], (row, column) => [1, 2, 30, 40, 0.3, row % 2][column] as number),
      ['car', 'bus'],
      { head: 'yolo-e2e' },
    ],
  ])('%s', async (_name, output, labels, expected) => {
    const file = await write({ outputs: [output], metadata: namesOf(...labels) });
    expect((await guessHere(file)).card).toMatchObject({ ...expected, labels });
  });

  test('what remains undecided is named with the options that decide it', async () => {
    const file = await write({ outputs: [fill([1, 84, 84], zero)] });
    const failure = guessHere(file);
    await expect(failure).rejects.toMatchObject({
      code: 'model_not_understood',
      message: expect.stringMatching(
        /it could be yolov8 with 80 classes \(--head yolov8 --layout columns\) or yolov8 with 80 classes \(--head yolov8 --layout rows\); say which/,
      ),
    });
    const { card } = await guessHere(file, { head: 'yolov8', layout: 'rows' });
    expect(card).toMatchObject({ head: 'yolov8', layout: { transposed: true } });
    expect((await guessHere(file, { layout: 'columns' })).card.layout).toBeUndefined();
  });

  test('normalised rows of two classes could be two heads until one is said', async () => {
    const output = fill([1, 300, 6], (row, column) => [0.1, 0.1, 0.5, 0.6, 0.3, row % 2][column] as number);
    const file = await write({ outputs: [output], metadata: namesOf('car', 'bus') });
    await expect(guessHere(file)).rejects.toMatchObject({
      message: expect.stringMatching(
        /detr with 2 classes \(--head detr\) or yolo-e2e \(--head yolo-e2e\); say which/,
      ),
    });
    expect((await guessHere(file, { head: 'yolo-e2e' })).card.layout).toEqual({ normalised: true });
  });

  test.each([
    ['car', 'bus'],
    ['car', 'bus', 'van'],
  ])("centre and size where the exporter names RT-DETR's decoder, with %s, %s", async (...labels) => {
    // Read as corners these would do as well, and with two names as the class scores of queries.
    const output = fill([1, 30, 6], (row, column) => [0.3, 0.3, 0.4, 0.5, 0.3, row % 2][column] as number);
    const metadata = { ...namesOf(...labels), head: 'RTDETRDecoder' };
    const { card } = await guessHere(await write({ outputs: [output], metadata }));
    expect(card).toMatchObject({
      head: 'detr',
      layout: { order: 'cxcywh-score-class', normalised: true },
      input: { padding: { align: 'stretch' } },
    });
  });

  test('boxes in pixels beside class scores are no queries', async () => {
    const outputs = [
      fill([1, 3 * cells, 4], (row, column) => 8 * column + (row % 40), 'boxes'),
      fill([1, 3 * cells, 80], () => 0.1, 'classes'),
    ];
    const { card } = await guessHere(await write({ outputs }));
    expect(card).toMatchObject({ head: 'yolov8', layout: { transposed: true, corners: true } });
    expect(card.layout?.scores).toBeUndefined();
  });

  test.each<[string, LayoutOutput[]]>([
    [
      'scores and distances for each stride',
      [64, 16, 4].flatMap((rows, i) => [
        fill([1, rows, 10], () => 0.1, `scores${i}`),
        fill([1, rows, 32], () => 0.2, `distances${i}`),
      ]),
    ],
    [
      'maps of 64 distances and 80 scores, not of three anchors with 43 classes',
      [8, 4, 2].map((edge) => ({
        name: `map${edge}`,
        dims: [1, 144, edge, edge],
        values: new Float32Array(144 * edge * edge),
      })),
    ],
  ])('%s are named as undecoded', async (_name, outputs) => {
    await expect(guessHere(await write({ outputs }))).rejects.toMatchObject({
      code: 'model_not_understood',
      message: expect.stringMatching(/undecoded maps of the strides 8, 16, 32, .* with its boxes decoded/),
    });
  });

  test("a step of TensorRT's own is refused with what to do about it", async () => {
    const plain = toLayoutModel({ outputs: [fill([1, 84, cells], pixelColumns)] });
    const file = path.join(await makeTestFolder(), 'trt.onnx');
    const nodes = plain.nodes.map((node) => ({ ...node, operator: 'EfficientNMS_TRT' }));
    await writeOnnxFile(file, { ...plain, nodes });
    await expect(guessHere(file)).rejects.toMatchObject({
      code: 'model_not_understood',
      message: expect.stringMatching(/EfficientNMS_TRT.*known to TensorRT alone: export the model without/),
    });
  });

  test('selected boxes may be of either family that has them', async () => {
    const output = fill([1, 300, 6], (row, column) => [1, 2, 30, 40, 0.3, row % 80][column] as number);
    const { card } = await guessHere(await write({ outputs: [output] }), { head: 'detr' });
    expect(card).toMatchObject({
      head: 'detr',
      layout: { order: 'xyxy-score-class' },
      input: { padding: { align: 'stretch' } },
    });
  });

  test("a query's inner state is not taken for its class scores", async () => {
    const outputs = [
      fill([1, 30, 256], (row, column) => ((row + column) % 7) - 3, 'last_hidden_state'),
      fill([1, 30, 80], (row, column) => ((row + column) % 7) - 9, 'logits'),
      fill([1, 30, 4], () => 0.5, 'pred_boxes'),
    ];
    const { card } = await guessHere(await write({ outputs }));
    expect(card).toMatchObject({ head: 'detr', layout: { scores: 'sigmoid' } });
    expect(card.labels).toHaveLength(80);
  });

  test.each<[string, string[], object, string[]]>([
    ['"nothing" of a softmax', ['logits', 'pred_boxes'], { scores: 'softmax' }, ['car', 'bus', 'van']],
    ['unused by RF-DETR', ['labels', 'dets'], { scores: 'sigmoid' }, ['car', 'bus', 'van', 'unused 3']],
  ])('a class score more than names is %s', async (_what, [scores, boxes], layout, labels) => {
    const outputs = [
      fill([1, 30, 4], (row, column) => 2 * ((row + column) % 7) - 15, scores),
      fill([1, 30, 4], () => 0.5, boxes),
    ];
    const { card } = await guessHere(await write({ outputs, metadata: namesOf('car', 'bus', 'van') }));
    expect(card).toMatchObject({ head: 'detr', layout, labels, input: { scale: 'mean-std' } });
  });

  test('a head that cannot be is refused with those that can', async () => {
    const file = await write({ outputs: [fill([1, 84, cells], pixelColumns)] });
    await expect(guessHere(file, { head: 'detr' })).rejects.toMatchObject({
      message: expect.stringMatching(/cannot be read as you say; it could be yolov8 with 80 classes/),
    });
  });

  test("suppression inside, as the exporter's settings say", async () => {
    const output = fill([1, 300, 6], (row, column) => [0.1, 0.1, 0.5, 0.6, 0.3, row % 2][column] as number);
    const metadata = { ...namesOf('car', 'bus'), args: "{'batch': 1, 'nms': True}" };
    expect((await guessHere(await write({ outputs: [output], metadata }))).card.head).toBe('yolo-e2e');
  });
});

describe('labels', () => {
  const columns = (labels: number) => fill([1, 4 + labels, cells], pixelColumns);

  test.each<[string, number, Record<string, string>, string[]]>([
    ['a Python dict', 2, { names: "{0: 'car', 1: 'bus'}" }, ['car', 'bus']],
    ['JSON', 2, { names: '{"0": "car", "1": "bus"}' }, ['car', 'bus']],
    ['between commas', 2, { classes: 'car,bus' }, ['car', 'bus']],
    [
      'numbers alone, as many as COCO has',
      80,
      { names: JSON.stringify(cocoLabels.map((_, i) => String(i))) },
      [...cocoLabels],
    ],
    ['numbers alone', 3, { names: "['class0', 'class1', 'person']" }, ['class0', 'class1', 'person']],
    ['twice the same', 3, { names: "['car', 'car', '']" }, ['car', 'car (2)', 'class 2']],
  ])('embedded as %s', async (_name, count, metadata, labels) => {
    expect((await guessHere(await write({ outputs: [columns(count)], metadata }))).card.labels).toEqual(
      labels,
    );
  });

  test('given by a person go before embedded ones, and must be as many as the scores', async () => {
    const file = await write({ outputs: [columns(2)], metadata: namesOf('a', 'b') });
    const { card, guesses } = await guessHere(file, { labels: ['lorry', 'cart'] });
    expect(card.classMap).toEqual({ lorry: 'truck', cart: 'cart' });
    expect(guesses).toContain('labels: 2 names as you gave them');
    await expect(guessHere(file, { labels: ['car'] })).rejects.toMatchObject({
      code: 'model_not_understood',
      message: expect.stringMatching(/its classes have 1 name, but its outputs hold 2 class scores/),
    });
  });

  test('one class asks for one name', async () => {
    await expect(guessHere(await write({ outputs: [columns(1)] }))).rejects.toThrow(
      /1 class without a name; name it with --labels/,
    );
  });

  test('are mapped as a person says', async () => {
    const file = await write({ outputs: [columns(3)], metadata: namesOf('car', 'melon', 'bus') });
    const { card } = await guessHere(file, { classMap: { melon: 'goods', bus: null } });
    expect(card.classMap).toEqual({ car: 'car', melon: 'goods' });
    await expect(guessHere(file, { classMap: { lemon: 'goods' } })).rejects.toMatchObject({
      code: 'bad_argument',
      message: expect.stringMatching(/--map lemon: no such label; it has car, melon, bus$/),
    });
    await expect(guessHere(file, { classMap: { car: null, bus: null } })).rejects.toThrow(
      /none of its labels/,
    );
  });

  test("COCO's own category numbers are told from its 80 labels", async () => {
    const logits = fill([1, 300, 91], (row, column) => ((row + column) % 7) - 9, 'labels');
    const boxes = fill([1, 300, 4], () => 0.5, 'dets');
    const { card } = await guessHere(await write({ outputs: [boxes, logits] }));
    expect(card).toMatchObject({ head: 'detr', layout: { scores: 'sigmoid' }, input: { scale: 'mean-std' } });
    expect([1, 3, 8, 90].map((number) => card.labels[number])).toEqual([
      'person',
      'car',
      'truck',
      'toothbrush',
    ]);
    expect(card.labels[12]).toBe('unused 12');
    expect(card.classMap['car']).toBe('car');

    const softmax = fill([1, 100, 92], (row, column) => ((row + column) % 7) - 9, 'logits');
    const queries = fill([1, 100, 4], () => 0.5, 'pred_boxes');
    const first = await guessHere(await write({ outputs: [softmax, queries] }));
    expect(first.card).toMatchObject({ head: 'detr', layout: { scores: 'softmax' } });
    expect(first.card.labels).toHaveLength(91);
  });

  test.each([
    [79, 80, /COCO's 80, assumed/],
    [90, 91, /COCO's category numbers 0 to 90, assumed: a trial run gave class 90/],
  ])('a class number up to %i means %i labels', async (highest, count, reason) => {
    const output = fill(
      [1, 300, 6],
      (row, column) => [1, 2, 30, 40, 0.3, row === 7 ? highest : 3][column] as number,
    );
    const { card, guesses } = await guessHere(await write({ outputs: [output] }));
    expect(card.labels).toHaveLength(count);
    expect(guesses).toEqual(expect.arrayContaining([expect.stringMatching(reason)]));
  });

  test('a class number that COCO does not have asks for names', async () => {
    const output = fill([1, 300, 6], (_, column) => [1, 2, 30, 40, 0.3, 400][column] as number);
    await expect(guessHere(await write({ outputs: [output] }))).rejects.toThrow(/gave class 400.*--labels/);
  });
});

describe('undecoded YOLOv5', () => {
  const maps = (channels: (edge: number) => readonly number[]): LayoutOutput[] =>
    [8, 4, 2].map((edge) => {
      const dims = channels(edge);
      return { name: `map${edge}`, dims, values: new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(-6) };
    });

  test.each<[string, LayoutOutput[]]>([
    ['five dimensions', maps((edge) => [1, 3, edge, edge, 8])],
    ['four dimensions', maps((edge) => [1, 24, edge, edge])],
  ])('with %s is refused until its anchors are named', async (_name, outputs) => {
    const file = await write({ outputs, metadata: namesOf('car', 'bus', 'van') });
    await expect(guessHere(file)).rejects.toMatchObject({
      code: 'model_not_understood',
      message: expect.stringMatching(/does not hold the anchors.*--anchors yolov5, yolov5-p6, yolov7/),
    });
    const { card } = await guessHere(file, {
      anchors: [
        [10, 13, 16, 30, 33, 23],
        [1, 1, 2, 2, 3, 3],
        [5, 5, 6, 6, 7, 7],
      ],
    });
    expect(card).toMatchObject({
      head: 'yolov5',
      decoded: false,
      layout: { anchors: [[10, 13, 16, 30, 33, 23], {}, {}] },
    });
  });

  test('anchors for a model that needs none', async () => {
    const file = await write({ outputs: [fill([1, 84, cells], pixelColumns)] });
    await expect(guessHere(file, { anchors: [[1, 1]] })).rejects.toMatchObject({ code: 'bad_argument' });
  });
});

test('how pictures are prepared follows the family, the name of the file and what a person says', async () => {
  const logits = fill([1, 30, 80], (row, column) => ((row + column) % 7) - 9, 'pred_logits');
  const boxes = fill([1, 30, 4], () => 0.5, 'pred_boxes');
  const dino = await guessHere(await write({ outputs: [logits, boxes] }, 'deimv2_dinov3_s.onnx'));
  expect(dino.card.input).toMatchObject({ scale: 'mean-std', mean: [0.485, 0.456, 0.406] });
  const family = { ...namesOf('car', 'bus'), model_family: 'lwdetr' };
  const two = fill([1, 30, 2], (row, column) => ((row + column) % 7) - 9, 'pred_logits');
  const light = await guessHere(await write({ outputs: [two, boxes], metadata: family }));
  expect(light.card.input.scale).toBe('mean-std');
  const columns = fill([1, 6, cells], pixelColumns);
  const corner = await guessHere(
    await write({ outputs: [columns], metadata: { ...family, letterbox_pad: 'topleft' } }),
  );
  expect(corner.card.input.padding.align).toBe('top-left');
  const said = await guessHere(await write({ outputs: [logits, boxes] }), {
    colour: 'bgr',
    scale: '0-255',
    padding: 'centre',
    licence: 'MIT',
  });
  expect(said.card).toMatchObject({
    licence: 'MIT',
    input: { colour: 'bgr', scale: '0-255', padding: { align: 'centre' } },
  });
  expect(said.guesses).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^input BGR 0-255, padded with 114 on both sides: as you said/),
    ]),
  );
});
