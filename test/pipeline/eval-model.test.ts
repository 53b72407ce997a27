import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { runCommand } from '../../app/main.ts';
import { makeTestFolder, writeTinyModel } from '../../detector/test-support/tiny-card.ts';
import { tinyCells, toFixedModel, toYoloxRows } from '../../detector/test-support/tiny-models.ts';
import type { EvaluationSummary } from '../../models/mod.ts';
import { findFixture } from '../support/fixtures.ts';

async function run(...args: string[]): Promise<{ code: number; lines: string[]; errors: string[] }> {
  const lines: string[] = [];
  const errors: string[] = [];
  const code = await runCommand(['models', 'eval', ...args], {
    print: (line) => lines.push(line),
    printError: (line) => errors.push(line),
  });
  return { code, lines, errors };
}

/** A model that sees a car of score 0.9 in the upper left quarter of whatever it is shown. */
async function writeModel(folder: string): Promise<string> {
  const thing = { stride: 32, gridX: 0, gridY: 0, numbers: [0.5, 0.5, 0, 0], scores: { 0: 0.9 } } as const;
  return writeTinyModel(folder, toFixedModel(toYoloxRows([thing], 3), [1, tinyCells, 8]));
}

const quarter = [0, 0, 64, 64];

/** Three pictures: a car where the model sees one, another, and a person there. */
async function writeDataset(folder: string, changes: object = {}): Promise<string> {
  const root = path.join(folder, 'set');
  await mkdir(path.join(root, 'images'), { recursive: true });
  const images = ['a.jpg', 'b.png', 'c.webp'].map((file_name, i) => ({
    id: i + 1,
    file_name,
    width: 128,
    height: 128,
  }));
  for (const { file_name } of images)
    await sharp({ create: { width: 128, height: 128, channels: 3, background: '#789' } }).toFile(
      path.join(root, 'images', file_name),
    );
  const annotations = [1, 1, 2].map((category_id, i) => ({
    image_id: i + 1,
    category_id,
    bbox: quarter,
    area: 4096,
    iscrowd: 0,
  }));
  const categories = ['Car', 'Person', 'Kite'].map((name, i) => ({ id: i + 1, name }));
  await writeFile(
    path.join(root, 'instances.json'),
    JSON.stringify({ images, annotations, categories, ...changes }),
  );
  return root;
}

test('figures by hand, as a table and as JSON, with a report', async () => {
  const folder = await makeTestFolder();
  const model = await writeModel(folder);
  const coco = await writeDataset(folder);
  const report = path.join(folder, 'report');
  const asJson = await run(model, '--coco', coco, '--json', '--report', report, '--workers', '1');
  expect(asJson).toMatchObject({ code: 0, errors: [] });
  expect(asJson.lines).toHaveLength(1);
  const summary = JSON.parse(asJson.lines[0] ?? '') as EvaluationSummary;
  expect(summary).toMatchObject({
    pictures: 3,
    ap50_95: 0.5,
    ap50: 0.5,
    perClass: {
      // Three cars reported with one score: two are right.
      Car: { ap50_95: 1, ap50: 1, precision: 0.66667, recall: 1, f1: 0.8, truths: 2, found: 3 },
      Person: { ap50_95: 0, ap50: 0, precision: 0, recall: 0, f1: 0, threshold: null, truths: 1, found: 0 },
    },
  });
  expect(summary.perClass['Car']?.threshold).toBeCloseTo(0.9, 6);
  expect(summary.notes.join('\n')).toMatch(/no label for, not counted: Kite/);
  expect(summary.notes.join('\n')).toMatch(/the dataset does not have, ignored \(0 detections\): teapot/);

  const page = await readFile(path.join(report, 'index.html'), 'utf8');
  expect(page).toMatch(/Person taken for Car 0\.90/);
  expect(page).toMatch(/Person missed/);
  expect(page).toMatch(/<svg class="curve"/);
  const shown = [...page.matchAll(/<img src="([^"]+)"/g)].map(([, href]) => href ?? '');
  expect(shown.toSorted()).toEqual(['pictures/confusion-01.jpg', 'pictures/missed-01.jpg']);
  for (const href of shown) expect((await sharp(path.join(report, href)).metadata()).format).toBe('jpeg');

  const asTable = await run(model, '--coco', coco, '--no-report', '--workers', '2');
  expect(asTable.code).toBe(0);
  expect(asTable.lines.join('\n')).toMatch(/AP50-95 +AP50 .*\n-.*\n0\.500 +0\.500 +0\.500 +- +0\.500 +-/);
  expect(asTable.lines.join('\n')).toMatch(/\nCar +2 +1\.000 +1\.000 +0\.900 +0\.667 +1\.000 +0\.800/);
});

test('a later report leaves no picture of an earlier one, and nothing else is touched', async () => {
  const folder = await makeTestFolder();
  const report = path.join(folder, 'report');
  await mkdir(path.join(report, 'pictures'), { recursive: true });
  for (const name of ['wrong-07.jpg', 'mine.jpg']) await writeFile(path.join(report, 'pictures', name), '');
  const coco = await writeDataset(folder);
  expect(
    (await run(await writeModel(folder), '--coco', coco, '--report', report, '--workers', '1')).code,
  ).toBe(0);
  expect((await readdir(path.join(report, 'pictures'))).toSorted()).toEqual([
    'confusion-01.jpg',
    'mine.jpg',
    'missed-01.jpg',
  ]);
});

test('YOLO labels go through the same evaluator', async () => {
  const folder = await makeTestFolder();
  const root = await writeDataset(folder);
  await mkdir(path.join(root, 'labels'));
  for (const [name, label] of Object.entries({ a: 1, b: 1, c: 0 }))
    await writeFile(path.join(root, 'labels', `${name}.txt`), `${label} 0.25 0.25 0.5 0.5\n`);
  await writeFile(path.join(root, 'classes.txt'), 'person\ncar\n');
  const { code, lines } = await run(
    await writeModel(folder),
    '--yolo',
    root,
    '--json',
    '--no-report',
    '--workers',
    '1',
  );
  expect(code).toBe(0);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    ap50: 0.5,
    perClass: { car: { precision: 0.66667, recall: 1 } },
  });
});

describe('what cannot be evaluated is refused in one line', () => {
  const annotated = { annotations: [{ image_id: 1, category_id: 3, bbox: quarter }] };
  test.each<[string, object, RegExp]>([
    [
      'no class in common',
      { categories: [{ id: 3, name: 'kite' }], ...annotated },
      /share no class: labels car, person, teapot; categories kite/,
    ],
    [
      'wrong size',
      {
        images: [{ id: 1, file_name: 'a.jpg', width: 99, height: 128 }],
        annotations: [{ image_id: 1, category_id: 1, bbox: quarter }],
      },
      /a\.jpg: the file is 128x128, the annotations say 99x128/,
    ],
    [
      'nothing marked of what the model knows',
      annotated,
      /nothing to measure: no thing of a class that the model knows is marked in the 3 pictures/,
    ],
    ['empty annotations', { annotations: [] }, /instances\.json: annotations: is empty/],
  ])('%s', async (_name, changes, message) => {
    const folder = await makeTestFolder();
    const coco = await writeDataset(folder, {
      categories: [
        { id: 1, name: 'car' },
        { id: 3, name: 'kite' },
      ],
      ...changes,
    });
    const { code, lines, errors } = await run(
      await writeModel(folder),
      '--coco',
      coco,
      '--no-report',
      '--workers',
      '1',
    );
    expect({ code, lines, errors }).toEqual({ code: 2, lines: [], errors: [expect.stringMatching(message)] });
  });

  test('a picture that cannot be decoded, or is cut short; --allow-missing leaves it out', async () => {
    const folder = await makeTestFolder();
    const coco = await writeDataset(folder);
    const model = await writeModel(folder);
    const picture = path.join(coco, 'images/a.jpg');
    const noise = Buffer.from(Array.from({ length: 128 * 128 * 3 }, (_none, i) => (i * i * 7919) % 251));
    const whole = await sharp(noise, { raw: { width: 128, height: 128, channels: 3 } })
      .jpeg()
      .toBuffer();
    for (const bytes of [Buffer.from('no picture'), whole.subarray(0, whole.length / 2)]) {
      await writeFile(picture, bytes);
      const refused = await run(model, '--coco', coco, '--no-report', '--workers', '1');
      expect(refused).toEqual({
        code: 2,
        lines: [],
        errors: [expect.stringMatching(/a\.jpg cannot be decoded: /)],
      });
    }
    const { code, lines } = await run(
      model,
      '--coco',
      coco,
      '--no-report',
      '--json',
      '--allow-missing',
      '--workers',
      '1',
    );
    expect(code).toBe(0);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      pictures: 2,
      notes: expect.arrayContaining([expect.stringMatching(/left out: a\.jpg cannot be decoded/)]),
      perClass: { Car: { truths: 1 } },
    });
    await rm(picture);
    const missing = await run(model, '--coco', coco, '--no-report', '--workers', '1');
    expect(missing.errors).toEqual([expect.stringMatching(/missing 1 of 3 pictures: a\.jpg; looked in /)]);
  });

  test('a card that does not fit its file, no model, no or two datasets, a bad number', async () => {
    const folder = await makeTestFolder();
    const coco = await writeDataset(folder);
    const card = await writeModel(folder);
    const other = path.join(folder, 'other.json');
    const text = await readFile(card, 'utf8');
    await writeFile(other, text.replace(/"sha256":"[0-9a-f]{64}"/, `"sha256":"${'0'.repeat(64)}"`));
    const cases: [string[], RegExp][] = [
      [[other, '--coco', coco], /is not the file its card .* names/],
      [[`${card}x`, '--coco', coco], /no model at/],
      [[card], /either --coco or --yolo/],
      [[card, '--coco', coco, '--yolo', coco], /either --coco or --yolo/],
      [[card, '--coco', `${coco}x`], /no dataset at .*setx: no such file or folder/],
      [[card, '--coco', coco, '--score', '2'], /a number from 0 to 1/],
      [[card, '--coco', coco, '--limit', '0'], /a whole number of 1 or more/],
    ];
    for (const [args, message] of cases) {
      const { code, lines, errors } = await run(...args);
      expect({ code, lines }).toEqual({ code: 2, lines: [] });
      expect(errors.join('\n')).toMatch(message);
    }
  });
});

const weights = findFixture('weights/yolox_nano_416.onnx');
const cocoVal = findFixture('coco-val-100/instances.json');

describe.skipIf(weights === null || cocoVal === null)('figures that may not fall', () => {
  test('YOLOX-nano on 100 pictures of COCO: what pycocotools gives for the reference program', async () => {
    const { code, lines } = await run(
      weights ?? '',
      '--coco',
      path.dirname(cocoVal ?? ''),
      '--json',
      '--no-report',
      '--workers',
      '2',
    );
    expect(code).toBe(0);
    const { ap50_95, ap50, pictures } = JSON.parse(lines[0] ?? '') as EvaluationSummary;
    expect(pictures).toBe(100);
    // reference.json beside the pictures: 0.254 and 0.426
    expect(ap50_95).toBeGreaterThanOrEqual(0.249);
    expect(ap50_95).toBeLessThanOrEqual(0.259);
    expect(ap50).toBeGreaterThanOrEqual(0.421);
    expect(ap50).toBeLessThanOrEqual(0.431);
  }, 300_000);
});
