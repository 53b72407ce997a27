import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { makeTempDir } from '../../test/support/temp-dir.ts';
import { loadOrCreateFieldKeys } from './field-keys.ts';

let file: string;
beforeEach(async () => {
  const dir = await makeTempDir('field-keys');
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  file = path.join(dir, 'keys/plates.json');
});

test('what is encrypted comes back, each time as other bytes, and holds nothing of the text', async () => {
  const keys = await loadOrCreateFieldKeys(file);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const [one, two] = [keys.encrypt('浙C12345', 'plate:a'), keys.encrypt('浙C12345', 'plate:a')];
  expect(one.bytes.equals(two.bytes)).toBe(false);
  expect(one.bytes.includes(Buffer.from('12345'))).toBe(false);
  const again = await loadOrCreateFieldKeys(file);
  expect([one, two].map((field) => again.decrypt(field, 'plate:a'))).toEqual(['浙C12345', '浙C12345']);
});

test('moved to another row, changed in any byte, or under another name of the key it does not decrypt', async () => {
  const keys = await loadOrCreateFieldKeys(file);
  const field = keys.encrypt('浙C12345', 'plate:a');
  const unreadable = { code: 'secret_unreadable' };
  const read = (change: () => string) => {
    try {
      return change();
    } catch (error) {
      return error;
    }
  };
  expect(read(() => keys.decrypt(field, 'plate:b'))).toMatchObject(unreadable);
  expect(read(() => keys.decrypt({ ...field, keyId: 'other' }, 'plate:a'))).toMatchObject(unreadable);
  for (let at = 0; at < field.bytes.length; at++) {
    const bytes = Buffer.from(field.bytes);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    expect(read(() => keys.decrypt({ ...field, bytes }, 'plate:a'))).toMatchObject(unreadable);
  }
  for (const bytes of [Buffer.alloc(0), field.bytes.subarray(0, 20)])
    expect(read(() => keys.decrypt({ ...field, bytes }, 'plate:a'))).toMatchObject(unreadable);
});

test('with a second key: it encrypts from then on, the first still decrypts, equal fields are still found', async () => {
  const before = await loadOrCreateFieldKeys(file);
  const old = before.encrypt('浙C12345', 'plate:a');
  const content = JSON.parse(await readFile(file, 'utf8')) as {
    keys: Record<string, string>;
    current: string;
  };
  content.keys['2027'] = Buffer.alloc(32, 7).toString('base64');
  content.current = '2027';
  await writeFile(file, JSON.stringify(content));
  const after = await loadOrCreateFieldKeys(file);
  expect(after.encrypt('x', 'plate:a').keyId).toBe('2027');
  expect(after.decrypt(old, 'plate:a')).toBe('浙C12345');
  expect(after.toBlindIndex('浙C12345')).toBe(before.toBlindIndex('浙C12345'));
  expect(after.toBlindIndex('浙C12346')).not.toBe(after.toBlindIndex('浙C12345'));
});

test('many that start at once agree', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => loadOrCreateFieldKeys(file)));
  expect(new Set(all.map((keys) => keys.toBlindIndex('x'))).size).toBe(1);
});

test.each([
  ['no JSON', 'secret-words', /is not JSON/],
  [
    'a short key',
    '{"v":1,"current":"a","keys":{"a":"c2VjcmV0"},"indexKey":"c2VjcmV0"}',
    /is not as it must be/,
  ],
  [
    'no current key',
    JSON.stringify({
      v: 1,
      current: 'b',
      keys: { a: Buffer.alloc(32).toString('base64') },
      indexKey: Buffer.alloc(32).toString('base64'),
    }),
    /there is no key "b" in keys/,
  ],
])('%s: refused, naming the file and none of its content', async (_, text, message) => {
  await loadOrCreateFieldKeys(file);
  await writeFile(file, text);
  const error: unknown = await loadOrCreateFieldKeys(file).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'bad_config', message: expect.stringMatching(message) });
  expect(String(error)).toContain(file);
  expect(String(error)).not.toMatch(/secret-words|c2VjcmV0/);
});
