import { randomBytes } from 'node:crypto';
import {
  appendFile,
  cp,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EvidenceItem } from '../domain/mod.ts';
import { openTestVault, type TestPackage, type TestVault } from './test-support/make-package.ts';
import { verifyPackage, verifyStoredPackage } from './verify-package.ts';

let vault: TestVault;
let sealed: TestPackage;
let other: TestPackage;
beforeAll(async () => {
  vault = await openTestVault();
  sealed = await vault.seal();
  other = await vault.seal({ zone: 'far-kerb' });
});
afterAll(() => vault.close());

/** A copy to tamper with, under the package's own name. */
async function copyPackage(source: TestPackage = sealed): Promise<string> {
  const dir = path.join(vault.root, randomBytes(6).toString('hex'), source.manifestHash);
  await cp(source.dir, dir, { recursive: true });
  return dir;
}

const packageFiles = [
  'manifest.json',
  'signature.json',
  ...['first', 'middle', 'last'].flatMap((name) => [`original/${name}.png`, `annotated/${name}.jpg`]),
  'clip/start.mp4',
  'clip/end.mp4',
];

test('a whole package verifies, in its folder, under another folder name, and in the store', async () => {
  const expected = {
    ok: true,
    problem: null,
    manifestHash: sealed.manifestHash,
    keyId: vault.signer.keyId,
    candidateId: sealed.manifest.candidate.id,
    files: 10,
    timeStamp: null,
  };
  expect(await verifyPackage(sealed.dir)).toEqual(expected);
  expect(await verifyStoredPackage(vault.blobs, sealed.manifestHash)).toEqual(expected);
  const renamed = path.join(vault.root, 'handed-over');
  await cp(sealed.dir, renamed, { recursive: true });
  expect(await verifyPackage(renamed, { trustedKeyId: vault.signer.keyId })).toEqual(expected);
  expect((await readdir(sealed.dir, { recursive: true })).toSorted()).toEqual(
    [...packageFiles, 'original', 'annotated', 'clip'].toSorted(),
  );
});

describe('one flipped bit', () => {
  test.each(packageFiles)('in %s is found and the file named', async (file) => {
    const dir = await copyPackage();
    await flipBit(path.join(dir, file), 0.5, 3);
    const verdict = await verifyPackage(dir);
    expect(verdict.ok).toBe(false);
    expect(verdict.problem).toContain(file);
  });

  test('anywhere in any file is found, whatever the folder is called', async () => {
    const dir = path.join(vault.root, 'flipped');
    await cp(sealed.dir, dir, { recursive: true });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...packageFiles, 'manifest.json', 'signature.json', 'signature.json'),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 7 }),
        async (file, place, bit) => {
          const full = path.join(dir, file);
          const before = await flipBit(full, place, bit);
          const verdict = await verifyPackage(dir);
          await writeFile(full, before);
          expect(verdict.ok).toBe(false);
          expect(verdict.problem).toContain(file);
        },
      ),
      { numRuns: 150 },
    );
    expect(await verifyPackage(dir)).toMatchObject({ ok: true });
  });
});

async function flipBit(file: string, place: number, bit: number): Promise<Buffer> {
  const before = await readFile(file);
  const after = Buffer.from(before);
  const at = Math.min(Math.floor(place * after.length), after.length - 1);
  after[at] = (after[at] ?? 0) ^ (1 << bit);
  await writeFile(file, after);
  return before;
}

const first = (): EvidenceItem => sealed.manifest.items[0] as EvidenceItem;

describe('files that are not as the manifest says', () => {
  const cases: [string, (dir: string) => Promise<unknown>, () => string][] = [
    ['missing', (dir) => rm(path.join(dir, 'clip/end.mp4')), () => 'clip/end.mp4 is missing'],
    [
      'extra',
      (dir) => writeFile(path.join(dir, 'clip/more.mp4'), 'x'),
      () => 'clip/more.mp4 is not part of the package',
    ],
    [
      'hidden extra',
      (dir) => writeFile(path.join(dir, '.note'), 'x'),
      () => '.note is not part of the package',
    ],
    [
      'cut short',
      (dir) => truncate(path.join(dir, first().path), first().bytes - 1),
      () => `original/first.png has ${first().bytes - 1} bytes, manifest.json says ${first().bytes}`,
    ],
    ['lengthened', (dir) => appendFile(path.join(dir, 'clip/start.mp4'), 'x'), () => 'clip/start.mp4 has'],
    [
      'renamed',
      (dir) => rename(path.join(dir, 'clip/end.mp4'), path.join(dir, 'clip/End.mp4')),
      () => 'clip/end.mp4 is missing',
    ],
    [
      'two pictures exchanged',
      async (dir) => {
        await rename(path.join(dir, 'original/first.png'), path.join(dir, 'original/x'));
        await rename(path.join(dir, 'original/last.png'), path.join(dir, 'original/first.png'));
        await rename(path.join(dir, 'original/x'), path.join(dir, 'original/last.png'));
      },
      () => 'original/first.png has',
    ],
    [
      'annotated copy of another package',
      (dir) => cp(path.join(other.dir, 'annotated/last.jpg'), path.join(dir, 'annotated/last.jpg')),
      () => 'annotated/last.jpg has',
    ],
    [
      'a link in place of a file',
      async (dir) => {
        await rm(path.join(dir, 'original/first.png'));
        await symlink(path.join(sealed.dir, 'original/first.png'), path.join(dir, 'original/first.png'));
      },
      () => 'original/first.png is not a plain file',
    ],
    [
      'a folder in place of a file',
      async (dir) => {
        await rm(path.join(dir, 'clip/end.mp4'));
        await mkdir(path.join(dir, 'clip/end.mp4'));
      },
      () => 'clip/end.mp4 is missing',
    ],
    ['no signature', (dir) => rm(path.join(dir, 'signature.json')), () => 'signature.json is missing'],
    ['no manifest', (dir) => rm(path.join(dir, 'manifest.json')), () => 'is not a package: no manifest.json'],
    [
      'empty manifest',
      (dir) => truncate(path.join(dir, 'manifest.json'), 0),
      () => 'manifest.json is not JSON',
    ],
  ];
  test.each(cases)('%s', async (_, tamper, problem) => {
    const dir = await copyPackage();
    await tamper(dir);
    const verdict = await verifyPackage(dir);
    expect(verdict).toMatchObject({ ok: false, problem: expect.stringContaining(problem()) });
  });

  test('same size, other content: expected and actual hash are given', async () => {
    const dir = await copyPackage();
    await flipBit(path.join(dir, 'original/first.png'), 0.9, 0);
    expect((await verifyPackage(dir)).problem).toMatch(
      new RegExp(`^original/first.png has SHA-256 [0-9a-f]{64}, manifest.json says ${first().sha256}$`),
    );
  });
});

describe('exchanged between packages', () => {
  test.each(['manifest.json', 'signature.json'])('%s of another package', async (file) => {
    const dir = await copyPackage();
    await cp(path.join(other.dir, file), path.join(dir, file));
    expect(await verifyPackage(dir)).toMatchObject({ ok: false, problem: expect.stringContaining(file) });
  });

  test('a whole other package under this name', async () => {
    const dir = path.join(vault.root, 'swapped', sealed.manifestHash);
    await cp(other.dir, dir, { recursive: true });
    expect(await verifyPackage(dir)).toMatchObject({
      ok: false,
      problem: `manifest.json has SHA-256 ${other.manifestHash}, the package is named ${sealed.manifestHash}`,
    });
  });

  test('in the store as well', async () => {
    const key = `packages/${other.manifestHash}/clip/end.mp4`;
    const before = await vault.blobs.get(key);
    await vault.blobs.put(key, Buffer.from('something else'), 'video/mp4');
    const verdict = await verifyStoredPackage(vault.blobs, other.manifestHash);
    await vault.blobs.put(key, before, 'video/mp4');
    expect(verdict).toMatchObject({
      ok: false,
      problem: expect.stringContaining('clip/end.mp4 has 14 bytes'),
    });
    expect(await verifyStoredPackage(vault.blobs, 'ab'.repeat(32))).toMatchObject({
      ok: false,
      manifestHash: '',
    });
    await expect(verifyStoredPackage(vault.blobs, '../secrets')).rejects.toMatchObject({
      code: 'bad_argument',
    });
  });
});

test('what is no package says so', async () => {
  expect((await verifyPackage(path.join(vault.root, 'nowhere'))).problem).toContain('does not exist');
  expect((await verifyPackage(path.join(sealed.dir, 'manifest.json'))).problem).toContain('is not a folder');
  expect((await verifyPackage(vault.root)).problem).toContain('is not a package: no manifest.json');
});
