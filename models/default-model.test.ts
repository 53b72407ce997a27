import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makeTestFolder, tinyCard } from '../detector/test-support/tiny-card.ts';
import {
  findDefaultModel,
  findInstalled,
  type ModelFolders,
  readDefaultChoice,
  writeDefaultChoice,
} from './mod.ts';

async function makeFolders(): Promise<ModelFolders> {
  const root = await makeTestFolder();
  const folders = { added: path.join(root, 'added'), bundled: path.join(root, 'bundled') };
  for (const folder of Object.values(folders)) await mkdir(folder);
  return folders;
}

async function put(folder: string, name: string): Promise<string> {
  const card = path.join(folder, `${name}.json`);
  await writeFile(path.join(folder, `${name}.onnx`), '');
  await writeFile(card, JSON.stringify({ ...tinyCard, name, file: `${name}.onnx`, sha256: '0'.repeat(64) }));
  return card;
}

test('a choice comes before the bundled model, and that before what was added', async () => {
  const folders = await makeFolders();
  expect(await findDefaultModel(folders)).toBeNull();
  const first = await put(folders.added, 'a');
  const second = await put(folders.added, 'b');
  expect(await findDefaultModel(folders)).toBe(first);
  const bundled = await put(folders.bundled, 'street-nano');
  expect(await findDefaultModel(folders)).toBe(bundled);
  await writeDefaultChoice(folders.added, 'b');
  expect(await findDefaultModel(folders)).toBe(second);
  expect(await readDefaultChoice(folders.added)).toBe('b');
  await writeDefaultChoice(folders.added, null);
  expect(await findDefaultModel(folders)).toBe(bundled);
});

test('a chosen model that has gone is said, and none other used', async () => {
  const folders = await makeFolders();
  await put(folders.bundled, 'street-nano');
  await put(folders.added, 'b');
  await writeDefaultChoice(folders.added, 'b');
  await rm(path.join(folders.added, 'b.onnx'));
  await expect(findDefaultModel(folders)).rejects.toThrow(/default model "b".*cannot be used: no model at/);
  await rm(path.join(folders.added, 'b.json'));
  await expect(findDefaultModel(folders)).rejects.toThrow(/"b".*not installed any more; choose another/);
  await writeFile(path.join(folders.added, 'default'), 'a b\n');
  await expect(findDefaultModel(folders)).rejects.toMatchObject({ code: 'bad_config' });
});

test('a name means an added model before a bundled one, and an unknown one names what there is', async () => {
  const folders = await makeFolders();
  await put(folders.bundled, 'street-nano');
  const own = await put(folders.added, 'street-nano');
  expect(await findInstalled('street-nano', folders)).toMatchObject({ cardPath: own, origin: 'added' });
  await expect(findInstalled('other', folders)).rejects.toThrow(
    /no model "other" is installed; there is street-nano/,
  );
});
