import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { loadModel, openDetector } from '../detector/mod.ts';
import { quietLogger, writeTinyModel } from '../detector/test-support/tiny-card.ts';
import { tinyCells, toFixedModel, toYoloxRows } from '../detector/test-support/tiny-models.ts';
import { resolveScene, type Scene } from '../domain/mod.ts';
import type { Frame } from '../ingest/mod.ts';
import { createLogger } from '../platform/mod.ts';
import { type Eyes, loadRecordedEyes, look, openModelEyes } from './eyes.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'xunjie-eyes-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function write(text: string): Promise<string> {
  const file = path.join(dir, 'recorded.jsonl');
  await writeFile(file, text);
  return file;
}

function frameAt(ptsMs: number): Frame {
  return {
    camera: 'c',
    ptsMs,
    capturedAtMs: ptsMs,
    clockErrorMs: null,
    width: 4,
    height: 4,
    pixels: new Uint8Array(48),
    pixelWidth: 4,
    pixelHeight: 4,
  };
}

const line = (ptsMs: number, score: number): string =>
  JSON.stringify({ ptsMs, detections: [{ class: 'car', score, box: [0.1, 0.1, 0.2, 0.2] }] });

test('the nearest recorded frame answers, and none that is too far', async () => {
  const eyes = await loadRecordedEyes(
    await write(`${line(2000, 0.2)}\n${line(0, 0)}\n\n${line(1000, 0.1)}\n`),
  );
  const seen = async (ptsMs: number): Promise<number | undefined> =>
    (await eyes.detect(frameAt(ptsMs), { isKept: true, floorGapMs: 1000 }))[0]?.score;
  expect(await seen(0)).toBe(0);
  expect(await seen(499)).toBe(0);
  expect(await seen(501)).toBe(0.1);
  expect(await seen(2600)).toBe(0.2);
  expect(await seen(2601)).toBeUndefined();
  expect(eyes.model).toBeNull();
});

test.each([
  ['{"ptsMs": 0', /recorded\.jsonl:1: not JSON/],
  [
    '{"ptsMs": 0, "detections": [{"class": "dragon", "score": 1, "box": [0,0,1,1]}]}',
    /:1: detections\[0\]\.class: "dragon" is not one of person/,
  ],
  [
    '{"ptsMs": 0, "detections": [{"class": "car", "score": 1, "box": [0,0,2,1]}]}',
    /:1: detections\[0\]\.box\[2\]: must be <= 1, not 2/,
  ],
])('%s is refused with file and line', async (text, message) => {
  await expect(loadRecordedEyes(await write(text))).rejects.toThrow(message);
});

describe('zones that cover little of the picture', () => {
  const toScene = (extra: object): Scene => {
    const far = [
      [0.4, 0.3],
      [0.5, 0.3],
      [0.5, 0.4],
    ];
    const near = [
      [0, 0.4],
      [1, 0.4],
      [1, 1],
    ];
    const rules = [{ offence: 'sidewalk_parking', zone: 'far' }];
    const { scene, issues } = resolveScene({ zones: { far, near }, rules, ...extra }, 'v');
    if (scene === null) throw new Error(JSON.stringify(issues));
    return scene;
  };

  /** A model of input 64x64 that sees a car in the middle of whatever it is shown. */
  async function openTinyDetector() {
    const thing = { stride: 32, gridX: 1, gridY: 1, numbers: [0, 0, 0, 0], scores: { 0: 0.9 } } as const;
    const card = await writeTinyModel(dir, toFixedModel(toYoloxRows([thing], 3), [1, tinyCells, 8]));
    const detector = await openDetector({ model: await loadModel(card), workers: 1, logger: quietLogger });
    onTestFinished(() => detector.close());
    return detector;
  }

  const frame = { ...frameAt(0), pixels: new Uint8Array(320 * 180 * 3), pixelWidth: 320, pixelHeight: 180 };
  const how = { isKept: true, floorGapMs: 1000 };

  test.each<[string, object, boolean]>([
    ['are looked at by themselves, in sharper pictures', {}, true],
    ['are so when the scene says auto', { crops: 'auto' }, true],
    ['are not when it says off', { crops: 'off' }, false],
    ['are not when no rule watches them', { rules: [{ offence: 'clutter', zone: 'near' }] }, false],
  ])('%s', async (_name, extra, isCropped) => {
    const eyes = openModelEyes(await openTinyDetector(), toScene(extra), createLogger('silent'));
    expect(eyes.maxPixelWidth > 64).toBe(isCropped);
    expect(await eyes.detect(frame, how)).toHaveLength(isCropped ? 2 : 1);
  });

  test('a scene that changes is followed', async () => {
    const eyes = openModelEyes(await openTinyDetector(), toScene({ crops: 'off' }), createLogger('silent'));
    expect(await eyes.detect(frame, how)).toHaveLength(1);
    eyes.setScene(toScene({}));
    expect(await eyes.detect(frame, how)).toHaveLength(2);
    eyes.setScene(toScene({ crops: 'off' }));
    expect(await eyes.detect(frame, how)).toHaveLength(1);
  });

  test.each([
    ['clutter', 'object'],
    ['sidewalk_parking', 'car'],
  ])('what is left on the ground is found where a rule for %s watches: %s', async (offence, found) => {
    const scene = toScene({
      crops: 'off',
      zones: {
        ground: [
          [0, 0.5],
          [1, 0.5],
          [1, 1],
          [0, 1],
        ],
      },
      rules: [{ offence, zone: 'ground', onset: '20s', legal: '60s' }],
    });
    const eyes = openModelEyes(await openTinyDetector(), scene, createLogger('silent'));
    const bare = paintGround(null);
    const littered = paintGround({ left: 20, top: 120, right: 60, bottom: 150 });
    let classes: string[] = [];
    for (let i = 0; i < 40; i++) {
      const pixels = i < 15 ? bare : littered;
      const detections = await eyes.detect({ ...frame, pixels, capturedAtMs: 1e12 + i * 2000 }, how);
      classes = detections.map((detection) => detection.class);
    }
    expect(classes.at(-1)).toBe(found);
  });
});

interface Patch {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Ground of 320x180 with a fixed grain, and a dark striped patch on it. */
function paintGround(patch: Patch | null): Uint8Array {
  const pixels = new Uint8Array(320 * 180 * 3);
  for (let y = 0; y < 180; y++)
    for (let x = 0; x < 320; x++) {
      const isIn = patch !== null && x >= patch.left && x < patch.right && y >= patch.top && y < patch.bottom;
      const grain = ((x * 31 + y * 17) % 13) - 6;
      pixels.fill(isIn ? (x % 16 < 8 ? 40 : 90) : 150 + grain, (y * 320 + x) * 3, (y * 320 + x) * 3 + 3);
    }
  return pixels;
}

test("a frame's memory is released once it has been looked at, and never after a failure", async () => {
  let released = 0;
  const frame = { ...frameAt(0), release: () => void released++ };
  const how = { isKept: true, floorGapMs: 1000 };
  const toEyes = (detect: Eyes['detect']): Eyes => ({
    model: null,
    maxPixelWidth: 4,
    maxPixelHeight: 4,
    detect,
    async forget() {},
  });
  const seen: number[] = [];
  await look(
    frame,
    toEyes(async () => (seen.push(released), [])),
    how,
  );
  expect({ seen, released }).toEqual({ seen: [0], released: 1 });
  await expect(
    look(
      frame,
      toEyes(() => Promise.reject(new Error('superseded'))),
      how,
    ),
  ).rejects.toThrow('superseded');
  expect(released).toBe(1);
});
