import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { maskPicture } from '../../evidence/mod.ts';
import { createLogger } from '../../platform/mod.ts';
import {
  confirmAs,
  openTestConsole,
  readReply,
  type TestConsole,
  type TestUser,
} from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { testStartMs } from '../../test/support/sealed-candidate.ts';
import { makeTempDir } from '../../test/support/temp-dir.ts';
import { exportTuningSet } from './export-examples.ts';
import { cutMaskedCrop } from './mask-crop.ts';

interface Example {
  readonly id: string;
  readonly candidateId: string;
  readonly decision: string;
  readonly reason: string | null;
  readonly crop: { url: string; width: number; height: number; box: number[] } | null;
  readonly whyNoCrop: string | null;
}

describe('a crop', () => {
  const box = [0.4, 0.5, 0.6, 0.8] as const;
  /** Fine black and white stripes: what is left of them tells what was masked. */
  const stripes = async () => {
    const [width, height] = [640, 360];
    const pixels = Buffer.alloc(width * height * 3);
    for (let at = 0; at < width * height; at++) pixels.fill(at % 2 === 0 ? 255 : 0, at * 3, at * 3 + 3);
    return sharp(pixels, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 100 })
      .toBuffer();
  };
  const toContrast = async (bytes: Buffer, top: number, bottom: number, height: number, width: number) => {
    const region = { left: 70, top, width: width - 140, height: bottom - top };
    const { channels } = await sharp(await sharp(bytes).extract(region).toBuffer()).stats();
    expect(height).toBeGreaterThan(bottom);
    return channels[0]?.stdev ?? 0;
  };

  test('of a car shows no plate: the lower part of the car is gone, the rest is as it was', async () => {
    const {
      bytes,
      width,
      height,
      box: inside,
    } = await cutMaskedCrop(await stripes(), box, 'car', maskPicture);
    expect(Math.abs(width - 256) + Math.abs(height - 216)).toBeLessThanOrEqual(2);
    expect(inside.map((edge) => Math.round(edge * 100))).toEqual([25, 25, 75, 75]);
    expect(await toContrast(bytes, 60, 90, height, width)).toBeGreaterThan(80);
    expect(await toContrast(bytes, 115, 155, height, width)).toBeLessThan(20);
  });

  test('of a thing at the edge ends with the picture, and a small thing keeps its surroundings', async () => {
    const edge = await cutMaskedCrop(await stripes(), [0.9, 0.9, 1, 1], 'goods', maskPicture);
    expect(edge.box[2]).toBe(1);
    const small = await cutMaskedCrop(await stripes(), [0.5, 0.5, 0.51, 0.51], 'goods', maskPicture);
    expect(small.width).toBeGreaterThanOrEqual(64);
    expect(small.height).toBeGreaterThanOrEqual(64);
  });
});

describe('the tuning set', () => {
  let postgres: TestPostgres;
  let databaseUrl: string;
  let tested: TestConsole;
  let reviewer: TestUser;
  let engineer: TestUser;
  const ids: string[] = [];

  beforeAll(async () => {
    postgres = await startTestPostgres();
    databaseUrl = await postgres.createDatabase();
    tested = await openTestConsole(databaseUrl, { maskPicture });
    reviewer = await tested.logIn('reviewer-01');
    engineer = await tested.logIn('demo');
    for (let index = 0; index < 4; index++) {
      const facts = await tested.queueCandidate({ fromMs: testStartMs + index, camera: `cam-0${index}` });
      ids.push(facts.id);
    }
    readReply(await confirmAs(reviewer, ids[0] ?? ''));
    for (const [index, reason] of ['permitted', 'wrong_class', 'privacy'].entries()) {
      tested.clock.nowMs += 1000;
      const id = ids[index + 1];
      const { version } = readReply<{ version: number }>(await reviewer.post(`/api/candidates/${id}/lease`));
      readReply(await reviewer.post(`/api/candidates/${id}/reject`, { version, reason }));
    }
    await tested.console.runReviewJobs();
    await tested.console.runReviewJobs();
  });

  afterAll(async () => {
    await tested?.close();
    await postgres?.stop();
  });

  test('has every decision once, with crop, label and reason; none of what was rejected for privacy', async () => {
    const items: Example[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { items: Example[]; total: number; nextCursor: string | null } = readReply(
        await engineer.get(`/api/tuning-set?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`),
      );
      expect(page.total).toBe(4);
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(items.map(({ candidateId, decision, reason }) => [candidateId, decision, reason])).toEqual([
      [ids[0], 'confirmed', null],
      [ids[1], 'rejected', 'permitted'],
      [ids[2], 'rejected', 'wrong_class'],
      [ids[3], 'rejected', 'privacy'],
    ]);
    expect(items[3]).toMatchObject({ crop: null, whyNoCrop: expect.stringContaining('privacy') });
    const { crop } = items[0] as Example;
    const reply = await engineer.get(crop?.url ?? '');
    expect(reply.headers['content-type']).toBe('image/jpeg');
    const { width, height } = await sharp(reply.rawPayload).metadata();
    expect({ width, height }).toEqual({ width: crop?.width, height: crop?.height });
    expect((await reviewer.get(crop?.url ?? '')).statusCode).toBe(403);
    readReply(await engineer.get(`/api/tuning-set/${items[3]?.id}/crop`), 404);
  });

  test('is written as the training recipe reads it', async () => {
    const out = await makeTempDir('tuning');
    const done = await exportTuningSet({
      databaseUrl,
      blobs: tested.blobs,
      logger: createLogger('error'),
      out,
    });
    expect(done).toEqual({ decisions: 4, labelled: 2, unlabelled: 1, withoutCrop: 1, classes: ['car'] });
    const images = await readdir(path.join(out, 'images'));
    expect(images).toHaveLength(2);
    expect(images.toSorted()[0]).toMatch(/^cam-00\.[0-9a-f-]{36}\.jpg$/);
    for (const image of images) {
      const label = await readFile(path.join(out, 'labels', image.replace('.jpg', '.txt')), 'utf8');
      expect(label).toMatch(/^0( 0\.(49|50)\d+){4}\n$/);
      expect((await sharp(path.join(out, 'images', image)).metadata()).format).toBe('jpeg');
    }
    expect(await readdir(path.join(out, 'unlabelled'))).toHaveLength(1);
    expect(await readFile(path.join(out, 'classes.txt'), 'utf8')).toBe('car\n');
    const lines = (await readFile(path.join(out, 'decisions.jsonl'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { use: string }).use)).toEqual([
      'label',
      'label',
      'ask',
      'none',
    ]);
    expect(lines.join('')).not.toContain('reviewer-01');
  });
});
