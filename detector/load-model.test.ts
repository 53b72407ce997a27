import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findFixture } from '../test/support/fixtures.ts';
import { cocoLabels, loadModel } from './mod.ts';
import { type OnnxModel, toElementNumber, writeOnnxFile } from './test-support/onnx-file.ts';
import { makeTestFolder, tinyCard, writeTinyModel } from './test-support/tiny-card.ts';
import { tinyCells, toFixedModel, toYolov8Columns, toYoloxRows } from './test-support/tiny-models.ts';

const tinyYolox = toFixedModel(toYoloxRows([], 3), [1, tinyCells, 8]);

async function writeBare(model: OnnxModel): Promise<string> {
  const file = path.join(await makeTestFolder(), 'street model.onnx');
  await writeOnnxFile(file, model);
  return file;
}

/** Values and dims of an output that is zero everywhere. */
function zeros(...dims: number[]): [Float32Array, number[]] {
  return [new Float32Array(dims.reduce((product, dim) => product * dim, 1)), dims];
}

describe('a card', () => {
  test('is loaded with its weights', async () => {
    const folder = await makeTestFolder();
    const model = await loadModel(await writeTinyModel(folder, tinyYolox));
    expect(model.weightsPath).toBe(path.join(folder, 'tiny.onnx'));
    expect(model.card).toEqual({ ...tinyCard, sha256: model.ref.sha256 });
    expect(model.ref).toEqual({ name: 'tiny', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  test('names both hashes when its weights are others', async () => {
    const wrong = 'a'.repeat(64);
    const card = await writeTinyModel(await makeTestFolder(), tinyYolox, { sha256: wrong });
    await expect(loadModel(card)).rejects.toMatchObject({
      code: 'model_hash_mismatch',
      message: expect.stringMatching(new RegExp(`SHA-256 is [0-9a-f]{64}, the card says ${wrong}`)),
    });
  });

  test('whose weights are gone', async () => {
    const card = await writeTinyModel(await makeTestFolder(), tinyYolox, { file: 'gone.onnx' });
    await expect(loadModel(card)).rejects.toMatchObject({
      code: 'model_missing',
      message: expect.stringMatching(/tiny\.json: file: no model at .*gone\.onnx: no such file$/),
    });
  });

  test.each<[string, object, RegExp]>([
    [
      'an unknown head',
      { head: 'yolo99' },
      /head: "yolo99" is not one of yolox, yolov5, yolov8, yolo-e2e, detr/,
    ],
    ['a hash that is none', { sha256: 'abc' }, /sha256: /],
    [
      'an unknown class',
      { classMap: { car: 'spaceship' } },
      /classMap\.car: unknown class "spaceship"; known: person/,
    ],
    ['a label it does not have', { classMap: { lorry: 'truck' } }, /classMap\.lorry: is none of the labels/],
    ['no class at all', { classMap: {} }, /classMap: maps no label/],
    ['a label twice', { labels: ['car', 'car', 'person'] }, /labels: names a label twice/],
    ['a threshold out of range', { thresholds: { score: 1.5, nmsIou: 0.45 } }, /thresholds\.score: /],
    ['an odd field', { colour: 'blue' }, /unknown field "colour"/],
    ['a missing field', { licence: undefined }, /"licence" is missing/],
  ])('with %s', async (_name, changes, message) => {
    const card = await writeTinyModel(await makeTestFolder(), tinyYolox, changes);
    await expect(loadModel(card)).rejects.toMatchObject({
      code: 'bad_config',
      message: expect.stringMatching(message),
    });
    await expect(loadModel(card)).rejects.toMatchObject({ message: expect.stringContaining(card) });
  });

  test('that is no JSON', async () => {
    const card = path.join(await makeTestFolder(), 'tiny.json');
    await writeFile(card, '{ "name": \n');
    await expect(loadModel(card)).rejects.toMatchObject({
      code: 'bad_config',
      message: expect.stringMatching(/^.*tiny\.json: not a readable model card: .*JSON.*$/),
    });
  });
});

const longName = 'a-name-as-long-as-exporters-write-them/'.repeat(8);

describe('a bare file', () => {
  test('with 80 classes and a row per cell is a YOLOX of COCO', async () => {
    const file = await writeBare(toFixedModel(toYoloxRows([], 80), [1, tinyCells, 85]));
    const { card, ref } = await loadModel(file);
    expect(card).toMatchObject({ head: 'yolox', decoded: false, name: 'street-model', labels: cocoLabels });
    expect(card.input).toMatchObject({ width: 64, height: 64, colour: 'bgr', scale: '0-255' });
    expect(card.classMap).toEqual({
      person: 'person',
      bicycle: 'bicycle',
      car: 'car',
      motorcycle: 'motorcycle',
      bus: 'bus',
      truck: 'truck',
      umbrella: 'umbrella',
    });
    expect(ref.sha256).toBe(card.sha256);
  });

  test('whose YOLOX boxes are input pixels is seen to be decoded', async () => {
    const rows = toYoloxRows([], 80);
    for (let cell = 0; cell < tinyCells; cell++) rows[cell * 85] = 4 + ((cell * 8) % 64);
    const file = await writeBare(toFixedModel(rows, [1, tinyCells, 85]));
    expect((await loadModel(file)).card).toMatchObject({ head: 'yolox', decoded: true });
  });

  test('with names embedded is a YOLOv8 of those', async () => {
    const names = "{0: 'van', 1: \"driver's cab\", 2: 'E-bike'}";
    const file = await writeBare(
      toFixedModel(toYolov8Columns([], 3), [1, 7, tinyCells], {
        metadata: { names, task: 'detect', license: 'AGPL-3.0', imgsz: '[64, 64]' },
        openInput: true,
      }),
    );
    expect((await loadModel(file)).card).toMatchObject({
      head: 'yolov8',
      licence: 'AGPL-3.0',
      labels: ['van', "driver's cab", 'E-bike'],
      classMap: { van: 'car', 'E-bike': 'motorcycle' },
      input: { width: 64, height: 64, colour: 'rgb', scale: '0-1', padding: { value: 114, align: 'centre' } },
    });
  });

  test.each<[string, OnnxModel, RegExp]>([
    [
      'a classifier',
      toFixedModel(...zeros(1, 1000)),
      /head not understood \(no output has the size of boxes\); its outputs are output float32\[1x1000\]/,
    ],
    [
      'another task',
      toFixedModel(...zeros(1, 7, tinyCells), { metadata: { task: 'segment' } }),
      /task "segment"/,
    ],
    [
      'classes without names',
      toFixedModel(...zeros(1, 7, tinyCells)),
      /3 classes without names; name them with --labels/,
    ],
    [
      'labels of which none is known',
      toFixedModel(...zeros(1, 6, tinyCells), { metadata: { names: "['teapot', 'spoon']" } }),
      /none of its labels \(teapot, spoon\) is known/,
    ],
    [
      'more than one input',
      {
        ...toFixedModel(...zeros(1, 7, tinyCells)),
        inputs: [
          { name: 'images', type: 'float32', dims: [1, 3, 64, 64] },
          { name: 'temperature', type: 'float32', dims: [1] },
        ],
      },
      /needs one input for pictures.*inputs images float32\[1x3x64x64\], temperature float32\[1\]/,
    ],
    [
      'a newer file version',
      { ...toFixedModel(...zeros(1, 7, tinyCells)), irVersion: 99 },
      /failed: ?Unsupported model IR version: 99[^/]*; it is written in a newer ONNX than this runtime reads/,
    ],
    [
      'a newer opset',
      { ...toFixedModel(...zeros(1, 7, tinyCells)), opset: 99 },
      /Opset 99 is under development.*; it is written in a newer ONNX/,
    ],
    [
      'numbers quantised for each channel in an old opset',
      {
        inputs: [{ name: 'images', type: 'float32', dims: [1, 3, 64, 64] }],
        outputs: [{ name: 'output', type: 'float32', dims: [3] }],
        nodes: [
          {
            operator: 'DequantizeLinear',
            inputs: [longName, 'step', 'zero'],
            outputs: ['output'],
            attributes: { axis: 0 },
          },
        ],
        constants: [
          { name: longName, type: 'int8', dims: [3], values: [1, 2, 3] },
          { name: 'step', type: 'float32', dims: [3], values: [1, 1, 1] },
          { name: 'zero', type: 'int8', dims: [3], values: [0, 0, 0] },
        ],
        opset: 11,
      },
      / \.\.\. .*Unrecognized attribute: axis for operator DequantizeLinear; .*opset 13/,
    ],
    [
      'half floats where single ones are wanted',
      {
        inputs: [{ name: 'images', type: 'float32', dims: [1, 3, 64, 64] }],
        outputs: [{ name: 'output', type: 'float32', dims: [1, 3, 64, 64] }],
        nodes: [
          {
            operator: 'Cast',
            inputs: ['images'],
            outputs: ['output'],
            attributes: { to: toElementNumber('float16') },
          },
        ],
      },
      /does not match expected type.*; whatever made half floats of the model left a step with single ones/,
    ],
    [
      'a step of nobody knows whose',
      {
        ...toFixedModel(...zeros(1, 7, tinyCells)),
        nodes: [{ operator: 'DeformBoxes', inputs: ['images'], outputs: ['output'] }],
      },
      /DeformBoxes.*; that step is of no ONNX that runtimes share/,
    ],
  ])('with %s is refused', async (_name, model, message) => {
    await expect(loadModel(await writeBare(model))).rejects.toMatchObject({
      code: 'model_not_understood',
      message: expect.stringMatching(message),
    });
  });

  test('that is no ONNX is refused', async () => {
    const file = path.join(await makeTestFolder(), 'noise.onnx');
    await writeFile(file, 'this is not a model');
    await expect(loadModel(file)).rejects.toMatchObject({
      code: 'model_not_understood',
      message: expect.stringMatching(
        /noise\.onnx cannot be opened as an ONNX model: .*it is no ONNX file, or it was cut short[^\n]*$/,
      ),
    });
  });
});

test.each([
  ['is not there', 'gone.onnx', 'model_missing', /no model at .*gone\.onnx: no such file/],
  ['is a folder', '.', 'model_missing', /not a file/],
  ['is something else', 'weights.pt', 'model_not_understood', /neither a model card/],
])('a path that %s', async (_name, name, code, message) => {
  const folder = await makeTestFolder();
  await writeFile(path.join(folder, 'weights.pt'), 'x');
  await expect(loadModel(path.join(folder, name))).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});

const detr = findFixture('weights/deimv2_femto_416.onnx');

test.skipIf(detr === null)('a real DETR is understood', async () => {
  const { card } = await loadModel(detr ?? '');
  expect(card).toMatchObject({
    head: 'detr',
    labels: cocoLabels,
    input: { width: 416, height: 416, colour: 'rgb', scale: '0-1', padding: { align: 'stretch' } },
  });
  expect(card.layout).toBeUndefined();
});
