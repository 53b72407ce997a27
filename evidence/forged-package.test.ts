import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EvidenceItem, EvidenceManifest } from '../domain/mod.ts';
import { toAntiForgeryCode } from './anti-forgery-code.ts';
import { toCanonicalBytes } from './canonical-json.ts';
import { loadOrCreateSigner, type Signer } from './signer.ts';
import { openTestVault, type TestPackage, type TestVault } from './test-support/make-package.ts';
import { verifyPackage } from './verify-package.ts';

// Packages by someone who knows the format and holds a key: what the verifier must see beside a broken signature.
let vault: TestVault;
let sealed: TestPackage;
let stranger: Signer;
beforeAll(async () => {
  vault = await openTestVault();
  sealed = await vault.seal();
  stranger = await loadOrCreateSigner(path.join(vault.root, 'stranger.pem'));
});
afterAll(() => vault.close());

let forgedCount = 0;

async function forge(
  manifestText: string | Uint8Array,
  signatureChanges: object = {},
  signer = vault.signer,
): Promise<string> {
  const dir = path.join(vault.root, `forged-${++forgedCount}`);
  await mkdir(dir);
  const bytes = typeof manifestText === 'string' ? new TextEncoder().encode(manifestText) : manifestText;
  await writeFile(path.join(dir, 'manifest.json'), bytes);
  const signature = {
    algorithm: 'Ed25519',
    keyId: signer.keyId,
    publicKey: Buffer.from(signer.publicKey).toString('base64'),
    signature: Buffer.from(signer.sign(bytes)).toString('base64'),
    ...signatureChanges,
  };
  await writeFile(path.join(dir, 'signature.json'), toCanonicalBytes(signature));
  return dir;
}

async function findProblem(dir: string, trustedKeyId?: string): Promise<string | null> {
  const verdict = await verifyPackage(dir, trustedKeyId === undefined ? {} : { trustedKeyId });
  expect(verdict.ok).toBe(false);
  return verdict.problem;
}

const withItem = (changes: Partial<EvidenceItem>, at = 0): object => ({
  items: sealed.manifest.items.map((item, index) => (index === at ? { ...item, ...changes } : item)),
});
const canonicalText = () => new TextDecoder().decode(toCanonicalBytes(sealed.manifest));
const manifestBytes = (changes: Partial<EvidenceManifest> = {}) =>
  toCanonicalBytes({ ...sealed.manifest, ...changes });

describe('manifest.json', () => {
  const cases: [string, () => object, string][] = [
    [
      'path that climbs out',
      () => withItem({ path: '../../etc/passwd' }),
      'items[0].path: "../../etc/passwd" is no path inside',
    ],
    [
      'absolute path',
      () => withItem({ path: '/etc/passwd' }, 1),
      'items[1].path: "/etc/passwd" is no path inside',
    ],
    ['dot segment', () => withItem({ path: 'original/./first.png' }), 'is no path inside'],
    ['backslashes', () => withItem({ path: '..\\first.png' }), 'is no path inside'],
    ['itself', () => withItem({ path: 'manifest.json' }), 'is no path inside'],
    [
      'one file twice',
      () => withItem({ path: 'original/First.png' }, 2),
      'items[2].path: original/First.png is listed twice',
    ],
    ['unknown field', () => ({ note: 'trust me' }), 'unknown field "note"'],
    ['unknown field of an item', () => withItem({ colour: 'red' } as object), 'unknown field "colour"'],
    ['other version', () => ({ v: 2 }), 'is of version 2; this program reads version 1'],
    ['no version', () => ({ v: undefined }), 'is of version none'],
    ['wrong type', () => ({ sealedAtMs: 'today' }), 'sealedAtMs: '],
    ['unknown kind', () => withItem({ kind: 'drawing' as 'clip' }), 'items[0].kind: "drawing" is not one of'],
    ['short hash', () => withItem({ sha256: 'abc' }), 'items[0].sha256: '],
    [
      'no last original',
      () => ({ items: sealed.manifest.items.filter((item) => item.path !== 'original/last.png') }),
      'no original picture of the last sighting',
    ],
    [
      'other code',
      () => ({ antiForgeryCode: '0000-0000-0000' }),
      'antiForgeryCode: 0000-0000-0000 does not follow',
    ],
    [
      'other candidate under the old code',
      () => ({ candidate: { ...sealed.manifest.candidate, id: 'someone-else' } }),
      'does not follow from the originals',
    ],
  ];
  test.each(cases)('%s', async (_, changes, problem) => {
    const bytes = toCanonicalBytes({ ...sealed.manifest, ...changes() });
    const found = await findProblem(await forge(bytes));
    expect(found).toMatch(/^manifest\.json /);
    expect(found).toContain(problem);
  });

  const texts: [string, () => string, string][] = [
    ['spaces', () => JSON.stringify(sealed.manifest, null, 1), 'is not canonical JSON'],
    ['a line break at the end', () => `${canonicalText()}\n`, 'is not canonical JSON'],
    ['a byte order mark', () => `\uFEFF${canonicalText()}`, 'is not JSON'],
    ['a key twice', () => canonicalText().replace('{', '{"v":1,'), 'is not canonical JSON'],
    [
      'a number spelt otherwise',
      () => canonicalText().replace('"v":1}', '"v":1.0}'),
      'is not canonical JSON',
    ],
    [
      'half a character',
      () => canonicalText().replace('"near-kerb"', '"\\ud800"'),
      'is not canonical JSON (RFC 8785): a text holds half a character',
    ],
    ['a list', () => '[]', 'is of version none'],
    ['nothing but null', () => 'null', 'is of version none'],
    ['endless nesting', () => '['.repeat(200_000) + ']'.repeat(200_000), 'is not JSON'],
    ['a text', () => 'see attachment', 'is not JSON'],
  ];
  test.each(texts)('%s', async (_, text, problem) => {
    expect(await findProblem(await forge(text()))).toContain(`manifest.json ${problem}`);
  });
});

describe('signature.json', () => {
  test('by another key than the manifest names', async () => {
    expect(await findProblem(await forge(manifestBytes(), {}, stranger))).toBe(
      `signature.json is by key ${stranger.keyId}, manifest.json was sealed by key ${vault.signer.keyId}`,
    );
  });

  test('resealed with another key throughout: refused where the right key is known', async () => {
    const dir = await forge(manifestBytes({ keyId: stranger.keyId }), {}, stranger);
    expect(await findProblem(dir, vault.signer.keyId)).toBe(
      `signature.json is by key ${stranger.keyId}, not by the trusted key ${vault.signer.keyId}`,
    );
    // Without a trusted key only the missing files remain to be found, and the verdict shows whose key it is.
    const verdict = await verifyPackage(dir);
    expect(verdict).toMatchObject({ keyId: stranger.keyId, problem: 'original/first.png is missing' });
    expect(await findProblem(dir, stranger.keyId)).toBe('original/first.png is missing');
  });

  const cases: [string, () => object, string][] = [
    [
      'of other bytes',
      () => ({ signature: toBase64(vault.signer.sign(new Uint8Array(3))) }),
      'does not match manifest.json',
    ],
    ['claiming a key id', () => ({ publicKey: toBase64(stranger.publicKey) }), `keyId: `],
    ['short', () => ({ signature: 'AAAA' }), 'signature: is not 64 bytes in base64'],
    ['short key', () => ({ publicKey: 'AAAA' }), 'publicKey: is not 32 bytes in base64'],
    [
      'loose base64',
      () => ({ publicKey: ` ${toBase64(vault.signer.publicKey)}` }),
      'publicKey: is not 32 bytes',
    ],
    ['other algorithm', () => ({ algorithm: 'none' }), 'algorithm: '],
    ['unknown field', () => ({ signedBy: 'me' }), 'unknown field "signedBy"'],
  ];
  test.each(cases)('%s', async (_, changes, problem) => {
    const found = await findProblem(await forge(manifestBytes(), changes()));
    expect(found).toMatch(/^signature\.json /);
    expect(found).toContain(problem);
  });
});

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

test('the code follows from id and originals, in their order', () => {
  const code = toAntiForgeryCode('a', ['11', '22']);
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
  expect(toAntiForgeryCode('a', ['11', '22'])).toBe(code);
  expect(
    new Set([code, toAntiForgeryCode('b', ['11', '22']), toAntiForgeryCode('a', ['22', '11'])]).size,
  ).toBe(3);
});
