import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CandidateFacts, type FootageReader, XunjieError } from '../domain/mod.ts';
import { type BlobStore, openFolderBlobStore } from '../platform/mod.ts';
import { sealPackage } from './seal-package.ts';
import { makeCandidate } from './test-support/make-candidate.ts';
import { makeClip, makeFootage, makePicture } from './test-support/make-footage.ts';
import { openTestVault, sealedAtMs, type TestVault } from './test-support/make-package.ts';
import { verifyStoredPackage } from './verify-package.ts';

let vault: TestVault;
beforeAll(async () => {
  vault = await openTestVault();
});
afterAll(() => vault.close());

function seal(
  changes: Partial<CandidateFacts> = {},
  footage: FootageReader = makeFootage(),
  blobs: BlobStore = vault.blobs,
) {
  return sealPackage({
    candidate: makeCandidate(changes),
    footage,
    signer: vault.signer,
    blobs,
    nowMs: sealedAtMs,
  });
}

function toRecordingStore(keys: string[], failAt = Number.POSITIVE_INFINITY): BlobStore {
  return {
    ...vault.blobs,
    async put(key, bytes, mediaType, options) {
      if (keys.length === failAt) throw new Error('disk full');
      keys.push(key);
      await vault.blobs.put(key, bytes, mediaType, options);
    },
  };
}

describe('what a package holds', () => {
  test('three originals untouched, their annotated copies, a clip at each end', async () => {
    const { manifest, manifestHash } = await seal();
    expect(manifest.items.map((item) => item.path)).toEqual([
      'original/first.png',
      'original/middle.png',
      'original/last.png',
      'annotated/first.jpg',
      'annotated/middle.jpg',
      'annotated/last.jpg',
      'clip/start.mp4',
      'clip/end.mp4',
    ]);
    const candidate = makeCandidate();
    for (const name of ['first', 'middle', 'last'] as const) {
      const stored = await vault.blobs.get(`packages/${manifestHash}/original/${name}.png`);
      expect(Buffer.compare(stored, await makePicture(candidate[name].ptsMs))).toBe(0);
    }
    for (const item of manifest.items) {
      const stored = await vault.blobs.get(`packages/${manifestHash}/${item.path}`);
      expect(item.bytes).toBe(stored.byteLength);
      expect(item.sha256).toBe(createHash('sha256').update(stored).digest('hex'));
    }
    expect(manifest).toMatchObject({ candidate, sealedAtMs, keyId: vault.signer.keyId, clockErrorMs: 500 });
    expect(manifest.antiForgeryCode).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-?){3}$/);
  });

  test('JPEG originals stay JPEG', async () => {
    const { manifest } = await seal(
      {},
      makeFootage({
        readFrame: async (ptsMs) => ({ bytes: await makePicture(ptsMs, { type: 'jpeg' }), ptsMs }),
      }),
    );
    expect(manifest.items[0]).toMatchObject({
      path: 'original/first.jpg',
      mediaType: 'image/jpeg',
      width: 640,
      height: 360,
    });
  });

  test('pictures from another stream of the camera carry their own time and the wider bound', async () => {
    const candidate = makeCandidate();
    const { manifest, manifestHash } = await seal(
      {},
      makeFootage({
        readFrame: async (ptsMs) => ({
          bytes: await makePicture(ptsMs, { type: 'webp' }),
          ptsMs: ptsMs + 17,
          clockErrorMs: 1700,
        }),
      }),
    );
    for (const kind of ['original', 'annotated'] as const)
      expect(manifest.items.find((item) => item.kind === kind)).toMatchObject({
        ptsMs: candidate.first.ptsMs + 17,
        capturedAtMs: candidate.first.capturedAtMs + 17,
      });
    expect(manifest.items[0]).toMatchObject({ path: 'original/first.webp', mediaType: 'image/webp' });
    expect(manifest.clockErrorMs).toBe(1700);
    expect(await verifyStoredPackage(vault.blobs, manifestHash)).toMatchObject({ ok: true });
  });

  test('clips carry the times that the reader clamped them to', async () => {
    const candidate = makeCandidate();
    const first = { ...candidate.first, ptsMs: 500 };
    const { manifest } = await seal({ first });
    expect(manifest.items.find((item) => item.path === 'clip/start.mp4')).toMatchObject({
      ptsMs: 0,
      durationMs: 8_500,
      capturedAtMs: first.capturedAtMs - 500,
    });
    expect(manifest.items.find((item) => item.path === 'clip/end.mp4')).toMatchObject({
      ptsMs: candidate.last.ptsMs - 8_000,
      durationMs: 10_000,
    });
  });

  test('two pictures where the stay has only two distinct sightings', async () => {
    const { first } = makeCandidate();
    const { manifest, manifestHash } = await seal({ middle: first });
    expect(manifest.items.map((item) => item.moment)).toEqual([
      'first',
      'last',
      'first',
      'last',
      'start',
      'end',
    ]);
    expect(await verifyStoredPackage(vault.blobs, manifestHash)).toMatchObject({ ok: true, files: 8 });
  });
});

describe('how it is stored', () => {
  test('items first, then the signature, the manifest last', async () => {
    const keys: string[] = [];
    await seal({ zone: 'order' }, makeFootage(), toRecordingStore(keys));
    expect(keys.map((key) => key.split('/').slice(2).join('/'))).toEqual([
      'original/first.png',
      'original/middle.png',
      'original/last.png',
      'annotated/first.jpg',
      'annotated/middle.jpg',
      'annotated/last.jpg',
      'clip/start.mp4',
      'clip/end.mp4',
      'signature.json',
      'manifest.json',
    ]);
  });

  test.each([0, 4, 8, 9])(
    'cut short after %i files it is no package; sealing again completes it',
    async (failAt) => {
      const changes = { zone: `cut-${failAt}` };
      const keys: string[] = [];
      await expect(seal(changes, makeFootage(), toRecordingStore(keys, failAt))).rejects.toThrow('disk full');
      const again = await seal(changes);
      expect(
        keys.filter((key) => !key.includes(again.manifestHash) || key.endsWith('manifest.json')),
      ).toEqual([]);
      expect(await verifyStoredPackage(vault.blobs, again.manifestHash)).toMatchObject({
        ok: true,
        problem: null,
      });
    },
  );

  test('the same input gives the same bytes; another time of sealing another package', async () => {
    const one = await seal();
    const two = await seal({}, makeFootage(), openFolderBlobStore(`${vault.root}/second`));
    expect(two.manifestHash).toBe(one.manifestHash);
    const later = await sealPackage({
      candidate: makeCandidate(),
      footage: makeFootage(),
      signer: vault.signer,
      blobs: vault.blobs,
      nowMs: sealedAtMs + 1,
    });
    expect(later.manifestHash).not.toBe(one.manifestHash);
    expect(await verifyStoredPackage(vault.blobs, later.manifestHash)).toMatchObject({ ok: true });
  });
});

const missingAt = (missing: number) =>
  makeFootage({
    readFrame: async (ptsMs) => {
      if (ptsMs === missing) throw new Error('the segment was deleted');
      return { bytes: await makePicture(ptsMs), ptsMs };
    },
  });

describe('evidence that is not to be had', () => {
  const { first, middle, last } = makeCandidate();
  const cases: [string, FootageReader, RegExp][] = [
    ['first', missingAt(first.ptsMs), /picture of the first sighting .*12000 ms.*segment was deleted/],
    ['middle', missingAt(middle.ptsMs), /picture of the middle sighting .*segment was deleted/],
    ['last', missingAt(last.ptsMs), /picture of the last sighting .*segment was deleted/],
    [
      'a web page',
      makeFootage({ readFrame: async (ptsMs) => ({ bytes: Buffer.from('<html>'), ptsMs }) }),
      /first sighting .*no PNG, JPEG or WebP/,
    ],
    [
      'a torn picture',
      makeFootage({
        readFrame: async (ptsMs) => ({ bytes: (await makePicture(ptsMs)).subarray(0, 900), ptsMs }),
      }),
      /of the first sighting/,
    ],
    [
      'no clip',
      makeFootage({ readClip: () => Promise.reject(new Error('ring is empty')) }),
      /clip at the start .*ring is empty/,
    ],
    [
      'an empty clip',
      makeFootage({
        readClip: (fromPtsMs) => makeClip(new Uint8Array(0), fromPtsMs, 0),
      }),
      /clip at the start .*no playable MP4/,
    ],
  ];
  test.each(cases)('%s: says which, and stores nothing', async (_, footage, message) => {
    const keys: string[] = [];
    const sealing = seal({}, footage, toRecordingStore(keys));
    await expect(sealing).rejects.toMatchObject({
      code: 'evidence_unavailable',
      message: expect.stringMatching(message),
    });
    expect(keys).toEqual([]);
  });

  test.each(['engine_missing', 'ffmpeg_interrupted'] as const)(
    'a machine without ffmpeg, or time for it, is not taken for missing footage: %s',
    async (code) => {
      const missing = new XunjieError(code, 'no ffmpeg');
      await expect(seal({}, makeFootage({ readFrame: () => Promise.reject(missing) }))).rejects.toBe(missing);
      await expect(seal({}, makeFootage({ readClip: () => Promise.reject(missing) }))).rejects.toBe(missing);
    },
  );

  test('pictures nearer to each other than the legal time are no evidence', async () => {
    await expect(seal({ legalMs: 302_001 })).rejects.toMatchObject({
      code: 'evidence_unavailable',
      message: expect.stringContaining('302 s apart'),
    });
    await expect(seal({ last: first, legalMs: 0 })).rejects.toMatchObject({ code: 'evidence_unavailable' });
  });
});
