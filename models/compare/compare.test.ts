import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { loadModel, type Model } from '../../detector/mod.ts';
import { toLayoutModel } from '../../detector/test-support/layout-model.ts';
import { encodeModel } from '../../detector/test-support/onnx-file.ts';
import { makeTestFolder } from '../../detector/test-support/tiny-card.ts';
import { tinyCells, toYoloxRows } from '../../detector/test-support/tiny-models.ts';
import { addModel, compareModels, readYoloDataset } from '../mod.ts';
import { measureAgreement } from './agreement.ts';

/** A model that reports one box, of the picture's middle, as the label of that number. */
async function makeModel(folder: string, name: string, labels: string[], label: number): Promise<Model> {
  const file = path.join(folder, `${name}.onnx`);
  const box = {
    stride: 8,
    gridX: 4,
    gridY: 4,
    numbers: [0, 0, Math.log(4), Math.log(4)],
    objectness: 0.9,
    scores: { [label]: 0.9 },
  } as const;
  const values = toYoloxRows([box], labels.length);
  const size = 5 + labels.length;
  const output = {
    name: 'o',
    dims: [1, tinyCells, size],
    values,
    follows: [{ at: size * 83, plane: 0, factor: 0.001 }] as const,
  };
  await writeFile(file, encodeModel(toLayoutModel({ outputs: [output] })));
  const wishes = { labels, head: 'yolox' } as const;
  const { cardPath } = await addModel({ file, modelsDir: path.join(folder, 'models'), wishes });
  return loadModel(cardPath);
}

async function makeDataset(folder: string) {
  const root = path.join(folder, 'set');
  await mkdir(path.join(root, 'images'), { recursive: true });
  await mkdir(path.join(root, 'labels'));
  await writeFile(path.join(root, 'classes.txt'), 'car\nperson\nbus\n');
  for (const [i, label] of [0, 0, 1].entries()) {
    const background = { r: 40 * i, g: 90, b: 90 };
    await sharp({ create: { width: 64, height: 64, channels: 3, background } })
      .png()
      .toFile(path.join(root, 'images', `${i}.png`));
    await writeFile(path.join(root, 'labels', `${i}.txt`), `${label} 0.5 0.5 0.5 0.5\n`);
  }
  return readYoloDataset(root, { limit: null, allowMissing: false });
}

describe('comparing', () => {
  test('models of the same labels, on all classes of the pictures', async () => {
    const folder = await makeTestFolder();
    const dataset = await makeDataset(folder);
    const models = [
      await makeModel(folder, 'cars', ['car', 'person', 'bus'], 0),
      await makeModel(folder, 'people', ['car', 'person', 'bus'], 1),
    ];
    const result = await compareModels({ models, dataset, onProgress() {} });
    const [cars, people] = result.models;
    expect(cars).toMatchObject({
      model: 'cars',
      perClass: { car: { truths: 2 }, person: { ap50: 0, truths: 1 } },
    });
    expect(cars?.perClass['car']?.ap50).toBeGreaterThan(people?.perClass['car']?.ap50 ?? 1);
    expect(people?.perClass['person']?.ap50).toBeGreaterThan(0);
    expect(result.agreement).toEqual([{ models: ['cars', 'people'], share: 0 }]);
    expect(result.notes.join()).toMatch(/same labels/);
    expect(cars?.leastMs).toBeGreaterThan(0);
    expect(cars?.inferMs).toBeGreaterThanOrEqual(cars?.leastMs ?? 0);
  });

  test('models of different labels, on the classes that all know, and it is said', async () => {
    const folder = await makeTestFolder();
    const dataset = await makeDataset(folder);
    const models = [
      await makeModel(folder, 'cars', ['car', 'person', 'bus'], 0),
      await makeModel(folder, 'vans', ['teapot', 'van'], 1),
    ];
    const result = await compareModels({ models, dataset, onProgress() {} });
    expect(result.models.map(({ perClass }) => Object.keys(perClass))).toEqual([['car'], ['car']]);
    expect(result.models[0]?.perClass).toEqual(result.models[1]?.perClass);
    expect(result.agreement[0]?.share).toBe(1);
    expect(result.notes).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/different labels.*\(car\)/),
        expect.stringMatching(/not known to all: person, bus/),
      ]),
    );
    const stranger = await makeModel(folder, 'umbrellas', ['umbrella', 'teapot'], 0);
    await expect(
      compareModels({ models: [models[0] as Model, stranger], dataset, onProgress() {} }),
    ).rejects.toMatchObject({ code: 'bad_dataset', message: expect.stringMatching(/nothing to compare/) });
  });
});

test('agreement pairs each thing once', () => {
  const one = { picture: 0, category: 0, box: [0, 0, 10, 10] as const, score: 0.9 };
  const near = { ...one, box: [1, 1, 10, 10] as const };
  expect(measureAgreement([], [])).toBeNull();
  expect(measureAgreement([one], [near])).toBe(1);
  expect(measureAgreement([one, one], [near])).toBeCloseTo(2 / 3, 3);
  expect(measureAgreement([one], [{ ...near, category: 1 }])).toBe(0);
  expect(measureAgreement([one], [{ ...near, picture: 1 }])).toBe(0);
  expect(measureAgreement([one], [{ ...near, score: 0.1 }])).toBe(0);
});
