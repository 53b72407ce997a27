import { createHash } from 'node:crypto';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyPackage } from '../../evidence/mod.ts';
import { openTestVault, type TestVault } from '../../evidence/test-support/make-package.ts';
import { probeClip } from '../../ingest/mod.ts';
import { hashPictures, makeOtherFootage, otherFootage } from '../support/other-footage.ts';
import { footageStartMs, sealFootage } from '../support/seal-footage.ts';

// Packages of footage that no demo shows: sealed, compared with a decoding of their own, and verified.
let vault: TestVault;
beforeAll(async () => {
  vault = await openTestVault();
});
afterAll(() => vault.close());

test.each(otherFootage)(
  'of $name',
  async (footage) => {
    const file = await makeOtherFootage(footage, vault.root);
    const pictures = await hashPictures(file);
    const times = [...pictures.keys()];
    const [firstMs, middleMs, lastMs] = [1_000, 5_000, 10_900].map(
      (from) => times.find((at) => at >= from) ?? Number.NaN,
    ) as [number, number, number];
    const [width = 0, height = 0] = footage.size.split('x').map(Number);
    const sealed = await sealFootage(vault, file, { timesMs: [firstMs, middleMs, lastMs], width, height });
    const { manifest, dir } = sealed;
    expect(await verifyPackage(dir)).toMatchObject({ ok: true, problem: null, files: 13 });

    for (const item of manifest.items.filter(({ kind }) => kind === 'original')) {
      const { data, info } = await sharp(path.join(dir, item.path))
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect([info.width, info.height, item.width, item.height]).toEqual([width, height, width, height]);
      const md5 = createHash('md5').update(data).digest('hex');
      expect(md5, `${item.path} is the picture of ${item.ptsMs} ms`).toBe(pictures.get(item.ptsMs));
      expect(item.capturedAtMs).toBe(footageStartMs + item.ptsMs);
    }
    for (const item of manifest.items.filter(({ kind }) => kind === 'annotated' || kind === 'masked')) {
      const { width: wide, height: high } = await sharp(path.join(dir, item.path)).metadata();
      expect([wide, high]).toEqual([item.width, item.height]);
      expect(wide).toBe(width);
      expect(high - height).toBe(item.kind === 'masked' ? 0 : high - height);
      if (item.kind === 'annotated') expect(high).toBeGreaterThan(height + 30);
    }
    for (const item of manifest.items.filter(({ kind }) => kind === 'clip')) {
      const clip = path.join(dir, item.path);
      const facts = await probeClip(clip);
      expect(facts).toMatchObject({ codec: 'h264', startPtsMs: 0 });
      expect(Math.abs((facts.durationMs ?? 0) - (item.durationMs ?? 0))).toBeLessThanOrEqual(2);
      // It covers the stay's end that it is of, from a keyframe at or before, and its time is the footage's.
      const wantedMs = item.moment === 'start' ? [0, 9_000] : [lastMs - 8_000, times.at(-1) ?? 0];
      expect(item.ptsMs).toBeLessThanOrEqual((wantedMs[0] ?? 0) + 500);
      expect(item.ptsMs).toBeGreaterThanOrEqual((wantedMs[0] ?? 0) - 2_100);
      expect(item.ptsMs + (item.durationMs ?? 0)).toBeGreaterThanOrEqual(wantedMs[1] ?? 0);
      const shown = await hashPictures(clip);
      const inFootage = [...shown.keys()].map((ms) =>
        times.some((time) => Math.abs(time - item.ptsMs - ms) <= 1),
      );
      expect(inFootage).toEqual(inFootage.map(() => true));
      // What is copied is the same picture; what is encoded anew is nearly so, which no checksum tells.
      if (isCopied(footage.options))
        for (const [ms, md5] of shown)
          expect(md5).toBe(pictures.get(times.find((time) => Math.abs(time - item.ptsMs - ms) <= 1) ?? -1));
    }
  },
  300_000,
);

const isCopied = (options: string): boolean => options.includes('libx264');
