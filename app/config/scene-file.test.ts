import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadScene } from './scene-file.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'xunjie-scene-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function toVersion(text: string): Promise<string> {
  const file = path.join(dir, 'scene.yaml');
  await writeFile(file, text);
  return (await loadScene(file)).version;
}

const zones = 'zones:\n  kerb: [[0, 0], [1, 0], [1, 1]]\n  bay: [[0, 0], [0.5, 0], [0, 0.5]]\n';
const rules = 'rules:\n  - offence: sidewalk_parking\n    zone: kerb\n    legal: 60s\n';

test('the version is a hash of what a scene says, not of how it is written', async () => {
  const version = await toVersion(zones + rules);
  expect(version).toMatch(/^[0-9a-f]{12}$/);
  const reordered =
    'rules: # first\n  - {legal: 60s, zone: "kerb", offence: sidewalk_parking}\nzones:\n  bay: [[0, 0], [0.50, 0], [0, 0.5]]\n  kerb: [[0, 0], [1, 0], [1, 1]]\n';
  expect(await toVersion(reordered)).toBe(version);
  expect(
    await toVersion(
      JSON.stringify({
        rules: [{ zone: 'kerb', offence: 'sidewalk_parking', legal: '60s' }],
        zones: {
          kerb: [
            [0, 0],
            [1, 0],
            [1, 1],
          ],
          bay: [
            [0, 0],
            [0.5, 0],
            [0, 0.5],
          ],
        },
      }),
    ),
  ).toBe(version);
  expect(await toVersion(`$schema: ../docs/scene.schema.json\n${zones}${rules}`)).toBe(version);
  expect(await toVersion(zones + rules.replace('60s', '61s'))).not.toBe(version);
  expect(await toVersion(`${zones}${rules}    minScore: 0.4\n`)).not.toBe(version);
  expect(await toVersion(zones.replace('[1, 1]', '[1, 0.9]') + rules)).not.toBe(version);
});

test('a version that the file names is kept', async () => {
  expect(await toVersion(`version: spring\n${zones}${rules}`)).toBe('spring');
});

test('a refusal names the place in the file', async () => {
  const file = path.join(dir, 'bad.yaml');
  const schedule =
    '    schedule:\n      weekly:\n        - days: mon-fri\n          hours: [08:00-12:00, 11:00-13:00]\n';
  await writeFile(file, zones + rules + schedule);
  await expect(loadScene(file)).rejects.toThrow(
    /bad\.yaml:11:32: rules\[0\]\.schedule\.weekly\[0\]\.hours\[1\]: 11:00-13:00 overlaps 08:00-12:00/,
  );
  await expect(loadScene(file)).rejects.toMatchObject({ code: 'bad_scene' });
});
