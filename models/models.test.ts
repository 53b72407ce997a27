import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadModel } from '../detector/mod.ts';
import { writeOnnxFile } from '../detector/test-support/onnx-file.ts';
import { makeTestFolder } from '../detector/test-support/tiny-card.ts';
import { tinyCells, toFixedModel, toYoloxRows } from '../detector/test-support/tiny-models.ts';
import { findFixture } from '../test/support/fixtures.ts';
import { addModel, findDefaultModel, listModels } from './mod.ts';

const emptyRows = toYoloxRows([], 80);
const dims = [1, tinyCells, 85];

async function writeBare(values: Float32Array = emptyRows): Promise<{ file: string; modelsDir: string }> {
  const folder = await makeTestFolder();
  const file = path.join(folder, 'street.onnx');
  await writeOnnxFile(file, toFixedModel(values, dims));
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
        expect.stringMatching(/^self-check: 0 things in a drawn street/),
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

  test('a model that sees a crowd in a drawing leaves nothing behind', async () => {
    const sure = new Float32Array(emptyRows);
    for (let cell = 0; cell < tinyCells; cell++) sure.set([0.5, 0.5, -1, -1, 0.9, 0.9], cell * 85);
    const { file, modelsDir } = await writeBare(sure);
    await expect(addModel({ file, modelsDir })).rejects.toMatchObject({
      code: 'model_failed',
      message: expect.stringMatching(/sees 50 things .* nonsense/),
    });
    expect(await readdir(modelsDir)).toEqual([]);
  });

  test('a model that gives NaN leaves nothing behind', async () => {
    const { file, modelsDir } = await writeBare(new Float32Array(emptyRows.length).fill(Number.NaN));
    await expect(addModel({ file, modelsDir })).rejects.toMatchObject({
      code: 'model_failed',
      message: expect.stringMatching(/NaN/),
    });
    expect(await readdir(modelsDir)).toEqual([]);
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
    expect(await findDefaultModel(folder)).toBeNull();
  });

  test('broken cards are listed with their reason and are never the default', async () => {
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
    expect(await findDefaultModel(modelsDir)).toBe(cardPath);
  });
});

const weights = findFixture('weights/yolox_nano_416.onnx');

test.skipIf(weights === null)('YOLOX-nano is added', async () => {
  const modelsDir = await makeTestFolder();
  const { card, guesses } = await addModel({ file: weights ?? '', modelsDir, name: 'nano' });
  expect(card).toMatchObject({ head: 'yolox', decoded: false, input: { width: 416, height: 416 } });
  expect(guesses.at(-1)).toMatch(/^self-check: \d+ things/);
  expect(await findDefaultModel(modelsDir)).toBe(path.join(modelsDir, 'nano.json'));
});
