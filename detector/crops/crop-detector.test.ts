import { expect, test, vi } from 'vitest';
import { type Detection, XunjieError } from '../../domain/mod.ts';
import type { DetectRequest } from '../detector.ts';
import type { Picture } from '../picture.ts';
import { createCropDetector } from './crop-detector.ts';

const farZone = [
  [0.4, 0.3],
  [0.5, 0.3],
  [0.5, 0.4],
  [0.4, 0.4],
] as const;

interface Asked {
  readonly picture: Picture;
  readonly request: DetectRequest;
  readonly answer: (detections: Detection[]) => void;
  readonly fail: (error: unknown) => void;
}

/** A detector of input 64x64 that answers when the test says so. */
function start(zones: readonly (readonly (readonly [number, number])[])[] = [farZone]) {
  const asked: Asked[] = [];
  const said: string[] = [];
  const crops = createCropDetector({
    zones,
    logger: {
      info: (_fields, message) => said.push(message),
      warn: (_fields, message) => said.push(message),
    },
    detector: {
      maxPixelWidth: 64,
      maxPixelHeight: 64,
      detect: (picture, request = {}) =>
        new Promise((answer, fail) => asked.push({ picture, request, answer, fail })),
    },
  });
  /** Waits until so many pictures were offered. */
  const untilAsked = async (count: number): Promise<void> => {
    await vi.waitFor(() => expect(asked).toHaveLength(count), { timeout: 10_000 });
  };
  return { crops, asked, said, untilAsked };
}

/** Grey, its right half white. */
function makePicture(pixelWidth = 320, pixelHeight = 180): Picture {
  const pixels = new Uint8Array(pixelWidth * pixelHeight * 3);
  for (let i = 0; i < pixels.length; i++) pixels[i] = (i / 3) % pixelWidth < pixelWidth / 2 ? 90 : 255;
  return { pixels, pixelWidth, pixelHeight };
}

const car = (score: number, box: Detection['box']): Detection => ({ class: 'car', score, box });
const busy = new XunjieError('superseded', 'a newer picture came');

test('the whole picture is shrunk into the input, the crop is cut sharp and waits apart', async () => {
  const { crops, asked, said, untilAsked } = start();
  const answer = crops.detect(makePicture(), { camera: 'c', isKept: true, floorGapMs: 2000 });
  await untilAsked(2);
  const whole = asked.find(({ request }) => request.part === undefined);
  const part = asked.find(({ request }) => request.part === 1);
  expect(whole?.request).toEqual({ camera: 'c', isKept: true, floorGapMs: 2000 });
  expect([whole?.picture.pixelWidth, whole?.picture.pixelHeight]).toEqual([64, 36]);
  // The gap that the rules allow is the whole picture's alone.
  expect(part?.request).toEqual({ camera: 'c', isKept: true, part: 1 });
  const [crop] = crops.crops;
  expect(crop).toBeDefined();
  expect(part?.picture.pixelWidth).toBeLessThanOrEqual(64);
  expect(part?.picture.pixels.length).toBe(
    (part?.picture.pixelWidth ?? 0) * (part?.picture.pixelHeight ?? 0) * 3,
  );
  // What the crop's middle shows lies in the middle of the crop.
  part?.answer([car(0.7, [0.4, 0.4, 0.6, 0.6])]);
  whole?.answer([car(0.3, [0.9, 0.9, 1, 1])]);
  const found = await answer;
  expect(found.map(({ score }) => score)).toEqual([0.7, 0.3]);
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = found[0]?.box ?? [];
  expect((x1 + x2) / 2).toBeCloseTo(((crop?.[0] ?? 0) + (crop?.[2] ?? 0)) / 2, 1);
  expect((y1 + y2) / 2).toBeCloseTo(((crop?.[1] ?? 0) + (crop?.[3] ?? 0)) / 2, 1);
  expect(crops.stats()).toEqual({ done: 1, givenUp: 0 });
  expect(said).toEqual([expect.stringMatching(/by themselves: 1; runs of the model per sample: 2/)]);
});

test.each([
  ['gives way to newer ones', busy, 1],
  ['fails, which is said', new XunjieError('model_failed', 'out of memory'), 2],
])('a crop that %s costs its own detections only', async (_name, error, messages) => {
  const { crops, asked, said, untilAsked } = start();
  const answer = crops.detect(makePicture(), { camera: 'c' });
  await untilAsked(2);
  for (const { request, fail, answer: reply } of asked)
    if (request.part === undefined) reply([car(0.3, [0.4, 0.3, 0.5, 0.4])]);
    else fail(error);
  expect(await answer).toEqual([car(0.3, [0.4, 0.3, 0.5, 0.4])]);
  expect(crops.stats()).toEqual({ done: 0, givenUp: 1 });
  expect(said).toHaveLength(messages);
});

test('a whole picture that is given up rejects, whatever its crop shows, and later ones go on', async () => {
  const { crops, asked, untilAsked } = start();
  const first = crops.detect(makePicture(), { camera: 'c' });
  const second = crops.detect(makePicture(), { camera: 'c' });
  const outcome = Promise.allSettled([first, second]);
  await untilAsked(4);
  for (const [i, { request, fail, answer }] of asked.entries())
    if (request.part === undefined && i < 2) fail(busy);
    else answer([]);
  expect((await outcome).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});

test('pictures are offered and answered in their order, however long each takes', async () => {
  const { crops, asked, untilAsked } = start();
  const settled: number[] = [];
  // The first is large and takes longer to shrink than the second.
  const first = crops.detect(makePicture(1920, 1080), { camera: 'c' }).then(() => settled.push(1));
  const second = crops.detect(makePicture(64, 36), { camera: 'c' }).then(() => settled.push(2));
  await untilAsked(4);
  const sizes = asked
    .filter(({ request }) => request.part === undefined)
    .map(({ picture }) => picture.pixels);
  expect(sizes.map((pixels) => pixels.length)).toEqual([64 * 36 * 3, 64 * 36 * 3]);
  for (const { answer } of asked.toReversed()) answer([]);
  await Promise.all([first, second]);
  expect(settled).toEqual([1, 2]);
});

test('zones that change are followed from the next picture on', async () => {
  const { crops, asked, untilAsked } = start([]);
  expect([crops.maxPixelWidth, crops.maxPixelHeight]).toEqual([64, 64]);
  void crops.detect(makePicture(), {});
  await untilAsked(1);
  crops.setZones([farZone]);
  void crops.detect(makePicture(), {});
  await untilAsked(3);
  const [before] = crops.crops;
  crops.setZones([farZone.map(([x, y]) => [x + 0.3, y] as const)]);
  void crops.detect(makePicture(), {});
  await untilAsked(5);
  expect(crops.crops[0]?.[0]).toBeCloseTo((before?.[0] ?? 0) + 0.3, 6);
  crops.setZones([]);
  void crops.detect(makePicture(), {});
  await untilAsked(6);
  expect(crops.crops).toEqual([]);
  expect(asked.filter(({ request }) => request.part !== undefined)).toHaveLength(2);
});

test('pictures are asked for large enough for the crop, and no larger than 1920x1080', () => {
  const { crops } = start();
  expect(crops.maxPixelWidth).toBeGreaterThan(64 * 4);
  expect(crops.maxPixelWidth).toBeLessThanOrEqual(1920);
  expect(crops.maxPixelHeight).toBeLessThanOrEqual(1080);
});
