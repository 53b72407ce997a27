import { createServer, type Server } from 'node:net';
import { Client } from 'minio';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findMinio, type MinioServer, startMinio } from '../../test/support/minio.ts';
import { findFreePort } from '../engines/free-port.ts';
import { openS3BlobStore, type S3Options } from './s3-blob-store.ts';

const secret = 'do-not-print-me';
const options: S3Options = {
  endpoint: 'http://127.0.0.1:1',
  bucket: 'evidence',
  accessKey: 'someone',
  secretKey: secret,
};

async function findRefusal(changes: Partial<S3Options>): Promise<{ code: unknown; message: string }> {
  const error: unknown = await openS3BlobStore({ ...options, ...changes }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  const { code, message } = error as Error & { code: unknown };
  expect(message).not.toContain(changes.secretKey ?? secret);
  expect(message).not.toContain('\n');
  return { code, message };
}

test.each([
  '',
  'minio:9000',
  'ftp://host',
  'http://host/path',
  'http://host/?x=1',
  `http://someone:${secret}@host`,
])('endpoint %j is refused as configuration', async (endpoint) => {
  expect(await findRefusal({ endpoint })).toMatchObject({ code: 'bad_config' });
});

test('nobody listens: said in one line with the place', async () => {
  const endpoint = `http://127.0.0.1:${await findFreePort()}`;
  const { code, message } = await findRefusal({ endpoint });
  expect(code).toBe('blob_store_unreachable');
  expect(message).toContain(`${endpoint}/evidence`);
  expect(message).toContain('ECONNREFUSED');
});

describe('a server that takes connections and is silent', () => {
  let silent: Server;
  beforeAll(async () => {
    silent = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
  });
  afterAll(() => silent.close());

  test.each([
    { idleMs: 150, totalMs: 60_000 },
    { idleMs: 60_000, totalMs: 150 },
  ])('is given up at its limit: %o', async (limits) => {
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { code, message } = await findRefusal({ endpoint: `http://127.0.0.1:${port}`, limits });
    expect(code).toBe('blob_store_unreachable');
    expect(message).toContain('no answer within 0.15 s');
  });
});

const minio = findMinio();
describe.skipIf(minio === null)('a real server', () => {
  let server: MinioServer;
  beforeAll(async () => {
    server = await startMinio(minio ?? '');
  });
  afterAll(() => server.stop());

  test('a missing bucket is not made silently', async () => {
    const { message } = await findRefusal({ ...server, bucket: 'absent' });
    expect(message).toContain('there is no such bucket');
    const { message: again } = await findRefusal({ ...server, bucket: 'absent' });
    expect(again).toBe(message);
  });

  test('a wrong secret is refused when the store is opened', async () => {
    const { code } = await findRefusal({ ...server, secretKey: secret });
    expect(code).toBe('blob_store_unreachable');
  });

  test('many that create the bucket at once all get it', async () => {
    const opening = Array.from({ length: 5 }, () =>
      openS3BlobStore({ ...server, bucket: 'shared', createBucket: true }),
    );
    const stores = await Promise.all(opening);
    await stores[0]?.put('a/b', Buffer.from('x'), 'text/plain');
    expect(await stores[4]?.list('a/')).toEqual(['a/b']);
    await Promise.all(stores.map((store) => store.close()));
  });

  test('says what it does against deletion, and what not', async () => {
    const plain = await openS3BlobStore({ ...server, bucket: 'plain', createBucket: true });
    expect(plain.protection).toMatchObject({
      versioning: false,
      objectLock: false,
      explanation: expect.stringMatching(
        /^the bucket plain has neither versions nor object lock: .*--with-lock/,
      ),
    });
    // Without a lock there is nothing to keep it from being deleted at once, and no error either.
    await plain.put('a', Buffer.from('x'), 'text/plain', { retainUntilMs: Date.now() + 3_600_000 });
    await plain.delete('a');
    expect(await plain.has('a')).toBe(false);
    await plain.close();
    const locked = await openS3BlobStore({ ...server, bucket: 'locked', createBucket: 'locked' });
    expect(locked.protection).toMatchObject({ versioning: true, objectLock: true });
    await locked.close();
  });

  test('keeps what is retained until its time is over, also when it is written over', async () => {
    const store = await openS3BlobStore({ ...server, bucket: 'retained', createBucket: 'locked' });
    const raw = new Client({
      endPoint: '127.0.0.1',
      port: Number(new URL(server.endpoint).port),
      useSSL: false,
      accessKey: server.accessKey,
      secretKey: server.secretKey,
    });
    const retainUntilMs = Date.now() + 8_000;
    await store.put('a/b', Buffer.from('evidence'), 'text/plain', { retainUntilMs });
    const held = await raw.getObjectRetention('retained', 'a/b');
    expect(held).toMatchObject({ mode: 'GOVERNANCE' });
    await expect(store.delete('a/b')).rejects.toMatchObject({
      code: 'blob_locked',
      message: expect.stringContaining('a/b is still retained'),
    });
    expect(Buffer.from(await store.get('a/b')).toString()).toBe('evidence');
    await store.put('a/b', Buffer.from('forged'), 'text/plain');
    const versions: string[] = [];
    for await (const item of raw.listObjects('retained', 'a/b', false, { IncludeVersion: true }))
      if (item.versionId) versions.push(item.versionId);
    expect(versions).toHaveLength(2);
    await expect
      .poll(
        () =>
          store.delete('a/b').then(
            () => 'gone',
            () => 'kept',
          ),
        { timeout: 60_000, interval: 500 },
      )
      .toBe('gone');
    expect(Date.now()).toBeGreaterThanOrEqual(retainUntilMs);
    for await (const item of raw.listObjects('retained', 'a/b', false, { IncludeVersion: true }))
      expect(item).toBeNull();
    await store.close();
  }, 90_000);

  test('a server that goes away is an error, never a "no"', async () => {
    const own = await startMinio(minio ?? '');
    const store = await openS3BlobStore({ ...own, bucket: 'gone', createBucket: true });
    await store.put('a/b', Buffer.from('x'), 'text/plain');
    await own.stop();
    const unreachable = { code: 'blob_store_unreachable' };
    await expect(store.has('a/b')).rejects.toMatchObject(unreachable);
    await expect(store.get('a/b')).rejects.toMatchObject(unreachable);
    await expect(store.list('a/')).rejects.toMatchObject(unreachable);
    await expect(store.put('a/b', Buffer.from('x'), 'text/plain')).rejects.toMatchObject(unreachable);
    await store.close();
  });
});
