import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadProgramConfig, parseRoles } from './program-config.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'xunjie-config-'));
  await writeFile(
    path.join(dir, 'scene.yaml'),
    'zones: {a: [[0,0],[1,0],[1,1]]}\nrules: [{offence: clutter, zone: a}]\n',
  );
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function load(text: string) {
  const file = path.join(dir, 'xunjie.yaml');
  await writeFile(file, text);
  return loadProgramConfig(file);
}

test('cameras with their scenes; paths are relative to the file', async () => {
  const config = await load(`cameras:
  - {id: road, name: 港前路, source: "rtsp://u:p@10.0.0.1/s", scene: scene.yaml}
  - {id: clip, source: clips/a.mp4, realTime: true, scene: scene.yaml, recordedDetections: a.jsonl}
model: m/card.json
http: {port: 0}
`);
  expect(config.cameras.map(({ name, source }) => ({ name, source }))).toEqual([
    { name: '港前路', source: { kind: 'rtsp', url: 'rtsp://u:p@10.0.0.1/s' } },
    { name: 'clip', source: { kind: 'file', path: path.join(dir, 'clips/a.mp4'), realTime: true } },
  ]);
  expect(config.cameras[0]?.scene.rules[0]?.offence).toBe('clutter');
  expect(config.cameras[1]?.recordedDetectionsFile).toBe(path.join(dir, 'a.jsonl'));
  expect(config).toMatchObject({ modelFile: path.join(dir, 'm/card.json'), port: 0, host: '127.0.0.1' });
});

test.each<[string, string, RegExp]>([
  ['no cameras', 'cameras: []\n', /:1:1: cameras: needs at least 1 entries, has 0/],
  [
    'a name with a space',
    'cameras:\n  - {id: "a b", source: x.mp4, scene: scene.yaml}\n',
    /:2:6: cameras\[0\]\.id: must match/,
  ],
  [
    'two of one name',
    'cameras:\n  - {id: a, source: x.mp4, scene: scene.yaml}\n  - {id: a, source: y.mp4, scene: scene.yaml}\n',
    /:3:6: cameras\[1\]\.id: two cameras are called "a"/,
  ],
  [
    'another scheme',
    'cameras:\n  - {id: a, source: "file:///etc/passwd", scene: scene.yaml}\n',
    /file:\/\/ is no source/,
  ],
  ['no URL', 'cameras:\n  - {id: a, source: "rtsp://h:99999/", scene: scene.yaml}\n', /is no URL/],
  [
    'a port out of range',
    'cameras:\n  - {id: a, source: x.mp4, scene: scene.yaml}\nhttp: {port: 70000}\n',
    /:3:8: http\.port: must be <= 65535, not 70000/,
  ],
  [
    'a scene that is not there',
    'cameras:\n  - {id: a, source: x.mp4, scene: none.yaml}\n',
    /none\.yaml: no such file/,
  ],
])('%s is refused', async (_name, text, message) => {
  await expect(load(text)).rejects.toThrow(message);
});

test('roles', () => {
  expect(parseRoles('camera, rules,camera')).toEqual(['camera', 'rules']);
  expect(() => parseRoles('camera,chef')).toThrow(/"chef" is no role; known: camera, rules, console/);
});
