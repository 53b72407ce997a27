import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FootageReader, XunjieError } from '../domain/mod.ts';
import { type BlobStore, openFolderBlobStore } from '../platform/mod.ts';
import { sealOnce, settleSeal, sweepSeals } from './seal-once.ts';
import { makeCandidate } from './test-support/make-candidate.ts';
import { makeFootage, makePicture } from './test-support/make-footage.ts';
import { openTestVault, sealedAtMs, type TestVault } from './test-support/make-package.ts';
import { verifyStoredPackage } from './verify-package.ts';

let vault: TestVault;
let blobs: BlobStore;
let stores = 0;
beforeAll(async () => {
  vault = await openTestVault();
});
beforeEach(() => {
  blobs = openFolderBlobStore(`${vault.root}/store-${++stores}`);
});
afterAll(() => vault.close());

const candidate = makeCandidate();
// Small: what is tested is what is stored, not what it shows.
const picture = makePicture(1, { width: 64, height: 36 });
const footage = makeFootage({ readFrame: async (ptsMs) => ({ bytes: await picture, ptsMs }) });

function seal(nowMs: number, store: BlobStore = blobs, from: FootageReader = footage) {
  return sealOnce({ candidate, footage: from, signer: vault.signer, blobs: store, nowMs });
}

/** Takes so many files and then none, as if the process had died. */
function toDyingStore(after: number): BlobStore {
  let puts = 0;
  return {
    ...blobs,
    async put(...args: Parameters<BlobStore['put']>) {
      if (puts++ === after) throw new Error('died');
      await blobs.put(...args);
    },
  };
}

async function listPackages(): Promise<string[]> {
  return [...new Set((await blobs.list('packages/')).map((key) => key.split('/')[1] ?? ''))];
}

describe('a candidate that comes again', () => {
  test.each([0, 1, 5, 10])(
    'cut short after %i files: one package in the end, and nothing beside it',
    async (after) => {
      await expect(seal(sealedAtMs, toDyingStore(after))).rejects.toThrow('died');
      const { manifestHash } = await seal(sealedAtMs + 60_000);
      await settleSeal(blobs, candidate.id);
      expect(await listPackages()).toEqual([manifestHash]);
      expect(await blobs.list('sealing/')).toEqual([]);
      expect(await verifyStoredPackage(blobs, manifestHash)).toMatchObject({ ok: true });
    },
  );

  test('sealed, but nobody heard of it: the package that is there is taken', async () => {
    const one = await seal(sealedAtMs);
    const two = await seal(
      sealedAtMs + 60_000,
      blobs,
      makeFootage({ readFrame: () => Promise.reject(new Error('gone')) }),
    );
    expect(two).toEqual(one);
  });

  test('other pictures than before: the first attempt is removed', async () => {
    await expect(seal(sealedAtMs, toDyingStore(5))).rejects.toThrow('died');
    const [first] = await listPackages();
    const other = await makePicture(2, { width: 64, height: 36 });
    const from = makeFootage({ readFrame: async (ptsMs) => ({ bytes: other, ptsMs }) });
    const { manifestHash } = await seal(sealedAtMs + 1, blobs, from);
    expect(manifestHash).not.toBe(first);
    expect(await listPackages()).toEqual([manifestHash]);
  });

  test('footage that is gone by now: nothing stays', async () => {
    await expect(seal(sealedAtMs, toDyingStore(5))).rejects.toThrow('died');
    const gone = makeFootage({ readFrame: () => Promise.reject(new Error('pruned')) });
    await expect(seal(sealedAtMs, blobs, gone)).rejects.toMatchObject({ code: 'evidence_unavailable' });
    expect([...(await blobs.list('packages/')), ...(await blobs.list('sealing/'))]).toEqual([]);
  });
});

describe('what nobody takes up', () => {
  test('is removed when it is old, and a whole package never', async () => {
    await expect(seal(sealedAtMs, toDyingStore(5))).rejects.toThrow('died');
    expect(await sweepSeals(blobs, sealedAtMs)).toBe(0);
    expect(await listPackages()).toHaveLength(1);
    expect(await sweepSeals(blobs, sealedAtMs + 1)).toBe(1);
    expect([...(await blobs.list('packages/')), ...(await blobs.list('sealing/'))]).toEqual([]);
    const { manifestHash } = await seal(sealedAtMs);
    expect(await sweepSeals(blobs, sealedAtMs + 1)).toBe(1);
    expect(await verifyStoredPackage(blobs, manifestHash)).toMatchObject({ ok: true });
  });

  test('what the store retains is remembered until it lets go', async () => {
    await expect(seal(sealedAtMs, toDyingStore(5))).rejects.toThrow('died');
    const locked: BlobStore = {
      ...blobs,
      delete: async (key) => {
        if (key.startsWith('packages/')) throw new XunjieError('blob_locked', `${key} is still retained`);
        await blobs.delete(key);
      },
    };
    expect(await sweepSeals(locked, sealedAtMs + 1)).toBe(0);
    expect(await listPackages()).toHaveLength(1);
    expect(await sweepSeals(blobs, 0)).toBe(1);
    expect([...(await blobs.list('packages/')), ...(await blobs.list('sealing/'))]).toEqual([]);
  });
});

test('a process killed while it stores leaves nothing when the candidate comes again', async () => {
  const root = `${vault.root}/store-${stores}`;
  const script = `
    import { openFolderBlobStore } from './platform/mod.ts';
    import { loadOrCreateSigner, sealOnce } from './evidence/mod.ts';
    import { makeCandidate } from './evidence/test-support/make-candidate.ts';
    import { makeFootage, makePicture } from './evidence/test-support/make-footage.ts';
    const blobs = openFolderBlobStore(${JSON.stringify(root)});
    const signer = await loadOrCreateSigner(${JSON.stringify(`${vault.root}/signing-key.pem`)});
    const bytes = await makePicture(1, { width: 64, height: 36 });
    const footage = makeFootage({ readFrame: async (ptsMs) => ({ bytes, ptsMs }) });
    let puts = 0;
    const put = async (...args) => {
      if (++puts === 6) process.kill(process.pid, 'SIGKILL');
      await blobs.put(...args);
    };
    await sealOnce({ candidate: makeCandidate(), footage, signer, blobs: { ...blobs, put }, nowMs: ${sealedAtMs} });
  `;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    cwd: new URL('..', import.meta.url),
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 120_000,
  });
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  expect(await listPackages()).toHaveLength(1);
  const { manifestHash } = await seal(sealedAtMs + 60_000);
  await settleSeal(blobs, candidate.id);
  expect(await listPackages()).toEqual([manifestHash]);
  expect(await blobs.list('sealing/')).toEqual([]);
  expect(await verifyStoredPackage(blobs, manifestHash)).toMatchObject({ ok: true });
}, 180_000);
