import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { loadModel } from '../detector/mod.ts';
import { type LayoutOutput, toLayoutModel } from '../detector/test-support/layout-model.ts';
import { encodeModel } from '../detector/test-support/onnx-file.ts';
import { makeTestFolder } from '../detector/test-support/tiny-card.ts';
import { tinyCells, toCellIndex, toYoloxRows } from '../detector/test-support/tiny-models.ts';
import { findFixture } from '../test/support/fixtures.ts';
import { readStreet } from './check-picture.ts';
import { addModel, listModels } from './mod.ts';

const dims = [1, tinyCells, 85];
const emptyRows = toYoloxRows([], 80);
/** Something that depends on the picture, as every model's output does. */
const alive = [{ at: 0, plane: 0, factor: 1 / 255 }] as const;

const seen = {
  stride: 8,
  gridX: 3,
  gridY: 2,
  numbers: [0.5, 0.25, 1, 1],
  objectness: 0.8,
  scores: { 2: 0.9 },
} as const;

async function writeBare(
  output: Partial<LayoutOutput> = {},
  metadata: Record<string, string> = {},
): Promise<{ file: string; modelsDir: string }> {
  const folder = await makeTestFolder();
  const file = path.join(folder, 'street.onnx');
  const whole = { name: 'output', dims, values: emptyRows, follows: alive, ...output };
  await writeFile(file, encodeModel(toLayoutModel({ outputs: [whole], metadata })));
  return { file, modelsDir: path.join(folder, 'models') };
}

describe('adding', () => {
  test('copies the weights, writes a card that loads and says what it guessed', async () => {
    const { file, modelsDir } = await writeBare();
    const { card, cardPath, guesses } = await addModel({ file, modelsDir });
    expect(cardPath).toBe(path.join(modelsDir, 'street.json'));
    expect((await readdir(modelsDir)).toSorted()).toEqual(['street.json', 'street.onnx']);
    expect((await loadModel(cardPath)).card).toEqual(card);
    expect(JSON.parse(await readFile(cardPath, 'utf8'))).toEqual(card);
    expect(guesses.join('\n')).toMatch(/^head yolox: output "output" is 1x84x85.*raw grid offsets/);
    expect(guesses).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^input BGR 0-255, padded with 114 at the right and bottom: assumed/),
        expect.stringMatching(/^labels: COCO's 80/),
        expect.stringMatching(/^licence: unknown/),
        expect.stringMatching(
          /^self-check on our picture of a street with three cars: nothing, every score is 0 \(an int8 export/,
        ),
        expect.stringMatching(/^warning: it finds none of the three cars/),
        expect.stringMatching(
          /^colours and scaling: nothing in our picture of a street with three cars tells whether BGR 0-255 is right/,
        ),
      ]),
    );
  });

  test('under another name, beside the first', async () => {
    const { file, modelsDir } = await writeBare();
    await addModel({ file, modelsDir });
    await expect(addModel({ file, modelsDir })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/there is a model street already/),
    });
    const { card } = await addModel({ file, modelsDir, name: 'night-2' });
    expect(card).toMatchObject({ name: 'night-2', file: 'night-2.onnx' });
    expect((await listModels(modelsDir)).map((model) => model.card?.name)).toEqual(['night-2', 'street']);
  });

  test('a file that lies in the models folder already stays where it is', async () => {
    const { file, modelsDir } = await writeBare();
    await mkdir(modelsDir);
    const there = path.join(modelsDir, 'there.onnx');
    await copyFile(file, there);
    const { cardPath } = await addModel({ file: there, modelsDir });
    expect((await loadModel(cardPath)).weightsPath).toBe(there);
  });

  test('tells what it sees in a picture of the user', async () => {
    const { file, modelsDir } = await writeBare({ values: toYoloxRows([seen], 80) });
    const picture = path.join(modelsDir, '..', 'own.png');
    await sharp({ create: { width: 90, height: 60, channels: 4, background: '#80a0c0' } }).toFile(picture);
    const { guesses } = await addModel({ file, modelsDir, picture });
    expect(guesses).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^self-check on .*own\.png \(90x60\): 1 car \(0\.72\);/),
      ]),
    );
    await expect(addModel({ file, modelsDir, name: 'b', picture: file })).rejects.toMatchObject({
      code: 'bad_argument',
      message: expect.stringMatching(/street\.onnx cannot be read as a picture/),
    });
    await expect(addModel({ file, modelsDir, name: 'b', picture: `${picture}x` })).rejects.toMatchObject({
      code: 'file_not_found',
    });
  });

  test('takes the colour order and scaling with which a model sees much more', async () => {
    // A car whose score is the mean of the first plane, 0-255 or not: only large numbers, and more red than blue, show it.
    const at = 85 * toCellIndex({ stride: 32, gridX: 0, gridY: 0 }) + 4;
    const follows = [{ at, plane: 0, factor: 1 / 255 }] as const;
    const values = toYoloxRows(
      [{ ...seen, stride: 32, gridX: 0, gridY: 0, objectness: 0, scores: { 2: 1 } }],
      80,
    );
    const { file, modelsDir } = await writeBare({ values, follows });
    const picture = path.join(modelsDir, '..', 'red.png');
    await sharp({ create: { width: 64, height: 64, channels: 3, background: '#f01010' } }).toFile(picture);
    const { card, guesses } = await addModel({ file, modelsDir, picture });
    expect(card.input).toMatchObject({ colour: 'rgb', scale: '0-255' });
    expect(guesses).toEqual(
      expect.arrayContaining([expect.stringMatching(/^colours and scaling: changed to RGB 0-255/)]),
    );
    const said = await addModel({ file, modelsDir, picture, name: 'said', wishes: { colour: 'bgr' } });
    expect(said.card.input).toMatchObject({ colour: 'bgr', scale: '0-255' });
  });

  test.each<[string, Partial<LayoutOutput>, RegExp]>([
    [
      'sees a crowd in a drawing',
      {
        values: emptyRows.map((_, i) => [0.5, 0.5, -1, -1, 0.9, 0.9][i % 85] ?? 0),
      },
      /sees 50 things .* drawing of an empty street/,
    ],
    [
      'gives NaN, be it in one box of no score',
      { values: emptyRows.with(85 * 70 + 2, Number.NaN) },
      /output "output" holds 1 NaN or infinite values among its 7140/,
    ],
    [
      'gives an infinite number',
      { values: emptyRows.with(85 * 70 + 9, Number.POSITIVE_INFINITY) },
      /holds 1 NaN or infinite values among its 7140/,
    ],
    ['never changes its answer', { follows: [] }, /the same output whatever picture it is shown/],
    ['gives logits in place of scores', { values: emptyRows.map((_, i) => (i % 85 < 4 ? 0 : -3)) }, /scores/],
    [
      'puts its boxes far outside the picture',
      { values: emptyRows.map((_, i) => [900, 900, 0, 0, 0.6, 0.9][i % 85] ?? 0) },
      /likely boxes lie far outside the picture/,
    ],
  ])('a model that %s is refused and leaves nothing behind', async (_name, output, message) => {
    const { file, modelsDir } = await writeBare(output);
    await mkdir(modelsDir);
    await expect(addModel({ file, modelsDir, wishes: { head: 'yolox' } })).rejects.toMatchObject({
      code: 'model_failed',
      message: expect.stringMatching(message),
    });
    expect(await readdir(modelsDir)).toEqual([]);
  });

  test('a class that its labels do not have is refused', async () => {
    const rows = {
      dims: [1, 20, 6],
      values: Array.from({ length: 20 }, () => [1, 2, 30, 40, 0.4, 3]).flat(),
    };
    const { file, modelsDir } = await writeBare(rows, { names: "['car', 'bus']" });
    await expect(addModel({ file, modelsDir })).rejects.toMatchObject({
      code: 'model_failed',
      message: expect.stringMatching(/gave the label 3 in row 0; its card has 2 labels/),
    });
  });

  test('a model that selects its boxes and selects none is taken, and it is said', async () => {
    const rows = { dims: [1, 20, 6], values: new Float32Array(120), follows: [] };
    const { file, modelsDir } = await writeBare(rows, { names: "['garbage']" });
    const { guesses } = await addModel({ file, modelsDir });
    expect(guesses.join('\n')).toMatch(/it selected nothing at all/);
  });

  test('cars found under another label are said, as of classes counted from 1', async () => {
    const { modelsDir } = await writeBare();
    const file = path.join(path.dirname(modelsDir), 'from-one.onnx');
    const { cars } = await readStreet();
    const outputs: LayoutOutput[] = [
      {
        name: 'boxes',
        dims: [1, 4, 4],
        values: [...cars.flat(), 0, 0, 0.1, 0.1],
        follows: [{ at: 14, plane: 0, factor: 0.2 }],
      },
      { name: 'labels', type: 'int64', dims: [1, 4], values: [3, 3, 3, 1] },
      { name: 'scores', dims: [1, 4], values: [0.8, 0.7, 0.6, 0.01] },
    ];
    await writeFile(file, encodeModel(toLayoutModel({ outputs })));
    const { guesses } = await addModel({ file, modelsDir });
    expect(guesses).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^warning: where the three cars are it finds "motorcycle"; .*counted from 1/),
      ]),
    );
  });

  test('weights in another file are refused with the way out', async () => {
    const { file, modelsDir } = await writeBare();
    const model = toLayoutModel({ outputs: [{ name: 'output', dims, values: emptyRows }] });
    const constants = (model.constants ?? []).map((each, i) =>
      i === 0 ? { ...each, externalFile: 'street.data' } : each,
    );
    await writeFile(file, encodeModel({ ...model, constants }));
    await expect(addModel({ file, modelsDir })).rejects.toMatchObject({
      code: 'model_not_understood',
      message: expect.stringMatching(/keeps its weights in another file \(street\.data\); .*onnx\.save/),
    });
  });

  test('what is no model, no file or no name is refused before anything is written', async () => {
    const { file, modelsDir } = await writeBare();
    const noise = path.join(path.dirname(file), 'noise.onnx');
    await writeFile(noise, 'noise');
    await expect(addModel({ file: noise, modelsDir })).rejects.toMatchObject({
      code: 'model_not_understood',
    });
    await expect(addModel({ file: `${file}x`, modelsDir })).rejects.toMatchObject({ code: 'model_missing' });
    await expect(addModel({ file, modelsDir, name: '../up' })).rejects.toMatchObject({
      code: 'bad_argument',
    });
    await expect(readdir(modelsDir)).rejects.toThrow('ENOENT');
  });

  test('a folder that cannot be made', async () => {
    const { file } = await writeBare();
    await expect(addModel({ file, modelsDir: path.join(file, 'models') })).rejects.toMatchObject({
      code: 'data_folder_unwritable',
    });
  });
});

describe('listing', () => {
  test('an absent folder has no models', async () => {
    const folder = path.join(await makeTestFolder(), 'none');
    expect(await listModels(folder)).toEqual([]);
  });

  test('broken cards are listed with their reason', async () => {
    const { file, modelsDir } = await writeBare();
    const { card, cardPath } = await addModel({ file, modelsDir, name: 'm' });
    await writeFile(path.join(modelsDir, 'a.json'), '{}');
    await writeFile(path.join(modelsDir, 'b.json'), JSON.stringify({ ...card, file: 'gone.onnx' }));
    expect(await listModels(modelsDir)).toEqual([
      {
        cardPath: path.join(modelsDir, 'a.json'),
        card: null,
        problem: expect.stringMatching(/a\.json: .*"name" is missing/),
      },
      {
        cardPath: path.join(modelsDir, 'b.json'),
        card: expect.anything(),
        problem: expect.stringMatching(/no model at .*gone/),
      },
      { cardPath, card, problem: null },
    ]);
  });
});

const weights = findFixture('weights/yolox_nano_416.onnx');

test.skipIf(weights === null)('YOLOX-nano is added', async () => {
  const modelsDir = await makeTestFolder();
  const { card, guesses } = await addModel({ file: weights ?? '', modelsDir, name: 'nano' });
  expect(card).toMatchObject({ head: 'yolox', decoded: false, input: { width: 416, height: 416 } });
  expect(guesses).toContain('it finds the three cars where they are');
});

const detr = findFixture('weights/deimv2_femto_416.onnx');

test.skipIf(detr === null)('DEIMv2 is added', async () => {
  const modelsDir = await makeTestFolder();
  const { card, guesses } = await addModel({ file: detr ?? '', modelsDir });
  expect(card).toMatchObject({
    head: 'detr',
    input: { colour: 'rgb', scale: '0-1', padding: { align: 'stretch' } },
  });
  expect(guesses).toContain('it finds the three cars where they are');
});

test.skipIf(weights === null)(
  'a wrong guess of colour order and scaling is found out on the street',
  async () => {
    const modelsDir = await makeTestFolder();
    // Read as a YOLOv6 would be prepared, YOLOX sees nothing.
    const { card, guesses } = await addModel({ file: weights ?? '', modelsDir, wishes: { colour: 'rgb' } });
    expect(card.input).toMatchObject({ colour: 'rgb', scale: '0-255' });
    expect(guesses).toContain('it finds the three cars where they are');
  },
);
