import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DetectionBatch } from '../domain/mod.ts';
import type { DetectionsReader } from './mask-stills.ts';
import { sealPackage } from './seal-package.ts';
import { makeCandidate } from './test-support/make-candidate.ts';
import { makeFootage } from './test-support/make-footage.ts';
import { openTestVault, sealedAtMs, type TestVault } from './test-support/make-package.ts';
import { verifyStoredPackage } from './verify-package.ts';

let vault: TestVault;
beforeAll(async () => {
  vault = await openTestVault();
});
afterAll(() => vault.close());

const candidate = makeCandidate();
const makeBatch = (capturedAtMs: number): DetectionBatch => ({
  v: 1,
  camera: candidate.camera,
  ptsMs: 0,
  capturedAtMs,
  clockErrorMs: 500,
  width: 1920,
  height: 1080,
  model: null,
  detections: [
    { class: 'car', score: 0.9, box: candidate.first.box },
    { class: 'car', score: 0.9, box: [0.1, 0.2, 0.3, 0.4] },
    { class: 'person', score: 0.9, box: [0.8, 0.4, 0.84, 0.7] },
  ],
});

async function seal(detections?: DetectionsReader) {
  return sealPackage({
    candidate,
    footage: makeFootage(),
    ...(detections !== undefined && { detections }),
    signer: vault.signer,
    blobs: vault.blobs,
    nowMs: sealedAtMs,
  });
}

describe('masked copies', () => {
  test('one of each still, part of the package, made of the sample nearest it', async () => {
    const asked: number[] = [];
    const { manifest, manifestHash } = await seal({
      async readNearest(capturedAtMs) {
        asked.push(capturedAtMs);
        return makeBatch(capturedAtMs + 40);
      },
    });
    expect(asked).toEqual([candidate.first, candidate.middle, candidate.last].map((at) => at.capturedAtMs));
    const masked = manifest.items.filter((item) => item.kind === 'masked');
    expect(masked.map(({ path, moment }) => [path, moment])).toEqual([
      ['masked/first.jpg', 'first'],
      ['masked/middle.jpg', 'middle'],
      ['masked/last.jpg', 'last'],
    ]);
    expect(manifest.masking).toMatchObject([
      { moment: 'first', source: 'detections', sampleCapturedAtMs: candidate.first.capturedAtMs + 40 },
      { moment: 'middle', source: 'detections' },
      { moment: 'last', source: 'detections' },
    ]);
    for (const masking of manifest.masking ?? [])
      expect(masking).toMatchObject({ heads: [expect.anything()], plates: [expect.anything()] });
    const original = manifest.items.find((item) => item.path.startsWith('original/first'));
    expect(masked[0]).toMatchObject({ width: original?.width, height: original?.height });
    const stored = await vault.blobs.get(`packages/${manifestHash}/masked/first.jpg`);
    expect(createHash('sha256').update(stored).digest('hex')).toBe(masked[0]?.sha256);
    expect(await verifyStoredPackage(vault.blobs, manifestHash)).toMatchObject({ ok: true, problem: null });
  });

  test.each<[string, DetectionsReader | undefined, RegExp]>([
    ['nothing to ask', undefined, /no detections were at hand/],
    ['the log no longer has that time', { readNearest: async () => null }, /no detections of that time/],
    [
      'the nearest sample is far off',
      { readNearest: async (atMs) => makeBatch(atMs - 3_500) },
      /the nearest detections are 3500 ms off/,
    ],
  ])('%s: there is none, and the manifest says why', async (_, detections, reason) => {
    const { manifest, manifestHash } = await seal(detections);
    expect(manifest.items.filter((item) => item.kind === 'masked')).toEqual([]);
    expect(manifest.masking).toEqual(
      ['first', 'middle', 'last'].map((moment) => ({
        moment,
        source: 'none',
        reason: expect.stringMatching(reason),
      })),
    );
    expect(await verifyStoredPackage(vault.blobs, manifestHash)).toMatchObject({ ok: true });
  });

  test('a log that does not answer is no reason to seal without them', async () => {
    await expect(seal({ readNearest: () => Promise.reject(new Error('no answer')) })).rejects.toThrow(
      'no answer',
    );
  });
});
