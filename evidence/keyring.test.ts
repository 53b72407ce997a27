import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openFolderBlobStore } from '../platform/mod.ts';
import { openKeyring, rotateKey, toPublicKeyFolder } from './keyring.ts';
import { readPublicKeys } from './public-key-record.ts';
import { sealPackage } from './seal-package.ts';
import { loadOrCreateSigner } from './signer.ts';
import { makeCandidate } from './test-support/make-candidate.ts';
import { makeFootage } from './test-support/make-footage.ts';
import { verifyPackage } from './verify-package.ts';

const firstMs = Date.parse('2026-03-05T00:00:00Z');
const dayMs = 86_400_000;
let root: string;
let dir: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'xunjie-keyring-'));
  dir = path.join(root, 'keys');
  onTestFinished(() => rm(root, { recursive: true, force: true }));
});

async function seal(nowMs: number): Promise<string> {
  const { manifestHash } = await sealPackage({
    candidate: makeCandidate(),
    footage: makeFootage(),
    signer: await openKeyring(dir).current(),
    blobs: openFolderBlobStore(root),
    nowMs,
  });
  return path.join(root, 'packages', manifestHash);
}

describe('rotation', () => {
  test('a keyring that is open signs with the new key; packages of both verify offline with the public folder alone', async () => {
    const keyring = openKeyring(dir, () => firstMs);
    const old = await keyring.current();
    const before = await seal(firstMs);
    const { retired, current } = await rotateKey(dir, () => firstMs + dayMs);
    expect(retired).toBe(old.keyId);
    expect((await keyring.current()).keyId).toBe(current);
    expect(current).not.toBe(retired);
    const after = await seal(firstMs + 2 * dayMs);
    expect(await keyring.list()).toMatchObject([
      { keyId: retired, sinceMs: firstMs, retiredAtMs: firstMs + dayMs },
      { keyId: current, sinceMs: firstMs + dayMs, retiredAtMs: null },
    ]);
    const elsewhere = path.join(root, 'elsewhere');
    await rename(toPublicKeyFolder(dir), elsewhere);
    await rm(dir, { recursive: true });
    const trustedKeys = await readPublicKeys(elsewhere);
    for (const [folder, keyId] of [
      [before, retired],
      [after, current],
    ] as const)
      expect(await verifyPackage(folder, { trustedKeys })).toMatchObject({ ok: true, keyId, problem: null });
  });

  test('what a retired key signs afterwards is refused', async () => {
    const copy = path.join(root, 'stolen.pem');
    await openKeyring(dir, () => firstMs).current();
    await writeFile(copy, await readFile(path.join(dir, 'evidence.pem')));
    await rotateKey(dir, () => firstMs + dayMs);
    const { manifestHash } = await sealPackage({
      candidate: makeCandidate(),
      footage: makeFootage(),
      signer: await loadOrCreateSigner(copy),
      blobs: openFolderBlobStore(root),
      nowMs: firstMs + dayMs + 1,
    });
    const verdict = await verifyPackage(path.join(root, 'packages', manifestHash), {
      trustedKeys: await openKeyring(dir).list(),
    });
    expect(verdict.ok).toBe(false);
    expect(verdict.problem).toMatch(/retired at 2026-03-06T00:00:00.000Z, before the package was sealed/);
  });

  test('a stranger’s key is none of the trusted ones', async () => {
    const folder = await seal(firstMs);
    const other = openKeyring(path.join(root, 'other'));
    const { keyId } = await other.current();
    const verdict = await verifyPackage(folder, { trustedKeys: await other.list() });
    expect(verdict.problem).toContain(`none of the trusted keys (${keyId})`);
    expect(verdict.ok).toBe(false);
  });

  test('the old private key is gone, and only its owner reads the new one', async () => {
    const old = await openKeyring(dir).current();
    const pem = await readFile(path.join(dir, 'evidence.pem'), 'utf8');
    await rotateKey(dir);
    const files = await readdir(dir, { recursive: true });
    for (const file of files.filter((name) => /\.(?:pem|json)$/.test(name)))
      expect(await readFile(path.join(dir, file), 'utf8')).not.toContain(pem.split('\n')[1]);
    expect(files.toSorted()).toEqual(
      expect.arrayContaining(['evidence.pem', 'public', `public/${old.keyId}.json`]),
    );
    expect(files).not.toContain('next.pem');
  });

  test('many times, one at a time: each key is listed once and one of them signs', async () => {
    for (let day = 0; day < 4; day++) await rotateKey(dir, () => firstMs + day * dayMs);
    const records = await openKeyring(dir).list();
    expect(records).toHaveLength(5);
    expect(new Set(records.map(({ keyId }) => keyId)).size).toBe(5);
    expect(records.filter(({ retiredAtMs }) => retiredAtMs === null)).toHaveLength(1);
  });

  test('of two at once one is refused or both take their turn; no key is lost', async () => {
    await openKeyring(dir).current();
    const results = await Promise.allSettled([rotateKey(dir), rotateKey(dir)]);
    const done = results.filter(({ status }) => status === 'fulfilled');
    expect(done.length).toBeGreaterThan(0);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'data_folder_in_use' });
    expect(await openKeyring(dir).list()).toHaveLength(1 + done.length);
  });

  test('cut short after the new key was placed: the old one counts as retired when the new one began', async () => {
    const old = await openKeyring(dir, () => firstMs).current();
    // As far as a rotation comes that is killed before its last step.
    const next = await loadOrCreateSigner(path.join(dir, 'next.pem'));
    await rename(path.join(dir, 'next.pem'), path.join(dir, 'evidence.pem'));
    expect(await openKeyring(dir, () => firstMs + dayMs).list()).toMatchObject([
      { keyId: old.keyId, retiredAtMs: firstMs + dayMs },
      { keyId: next.keyId, retiredAtMs: null },
    ]);
    await rotateKey(dir, () => firstMs + 2 * dayMs);
    const written = await readPublicKeys(toPublicKeyFolder(dir));
    expect(written.map(({ retiredAtMs }) => retiredAtMs)).toEqual([
      firstMs + dayMs,
      firstMs + 2 * dayMs,
      null,
    ]);
  });
});

describe('public keys that are none', () => {
  test.each<[string, string, RegExp]>([
    ['words', 'no key', /a\.json is no public key/],
    ['another shape', '{"v":2}', /a\.json: \S/],
    [
      'an id that is not its key’s',
      JSON.stringify({
        v: 1,
        algorithm: 'Ed25519',
        keyId: '0123456789abcdef',
        publicKey: Buffer.alloc(32).toString('base64'),
        sinceMs: 0,
        retiredAtMs: null,
      }),
      /a\.json: keyId: 0123456789abcdef is not the id of its key/,
    ],
  ])('%s: refused, naming the file', async (_, text, message) => {
    await mkdir(dir, { recursive: true });
    await writeFile(path.join(dir, 'a.json'), text);
    await expect(readPublicKeys(dir)).rejects.toMatchObject({
      code: 'bad_config',
      message: expect.stringMatching(message),
    });
  });

  test('no folder is an error, not an empty list', async () => {
    await expect(readPublicKeys(path.join(root, 'nowhere'))).rejects.toMatchObject({
      code: 'file_not_found',
    });
  });
});
