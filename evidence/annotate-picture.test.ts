import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { annotatePicture } from './annotate-picture.ts';
import type { CaptionFacts } from './caption.ts';
import type { FontSupport } from './fonts.ts';
import { decodePicture, readPictureSize } from './raster.ts';
import { makeCandidate } from './test-support/make-candidate.ts';
import { makePicture } from './test-support/make-footage.ts';

const candidate = makeCandidate();
const facts: CaptionFacts = {
  candidate,
  moment: { name: 'last', sighting: candidate.last },
  pictureNo: 3,
  pictureCount: 3,
  antiForgeryCode: '7K2M-9XQ4-R3TB',
  timeZone: 'Asia/Shanghai',
};

interface Raster {
  readonly width: number;
  readonly height: number;
  at(x: number, y: number): [number, number, number];
}

async function toRaster(bytes: Uint8Array): Promise<Raster> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    at(x, y) {
      const at = (y * info.width + x) * info.channels;
      return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
    },
  };
}

function toDistance(a: readonly number[], b: readonly number[]): number {
  return Math.max(...a.map((value, index) => Math.abs(value - (b[index] ?? 0))));
}

const sizes: [number, number][] = [
  [1920, 1080],
  [854, 480],
  [640, 360],
  [720, 1280],
];
const supports: FontSupport[] = ['chinese', 'latin', 'none'];

describe.each(sizes)('%i x %i', (width, height) => {
  test.each(supports)(
    '%s letters: the strip lies below the picture, the thing itself is untouched',
    async (support) => {
      const original = await makePicture(1000, { width, height });
      const annotated = await annotatePicture(original, { width, height }, facts, support);
      expect(annotated.width).toBe(width);
      expect(annotated.height).toBeGreaterThan(height + 30);
      const [before, after] = [await toRaster(original), await toRaster(annotated.bytes)];
      expect([after.width, after.height]).toEqual([annotated.width, annotated.height]);
      const { data } = await decodePicture(original);
      expect(Buffer.compare(data, annotated.raster.data.subarray(0, data.length))).toBe(0);
      const [x1, , x2, y2] = candidate.last.box;
      for (let y = Math.ceil(0.6 * height); y < y2 * height - 4; y += 3)
        for (let x = Math.ceil(x1 * width) + 4; x < x2 * width - 4; x += 3)
          expect(toDistance(after.at(x, y), before.at(x, y))).toBeLessThan(24);
      expect(toDistance(after.at(1, height + 3), [16, 21, 26])).toBeLessThan(12);
      expect(toDistance(after.at(width - 2, height - 2), before.at(width - 2, height - 2))).toBeLessThan(24);
    },
  );
});

test('the frame runs round the box and the outline along the zone', async () => {
  const [width, height] = [1280, 720];
  const after = await toRaster(
    (await annotatePicture(await makePicture(1000, { width, height }), { width, height }, facts, 'none'))
      .bytes,
  );
  const [x1, y1, x2, y2] = candidate.last.box;
  const middle: [number, number][] = [
    [((x1 + x2) / 2) * width, y1 * height - 3],
    [((x1 + x2) / 2) * width, y2 * height + 3],
    [x1 * width - 3, 0.7 * height],
    [x2 * width + 3, 0.7 * height],
  ];
  for (const [x, y] of middle)
    expect(toDistance(after.at(Math.round(x), Math.round(y)), [255, 212, 0])).toBeLessThan(60);
  // Half way along the zone's left edge, from (0.2, 0.55) to (0.1, 1).
  const onZone = [-1, 0, 1].map((dx) => after.at(Math.round(0.15 * width) + dx, Math.round(0.775 * height)));
  expect(Math.min(...onZone.map((pixel) => toDistance(pixel, [0, 208, 255])))).toBeLessThan(60);
});

test('a picture that lies in its file and says how to turn it is drawn on upright', async () => {
  const upright = await makePicture(1000, { width: 360, height: 640 });
  const lying = await sharp(upright)
    .rotate(-90)
    .jpeg({ quality: 100 })
    .withMetadata({ orientation: 6 })
    .toBuffer();
  const size = await readPictureSize(lying);
  expect(size).toEqual({ width: 360, height: 640 });
  const annotated = await annotatePicture(lying, size, facts, 'none');
  expect(annotated.width).toBe(360);
  const [before, after] = [await toRaster(upright), await toRaster(annotated.bytes)];
  for (const [x, y] of [
    [180, 100],
    [200, 400],
    [30, 620],
  ] as const)
    expect(toDistance(after.at(x, y), before.at(x, y))).toBeLessThan(24);
});

test('names that look like markup or hold what no font has are drawn as text', async () => {
  const wild = makeCandidate({ zone: '</text><image href="x"/>&amp; \u0000\u0007 😀 人行道' });
  for (const support of supports)
    await expect(
      annotatePicture(
        await makePicture(1),
        { width: 640, height: 360 },
        { ...facts, candidate: wild },
        support,
      ),
    ).resolves.toBeDefined();
});

test.each([
  ['none', ''],
  ['as installed', null],
])('fonts: %s - a probe in a process of its own tells what can be drawn', async (_, fontFolder) => {
  const dir = await mkdtemp(path.join(tmpdir(), 'xunjie-fonts-'));
  try {
    const configuration = path.join(dir, 'fonts.conf');
    await writeFile(configuration, `<fontconfig><dir>${dir}</dir><cachedir>${dir}</cachedir></fontconfig>`);
    const script = path.join(dir, 'probe.mts');
    const module = new URL('./fonts.ts', import.meta.url).href;
    await writeFile(
      script,
      `import { findFontSupport } from ${JSON.stringify(module)};\nprocess.stdout.write(await findFontSupport());\n`,
    );
    const env = { ...process.env, ...(fontFolder === null ? {} : { FONTCONFIG_FILE: configuration }) };
    const tsx = new URL('../node_modules/tsx/dist/loader.mjs', import.meta.url).href;
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', tsx, script], {
      env,
      timeout: 20_000,
    });
    expect(fontFolder === null ? supports : ['none']).toContain(stdout);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
