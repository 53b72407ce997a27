import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readYamlFile } from './yaml-file.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'xunjie-yaml-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function write(name: string, text: string | Uint8Array): Promise<string> {
  const file = path.join(dir, name);
  await writeFile(file, text);
  return file;
}

test.each([
  ['tab.yaml', 'zones:\n\ta: 1\n', /tab\.yaml:2:1: /],
  ['open.yaml', 'zones: {a: [1, 2\nrules: 3\n', /open\.yaml:\d+:\d+: /],
  ['alias.yaml', 'a: *nowhere\n', /alias\.yaml: Unresolved alias/],
  ['twice.yaml', 'a: 1\na: 2\n', /twice\.yaml:2:1: /],
  ['binary.yaml', new Uint8Array([0xff, 0xfe, 0x00, 0x80]), /binary\.yaml: not a text file/],
])('%s is refused with its place', async (name, text, message) => {
  const file = await write(name, text);
  await expect(readYamlFile(file)).rejects.toThrow(message);
  await expect(readYamlFile(file)).rejects.toMatchObject({ code: 'bad_yaml' });
});

test('a missing file and a folder are told apart', async () => {
  await expect(readYamlFile(path.join(dir, 'none.yaml'))).rejects.toThrow(/none\.yaml: no such file/);
  await expect(readYamlFile(dir)).rejects.toThrow(/is a folder/);
});

test.each([
  [['zones', 'kerb', 1, 0], /scene\.yaml:3:15: zones\.kerb\[1\]\[0\]: too far/],
  [['rules', 0, 'offence'], /scene\.yaml:5:5: rules\[0\]\.offence: too far/],
  [['rules', 0, 'missing'], /scene\.yaml:5:5: /],
  [[], /scene\.yaml:1:1: too far/],
])('an issue at %j names line and column', async (issuePath, message) => {
  const file = await write('scene.yaml', 'zones:\n  kerb:\n    [[0, 0], [9, 2]]\nrules:\n  - offence: x\n');
  const yaml = await readYamlFile(file);
  expect(() => yaml.refuse('bad_scene', [{ path: issuePath, message: 'too far' }])).toThrow(message);
});
