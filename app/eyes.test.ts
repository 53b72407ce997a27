import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Frame } from '../ingest/mod.ts';
import { loadRecordedEyes } from './eyes.ts';

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
