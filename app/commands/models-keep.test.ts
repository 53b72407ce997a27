import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makeTestFolder, writeTinyModel } from '../../detector/test-support/tiny-card.ts';
import { toPlaneModel } from '../../detector/test-support/tiny-models.ts';
import { findModel } from '../find-model.ts';
import { runCommand } from '../main.ts';

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommand(args, {
    print: (line) => void out.push(line),
    printError: (line) => void err.push(line),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function makeData(): Promise<{ data: string; models: string }> {
  const data = await makeTestFolder();
  const models = path.join(data, 'models');
  await mkdir(models);
  await writeTinyModel(models, toPlaneModel(0, 1), { metrics: { ap50: 0.5, 'coco-val-100.ap50_95': 0.25 } });
  return { data, models };
}

test('a chosen model runs where none is named, and a named one before it', async () => {
  const { data, models } = await makeData();
  const chosen = await run('models', 'set-default', 'tiny', '--data', data);
  expect(chosen).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringMatching(/^tiny runs from the next start/),
  });
  expect((await findModel(null, data))?.ref.name).toBe('tiny');
  expect((await findModel('tiny', data))?.card.file).toBe('tiny.onnx');
  expect((await findModel(path.join(models, 'tiny.json'), data))?.ref.name).toBe('tiny');
  await expect(findModel('none-such', data)).rejects.toThrow(
    /no model "none-such" is installed; there is .*tiny/,
  );
  const listed = JSON.parse((await run('models', 'list', '--json', '--data', data)).out);
  expect(listed).toMatchObject({
    default: path.join(models, 'tiny.json'),
    problem: null,
    models: expect.arrayContaining([
      expect.objectContaining({ name: 'tiny', isDefault: true, origin: 'added', ap50: 0.5, ap50_95: 0.25 }),
    ]),
  });
  const back = await run('models', 'set-default', '--none', '--data', data);
  expect(back).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^tiny is no longer chosen; what runs now: /),
  });
});

test('a default that has gone is said by list and by whoever needs it', async () => {
  const { data, models } = await makeData();
  await writeFile(path.join(models, 'default'), 'lost\n');
  const { code, out } = await run('models', 'list', '--data', data);
  expect(code).toBe(0);
  expect(out).toMatch(/warning: the default model "lost" .*set-default NAME/);
  await expect(findModel(null, data)).rejects.toMatchObject({ code: 'model_missing' });
});

test('show says all of a card, and finds out a file that is another', async () => {
  const { data, models } = await makeData();
  const good = await run('models', 'show', 'tiny', '--data', data);
  expect(good.code).toBe(0);
  expect(good.out).toMatch(/^tiny: added/);
  for (const line of [
    /head +yolox/,
    /input +64x64, BGR 0-255, padded with 114 at the right and bottom/,
    /classes +car, person; 1 other labels/,
    /thresholds +score 0\.1, NMS IoU 0\.45/,
    /figures +ap50 0\.5/,
    /licence +Apache-2\.0/,
    /check +SHA-256 [0-9a-f]{64} is right/,
  ])
    expect(good.out).toMatch(line);
  await writeFile(path.join(models, 'tiny.onnx'), 'other');
  const bad = await run('models', 'show', 'tiny', '--data', data);
  expect(bad).toMatchObject({
    code: 1,
    out: expect.stringMatching(/this is not the file of the card: SHA-256 is/),
  });
  expect(await run('models', 'set-default', 'tiny', '--data', data)).toMatchObject({ code: 2 });
});

test('the catalogue is printed without a name', async () => {
  const { code, out } = await run('models', 'pull');
  expect(code).toBe(0);
  expect(out).toMatch(/yolox-s +yolox +640x640 +35\.9 +0\.405 +Apache-2\.0 +github\.com/);
});

test.each([
  [['set-default'], /either the name of an installed model, or --none/],
  [['set-default', 'x', '--none'], /either the name of an installed model, or --none/],
  [['set-default', 'x'], /no model "x" is installed/],
  [['show', 'x'], /no model "x" is installed/],
  [['pull', 'yolox-q'], /no model "yolox-q" in the catalogue; there is yolox-nano/],
  [['pull', '--url', 'https://x'], /--url: say which model/],
  [['pull', 'yolox-s', '--url', 'nowhere'], /--url nowhere: expected https/],
  [['pull', 'yolox-s', '--url', 'file:///nowhere'], /no file at \/nowhere/],
  [['compare', 'a'], /two models or more/],
  [['compare', 'a', 'a', '--coco', 'x'], /a is named twice/],
  [['compare', 'a', 'b'], /either --coco or --yolo/],
  [['compare', 'a', 'b', '--coco', 'x', '--yolo', 'y'], /either --coco or --yolo/],
  [['quantize', 'a'], /--pictures FOLDER is missing/],
  [['quantize', 'a', '--pictures', '/nowhere'], /no model "a" is installed/],
  [['quantize', 'tiny', '--pictures', '/nowhere'], /has no convolution/],
])('models %j is refused in one line', async (args, message) => {
  const { data } = await makeData();
  const { code, out, err } = await run('models', ...args, '--data', data);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toMatch(message);
  expect(err).not.toContain('\n');
});
