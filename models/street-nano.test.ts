import { stat } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { hashFile, loadModel, openDetector } from '../detector/mod.ts';
import { toIou } from '../domain/mod.ts';
import { readStreet } from './check-picture.ts';
import { bundledName } from './default-model.ts';

const folder = import.meta.dirname;
const cardPath = path.join(folder, `${bundledName}.json`);
const quietLogger = { info() {}, warn() {}, error() {} };

test('the bundled weights are those that their card describes, and small', async () => {
  const { card } = await loadModel(cardPath);
  const file = path.join(folder, card.file);
  expect(await hashFile(file)).toBe(card.sha256);
  expect((await stat(file)).size).toBeLessThanOrEqual(6_000_000);
  expect(card.labels).toEqual([
    'person',
    'bicycle',
    'motorcycle',
    'car',
    'bus',
    'truck',
    'garbage',
    'garbage_bin',
    'overflowing_bin',
  ]);
  expect(card.notes).toMatch(/CC BY 4\.0/);
  for (const name of ['car', 'motorcycle', 'garbage_bin', 'overflowing_bin', 'garbage'])
    expect(card.metrics?.[`held_ap50_${name}`], name).toBeGreaterThan(0.3);
});

test('they find the three cars of the project’s own picture, and no other vehicle', async () => {
  const { picture, cars } = await readStreet();
  const detector = await openDetector({ model: await loadModel(cardPath), workers: 1, logger: quietLogger });
  try {
    const found = (await detector.detect(picture)).filter((each) => each.score >= 0.3);
    const vehicles = found.filter((each) => ['car', 'bus', 'truck'].includes(each.class));
    for (const car of cars)
      expect(
        Math.max(...vehicles.map((each) => toIou(each.box, car))),
        JSON.stringify(found),
      ).toBeGreaterThan(0.5);
    expect(vehicles).toHaveLength(cars.length);
  } finally {
    await detector.close();
  }
});
