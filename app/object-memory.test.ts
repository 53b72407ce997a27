import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createStationaryDetector, type StationaryDetector } from '../detector/mod.ts';
import { createLogger } from '../platform/mod.ts';
import { makeTempDir } from '../test/support/temp-dir.ts';
import { openObjectMemory } from './object-memory.ts';

const pixelWidth = 320;
const pixelHeight = 180;
const stepMs = 2000;
const zones = [
  {
    name: 'ground',
    polygon: [
      [0, 0.3],
      [1, 0.3],
      [1, 1],
      [0, 1],
    ] as [number, number][],
    onsetMs: 20_000,
  },
];

/** Ground with a fixed grain, and a striped patch on it or not. */
function paintGround(isLittered: boolean): Uint8Array {
  const pixels = new Uint8Array(pixelWidth * pixelHeight * 3);
  for (let y = 0; y < pixelHeight; y++)
    for (let x = 0; x < pixelWidth; x++) {
      const isIn = isLittered && x >= 120 && x < 160 && y >= 110 && y < 140;
      const grain = ((x * 31 + y * 17) % 13) - 6;
      pixels.fill(
        isIn ? (x % 16 < 8 ? 40 : 90) : 150 + grain,
        (y * pixelWidth + x) * 3,
        (y * pixelWidth + x + 1) * 3,
      );
    }
  return pixels;
}
const bare = paintGround(false);
const littered = paintGround(true);

/** Looks so many times and tells how often a thing was seen. */
function look(objects: StationaryDetector, pixels: Uint8Array, fromMs: number, times: number): number {
  let told = 0;
  for (let i = 0; i < times; i++)
    told += objects.observe({ pixels, pixelWidth, pixelHeight }, fromMs + i * stepMs, []).length;
  return told;
}

async function open(lines: string[] = []) {
  const dir = await makeTempDir('objects');
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const file = path.join(dir, 'backgrounds/gate-2.json');
  const clock = { ms: 0 };
  const openAgain = () =>
    openObjectMemory(
      file,
      createLogger('info', (line) => lines.push(line)),
      () => clock.ms,
    );
  return { file, clock, openAgain };
}

test('what stood before a restart is told after it', async () => {
  const { openAgain } = await open();
  const before = await openAgain();
  expect(before.found).toBeNull();
  const first = createStationaryDetector({ zones, memory: before.found });
  look(first, bare, 1e12, 15);
  expect(look(first, littered, 1e12 + 30_000, 15)).toBeGreaterThan(5);
  await before.keep(first);
  const { found } = await openAgain();
  const second = createStationaryDetector({ zones, memory: found });
  expect(look(second, littered, 1e12 + 90_000, 5)).toBeGreaterThanOrEqual(3);
});

test('it is written as soon as the ground is known and each minute from then on, so a kill costs a minute', async () => {
  const { file, clock, openAgain } = await open();
  const memory = await openAgain();
  const objects = createStationaryDetector({ zones });
  const read = async (): Promise<number> =>
    (JSON.parse(await readFile(file, 'utf8').catch(() => '{"atMs":0}')) as { atMs: number }).atMs;
  look(objects, bare, 1e12, 3);
  memory.note(objects);
  expect(await read()).toBe(0); // still learning
  look(objects, bare, 1e12 + 6000, 10);
  memory.note(objects);
  await expect.poll(read).toBe(1e12 + 24_000);
  look(objects, bare, 1e12 + 26_000, 1);
  clock.ms = 59_999;
  memory.note(objects);
  clock.ms = 60_000;
  look(objects, bare, 1e12 + 28_000, 1);
  memory.note(objects);
  await expect.poll(read).toBe(1e12 + 28_000);
  expect(await readdir(path.dirname(file))).toEqual(['gate-2.json']);
});

test('a file that a crash left half written beside it changes nothing; a broken one is set aside and said so', async () => {
  const lines: string[] = [];
  const { file, openAgain } = await open(lines);
  const memory = await openAgain();
  const objects = createStationaryDetector({ zones });
  look(objects, bare, 1e12, 15);
  await memory.keep(objects);
  await writeFile(`${file}.part`, '{"v":1,"atMs"');
  expect((await openAgain()).found?.atMs).toBe(1e12 + 28_000);
  expect(lines).toEqual([]);
  await writeFile(file, (await readFile(file, 'utf8')).slice(0, 1000));
  expect((await openAgain()).found).toBeNull();
  expect(lines.join()).toContain('set aside');
  expect(await readdir(path.dirname(file))).toContain('gate-2.json.broken');
});

test('a disk that takes nothing is said once', async () => {
  const lines: string[] = [];
  const { file, openAgain } = await open(lines);
  const memory = await openAgain();
  await mkdir(file, { recursive: true }); // a folder stands where the file should
  const objects = createStationaryDetector({ zones });
  look(objects, bare, 1e12, 15);
  await memory.keep(objects);
  await memory.keep(objects);
  expect(lines.filter((line) => line.includes('cannot be kept'))).toHaveLength(1);
});
