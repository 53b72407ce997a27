import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ViewHealth } from '../../domain/mod.ts';
import { createLogger } from '../../platform/mod.ts';
import { projectRoot } from '../../test/support/fixtures.ts';
import { makeTempDir } from '../../test/support/temp-dir.ts';
import { type Aim, aimCamera, type Rgb } from '../test-support/disturb-view.ts';
import { readFrames } from '../test-support/read-frames.ts';
import { openViewWatch, toFrameView, type ViewWatch } from './watch-view.ts';

const size = { width: 416, height: 234 };
const logger = createLogger('silent');
let frames: Rgb[];
let dir: string;
let file: string;
let nowMs = Date.parse('2026-03-02T10:00:00+08:00');

beforeAll(async () => {
  dir = await makeTempDir('view');
  frames = await readFrames(path.join(projectRoot, 'samples/town/harbour-road.mp4'), 2, 30, size);
});
afterAll(() => rm(dir, { recursive: true, force: true }));
beforeEach(async () => {
  await rm(path.join(dir, 'views'), { recursive: true, force: true });
  file = path.join(dir, 'views/cam-01.json');
});

/** Shows a camera aimed like this for so long; returns what is said at the end. */
function show(watch: ViewWatch, aim: Aim, seconds: number): ViewHealth {
  let health: ViewHealth = { problem: null, reason: '', sinceMs: null };
  for (let s = 0; s < seconds; s += 2, nowMs += 2000) {
    const pixels = aimCamera(frames[(nowMs / 2000) % frames.length] as Rgb, size, aim);
    health = watch.observe({
      pixels,
      pixelWidth: size.width,
      pixelHeight: size.height,
      capturedAtMs: nowMs,
    });
  }
  return health;
}

test('a camera that was moved while the program was off is noticed, and its view can be accepted once', async () => {
  const first = await openViewWatch('cam-01', file, logger);
  expect(show(first, {}, 40).problem).toBeNull();
  await first.close();

  const second = await openViewWatch('cam-01', file, logger);
  const moved = show(second, { pan: 0.07 }, 40);
  expect(moved).toMatchObject({ problem: 'moved', reason: 'moved 7 % right' });
  expect(toFrameView(moved)).toEqual({ view: 'moved' });
  second.accept(1000);
  expect(show(second, { pan: 0.07 }, 2).problem).toBeNull();
  expect(show(second, { pan: 0.07 }, 40).problem).toBeNull();
  await second.close();

  const third = await openViewWatch('cam-01', file, logger);
  third.accept(1000); // the same word comes again with each start
  expect(show(third, {}, 40)).toMatchObject({ problem: 'moved', reason: 'moved 7 % left' });
  await third.close();
});

test('what was learned is on disk soon, not only when the program ends', async () => {
  const watch = await openViewWatch('cam-01', file, logger);
  show(watch, {}, 20);
  await expect.poll(() => existsSync(file)).toBe(true);
  const killed = await openViewWatch('cam-01', file, logger);
  expect(show(killed, { pan: -0.08 }, 40).problem).toBe('moved');
  await killed.close();
  await watch.close();
});

test.each([
  ['half a file', (text: string) => text.slice(0, text.length / 2)],
  ['no JSON', () => 'what?'],
  ['a later version', (text: string) => text.replace('"v":1', '"v":2')],
  ['a map of another size', (text: string) => text.replace('"width":128', '"width":64')],
  ['a map too big', (text: string) => text.replace('"width":128', '"width":1280000')],
  ['no usual', (text: string) => text.replace('"usual"', '"unusual"')],
])('%s is set aside and the view learned anew', async (_what, spoil) => {
  const before = await openViewWatch('cam-01', file, logger);
  show(before, {}, 30);
  await before.close();
  await writeFile(file, spoil(await readFile(file, 'utf8')));
  const after = await openViewWatch('cam-01', file, logger);
  expect(show(after, { pan: 0.08 }, 40).problem).toBeNull();
  await after.close();
  expect((await readdir(path.dirname(file))).toSorted()).toEqual(['cam-01.json', 'cam-01.json.broken']);
});

test('a camera goes on when its view cannot be kept', async () => {
  const watch = await openViewWatch('cam-01', '/proc/nowhere/cam-01.json', logger);
  expect(show(watch, {}, 30).problem).toBeNull();
  expect(show(watch, { pan: 0.08 }, 40).problem).toBe('moved');
  await watch.close();
});
