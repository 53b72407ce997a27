import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadOrCreateSigner } from './signer.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'xunjie-signer-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('makes a key that only its owner can read, and finds it again', async () => {
  const file = path.join(dir, 'made/signing-key.pem');
  const signer = await loadOrCreateSigner(file);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(signer.publicKey.byteLength).toBe(32);
  expect(signer.keyId).toBe(createHash('sha256').update(signer.publicKey).digest('hex').slice(0, 16));
  const again = await loadOrCreateSigner(file);
  expect(again.keyId).toBe(signer.keyId);
  const text = new TextEncoder().encode('manifest');
  expect(Buffer.compare(again.sign(text), signer.sign(text))).toBe(0);
  expect(verify(null, text, createPublicKey(await readFile(file, 'utf8')), signer.sign(text))).toBe(true);
});

test('many processes that start at once agree on one key and leave nothing else behind', async () => {
  const folder = path.join(dir, 'race');
  const signers = await Promise.all(
    Array.from({ length: 12 }, () => loadOrCreateSigner(path.join(folder, 'key.pem'))),
  );
  expect(new Set(signers.map((signer) => signer.keyId)).size).toBe(1);
  expect(await readdir(folder)).toEqual(['key.pem']);
});

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});
const publicPem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' });
const badKeys: [string, string, RegExp][] = [
  ['empty', '', /is not a private key in PKCS#8 PEM/],
  ['text', 'my secret words', /is not a private key in PKCS#8 PEM/],
  ['public key', publicPem.toString(), /is not a private key in PKCS#8 PEM/],
  ['RSA key', rsa.toString(), /is of type rsa; Ed25519 is needed/],
];
test.each(badKeys)(
  '%s: refused in one line that shows nothing of it, and kept',
  async (name, content, message) => {
    const file = path.join(dir, `${name}.pem`);
    await writeFile(file, content);
    const error: unknown = await loadOrCreateSigner(file).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'bad_config', message: expect.stringMatching(message) });
    expect((error as Error).message).toContain(file);
    expect((error as Error).message).not.toContain('secret words');
    expect(await readFile(file, 'utf8')).toBe(content);
  },
);

test('a folder in its place, and a place where nothing can be made', async () => {
  await mkdir(path.join(dir, 'folder.pem'));
  await expect(loadOrCreateSigner(path.join(dir, 'folder.pem'))).rejects.toMatchObject({
    code: 'bad_config',
  });
  await writeFile(path.join(dir, 'plain'), '');
  const below = path.join(dir, 'plain/key.pem');
  await expect(loadOrCreateSigner(below)).rejects.toMatchObject({
    code: 'data_folder_unwritable',
    message: expect.stringContaining(below),
  });
});
