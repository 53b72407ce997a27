import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { toLayoutModel } from '../../detector/test-support/layout-model.ts';
import { encodeModel } from '../../detector/test-support/onnx-file.ts';
import { makeTestFolder } from '../../detector/test-support/tiny-card.ts';
import { runCommand } from '../main.ts';

/** A yolov8 of two classes without names whose one box follows the picture's brightness. */
async function writeModel(): Promise<{ folder: string; file: string; data: string }> {
  const folder = await makeTestFolder();
  const file = path.join(folder, 'stalls.onnx');
  const values = new Float32Array(6 * 84);
  for (const [number, value] of [32, 24, 32, 32, 0.1, 0.2].entries()) values[number * 84 + 9] = value;
  const follows = [{ at: 5 * 84 + 9, plane: 0, factor: 0.5 }] as const;
  const outputs = [{ name: 'output0', dims: [1, 6, 84], values, follows }];
  await writeFile(file, encodeModel(toLayoutModel({ outputs })));
  return { folder, file, data: path.join(folder, 'data') };
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommand(args, {
    print: (line) => void out.push(line),
    printError: (line) => void err.push(line),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

test('models add takes what a person says, explains itself, and models list shows the model', async () => {
  const { folder, file, data } = await writeModel();
  const labels = path.join(folder, 'data.yaml');
  await writeFile(labels, 'nc: 2\nnames: [melon stand, parasol]\n');
  const bare = await run('models', 'add', file, '--data', data);
  expect(bare).toMatchObject({ code: 2, err: expect.stringMatching(/2 classes without names.*--labels/) });
  expect(await readdir(path.join(data, 'models'))).toEqual([]);

  const options = ['--labels', labels, '--map', 'melon stand=vendor_stall', '--map', 'parasol=umbrella'];
  const added = await run(
    'models',
    'add',
    ...options,
    '--colour',
    'bgr',
    '--licence',
    'MIT',
    file,
    '--data',
    data,
  );
  expect(added.err).toBe('');
  expect(added.code).toBe(0);
  expect(added.out).toMatch(/^stalls: .*stalls\.json\n {2}head yolov8: /);
  expect(added.out).toMatch(/classes: parasol as umbrella, melon stand as vendor_stall; 0 other labels/);
  expect(JSON.parse(await readFile(path.join(data, 'models', 'stalls.json'), 'utf8'))).toMatchObject({
    licence: 'MIT',
    input: { colour: 'bgr' },
    classMap: { 'melon stand': 'vendor_stall', parasol: 'umbrella' },
  });
  expect((await run('models', 'list', '--data', data)).out).toMatch(
    /stalls +added +yolov8 +64x64 +2 +\d+\.\d +MIT +ready/,
  );
});

test.each([
  [['--map', 'car'], /--map car: expected LABEL=CLASS/],
  [['--size', 'large'], /--size large: expected WIDTHxHEIGHT/],
  [['--head', 'yolo99'], /yolo99.*yolox/],
  [['--labels', '/nowhere/names.txt'], /\/nowhere\/names\.txt: no labels there/],
])('models add %j is refused in one line', async (options, message) => {
  const { file, data } = await writeModel();
  const { code, err } = await run('models', 'add', file, '--data', data, ...options);
  expect(code).not.toBe(0);
  expect(err).toMatch(message);
  expect(err).not.toContain('\n');
});
