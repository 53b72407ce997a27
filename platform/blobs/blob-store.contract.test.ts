import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findMinio, startMinio } from '../../test/support/minio.ts';
import type { BlobStore } from './blob-store.ts';
import { openFolderBlobStore } from './folder-blob-store.ts';
import { openS3BlobStore } from './s3-blob-store.ts';

interface OpenStore {
  readonly store: BlobStore;
  close(): Promise<void>;
}

async function openFolder(): Promise<OpenStore> {
  const root = await mkdtemp(path.join(tmpdir(), 'xunjie-blobs-'));
  return { store: openFolderBlobStore(root), close: () => rm(root, { recursive: true, force: true }) };
}

async function openS3(createBucket: true | 'locked'): Promise<OpenStore> {
  const server = await startMinio(minio ?? '');
  const store = await openS3BlobStore({ ...server, bucket: 'contract', createBucket });
  return { store, close: () => store.close().then(() => server.stop()) };
}

const minio = findMinio();

// One suite for every adapter: whoever uses a store must not notice which it is.
describe.each([
  { name: 'folder', open: openFolder, isSkipped: false },
  { name: 'S3', open: () => openS3(true), isSkipped: minio === null },
  { name: 'S3 with versions and object lock', open: () => openS3('locked'), isSkipped: minio === null },
])('$name', ({ open, isSkipped }) => {
  describe.skipIf(isSkipped)('as a blob store', () => {
    let opened: OpenStore;
    let store: BlobStore;
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(() => opened.close());

    test('gives back what was put, of any content and size', async () => {
      for (const size of [0, 1, 70_000, 6_000_000]) {
        const bytes = new Uint8Array(randomBytes(size));
        await store.put(`sizes/${size}.bin`, bytes, 'application/octet-stream');
        expect(Buffer.compare(await store.get(`sizes/${size}.bin`), bytes)).toBe(0);
      }
    });

    test('takes streams and gives streams, of any size', async () => {
      for (const size of [0, 1, 70_000, 12_000_000]) {
        const bytes = randomBytes(size);
        const pieces = Array.from({ length: Math.ceil(size / 50_000) }, (_, at) =>
          bytes.subarray(at * 50_000, (at + 1) * 50_000),
        );
        const body = { bytes: size, stream: Readable.from(pieces) };
        await store.put(`streams/${size}.bin`, body, 'application/octet-stream');
        const found = await store.open(`streams/${size}.bin`);
        expect(found.bytes).toBe(size);
        expect(Buffer.compare(await buffer(found.stream), bytes)).toBe(0);
      }
    });

    test.each([
      ['fewer', 12_000_000],
      ['fewer', 1_001],
      ['more', 999],
    ])('a stream that brings %s bytes than it announced (%i) leaves nothing', async (_, announced) => {
      const stream = Readable.from([randomBytes(1_000)]);
      const key = `liar/${announced}`;
      await expect(
        store.put(key, { bytes: announced, stream }, 'application/octet-stream'),
      ).rejects.toMatchObject({ code: 'blob_store_unreachable', message: expect.stringContaining(key) });
      expect(await store.has(key)).toBe(false);
      expect(await store.list('liar/')).toEqual([]);
    });

    test('a stream that breaks leaves what was there before', async () => {
      await store.put('broken/key', Buffer.from('before'), 'text/plain');
      const stream = Readable.from(
        (function* () {
          yield randomBytes(100_000);
          throw new Error('the disk was pulled');
        })(),
      );
      await expect(store.put('broken/key', { bytes: 7_000_000, stream }, 'text/plain')).rejects.toThrow(
        /the disk was pulled/,
      );
      expect(Buffer.from(await store.get('broken/key')).toString()).toBe('before');
    });

    test('gives a range of an object', async () => {
      await store.put('range/key', Buffer.from('0123456789'), 'text/plain');
      for (const [from, to] of [
        [0, 0],
        [3, 6],
        [9, 9],
        [0, 9],
      ] as const) {
        const part = await store.open('range/key', { from, to });
        expect(part.bytes).toBe(to - from + 1);
        expect((await buffer(part.stream)).toString()).toBe('0123456789'.slice(from, to + 1));
      }
      for (const [from, to] of [
        [5, 10],
        [-1, 3],
        [6, 5],
      ] as const)
        await expect(store.open('range/key', { from, to })).rejects.toMatchObject({ code: 'bad_argument' });
      await expect(store.open('range/nothing')).rejects.toMatchObject({ code: 'blob_not_found' });
    });

    test('deletes for good, and again without complaint', async () => {
      for (const text of ['one', 'two']) await store.put('gone/a/key', Buffer.from(text), 'text/plain');
      await store.put('gone/a/key-two', Buffer.from('stays'), 'text/plain');
      await store.delete('gone/a/key');
      await store.delete('gone/a/key');
      await store.delete('gone/never/was');
      expect(await store.has('gone/a/key')).toBe(false);
      expect(await store.list('gone/')).toEqual(['gone/a/key-two']);
      await store.delete('gone/a/key-two');
      expect(await store.list('gone/')).toEqual([]);
      await store.put('gone/a/key', Buffer.from('anew'), 'text/plain');
      expect(Buffer.from(await store.get('gone/a/key')).toString()).toBe('anew');
    });

    test('takes a view of a larger buffer as just that view', async () => {
      const whole = new Uint8Array([1, 2, 3, 4, 5]);
      await store.put('view', whole.subarray(1, 3), 'application/octet-stream');
      expect([...(await store.get('view'))]).toEqual([2, 3]);
    });

    test('the same key again: the last bytes hold', async () => {
      for (const text of ['one', 'one', 'two'])
        await store.put('again/key.txt', Buffer.from(text), 'text/plain');
      expect(Buffer.from(await store.get('again/key.txt')).toString()).toBe('two');
      expect(await store.list('again/')).toEqual(['again/key.txt']);
    });

    test('writers of one key at once leave one of their objects, whole', async () => {
      const bodies = Array.from({ length: 8 }, (_, index) => new Uint8Array(200_000).fill(index));
      await Promise.all(bodies.map((body) => store.put('race/key', body, 'application/octet-stream')));
      const found = await store.get('race/key');
      expect(bodies.some((body) => Buffer.compare(body, found) === 0)).toBe(true);
    });

    test('knows what it has', async () => {
      await store.put('known/a', Buffer.from('a'), 'text/plain');
      expect(await store.has('known/a')).toBe(true);
      expect(await store.has('known/b')).toBe(false);
      expect(await store.has('known')).toBe(false);
      expect(await store.has('known/a/deeper')).toBe(false);
    });

    test('a missing object is blob_not_found and named', async () => {
      await expect(store.get('nothing/here.png')).rejects.toMatchObject({
        code: 'blob_not_found',
        message: expect.stringContaining('nothing/here.png'),
      });
    });

    test('lists what lies below a prefix, at any depth, sorted, and nothing beside it', async () => {
      const keys = ['tree/b.txt', 'tree/a/deep/er.txt', 'tree/a.txt', 'tree-two/c.txt'];
      for (const key of keys) await store.put(key, Buffer.from(key), 'text/plain');
      expect(await store.list('tree/')).toEqual(['tree/a.txt', 'tree/a/deep/er.txt', 'tree/b.txt']);
      expect(await store.list('tree/a/')).toEqual(['tree/a/deep/er.txt']);
      expect(await store.list('no-such/')).toEqual([]);
    });

    test('lists more than one page of an S3 server', async () => {
      const keys = Array.from({ length: 1_003 }, (_, index) => `many/${String(index).padStart(5, '0')}`);
      for (let from = 0; from < keys.length; from += 50)
        await Promise.all(
          keys.slice(from, from + 50).map((key) => store.put(key, Buffer.from('x'), 'text/plain')),
        );
      expect(await store.list('many/')).toEqual(keys);
    });

    test.each([
      '',
      '/',
      '/etc/passwd',
      '../up',
      'a/../../b',
      'a//b',
      './a',
      'a/',
      'a b',
      'a\0b',
      'ä',
      'a\\b',
    ])('refuses %j as a key', async (key) => {
      const refusal = { code: 'bad_argument' };
      await expect(store.put(key, new Uint8Array(1), 'text/plain')).rejects.toMatchObject(refusal);
      await expect(store.get(key)).rejects.toMatchObject(refusal);
      await expect(store.has(key)).rejects.toMatchObject(refusal);
      await expect(store.open(key)).rejects.toMatchObject(refusal);
      await expect(store.delete(key)).rejects.toMatchObject(refusal);
    });

    test.each(['', '/', 'tree', '../', 'a/../', 'a//'])('refuses %j as a prefix', async (prefix) => {
      await expect(store.list(prefix)).rejects.toMatchObject({ code: 'bad_argument' });
    });
  });
});
