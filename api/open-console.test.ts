import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { XunjieError } from '../domain/mod.ts';
import { createLogger, findFreePort, openFolderBlobStore } from '../platform/mod.ts';
import { makeCameraHealth } from '../test/support/camera-health.ts';
import { startTestPostgres, type TestPostgres } from '../test/support/postgres.ts';
import { migrations } from './migrations/mod.ts';
import { type ConsoleOptions, openConsole } from './open-console.ts';

let postgres: TestPostgres;
let dir: string;

beforeAll(async () => {
  postgres = await startTestPostgres({ own: true });
  dir = await mkdtemp(path.join(tmpdir(), 'xunjie-test-open-'));
});

afterAll(async () => {
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

function open(databaseUrl: string, more: Partial<ConsoleOptions> = {}) {
  const blobs = openFolderBlobStore(path.join(dir, 'blobs'));
  return openConsole({ databaseUrl, blobs, logger: createLogger('silent'), webDir: null, ...more });
}

async function readRefusal(opening: Promise<unknown>): Promise<XunjieError> {
  const error = await opening.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof XunjieError)) throw new Error(`not refused as expected: ${String(error)}`);
  expect(error.message).not.toMatch(/\n|secret/);
  return error;
}

describe('opening the console', () => {
  test.each<[string, (good: URL) => string, string, string]>([
    ['a word', () => 'here', 'bad_config', 'not of the form postgres://'],
    ['another scheme', () => 'mysql://u:secret@h/d', 'bad_config', 'not of the form postgres://'],
    [
      'a wrong password',
      (good) => set(good, { password: 'secret' }),
      'database_unreachable',
      'it refuses the user name or the password',
    ],
    ['no password', (good) => set(good, { password: '' }), 'database_unreachable', 'the URL has none'],
    [
      'no such database',
      (good) => set(good, { pathname: '/nowhere' }),
      'database_unreachable',
      'it has no such database',
    ],
    [
      'no such host',
      (good) => set(good, { hostname: 'nowhere.invalid', password: 'secret' }),
      'database_unreachable',
      'nowhere.invalid',
    ],
  ])('refuses %s in one line', async (_what, change, code, words) => {
    const good = new URL(await postgres.createDatabase());
    const error = await readRefusal(open(change(good)));
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
  });

  test('names host and port when nobody listens there', async () => {
    const port = await findFreePort();
    const error = await readRefusal(open(`postgres://u:secret@127.0.0.1:${port}/d`));
    expect(error.message).toBe(`cannot use PostgreSQL at 127.0.0.1:${port}: connection refused`);
  });

  test('does not wait for ever for a server that takes the connection and says nothing', async () => {
    const silent = createServer();
    const port = await new Promise<number>((resolve) =>
      silent.listen(0, '127.0.0.1', () => resolve((silent.address() as { port: number }).port)),
    );
    try {
      const error = await readRefusal(open(`postgres://u:secret@127.0.0.1:${port}/d`));
      expect(error.message).toBe(`cannot use PostgreSQL at 127.0.0.1:${port}: timed out`);
    } finally {
      silent.close();
    }
  });

  test.each<[Partial<ConsoleOptions>, string]>([
    [{ areaCode: '33038' }, 'is not six digits'],
    [{ timeZone: 'Asia/Nowhere' }, 'no time zone "Asia/Nowhere"'],
  ])('refuses %j', async (more, words) => {
    const error = await readRefusal(open('postgres://u:p@127.0.0.1:1/d', more));
    expect(error).toMatchObject({ code: 'bad_config', message: expect.stringContaining(words) });
  });

  test('three at once on an empty database migrate it once', async () => {
    const url = await postgres.createDatabase();
    const consoles = await Promise.all([open(url), open(url), open(url)]);
    await Promise.all(consoles.map((console) => console.close()));
    const client = new Client(url);
    await client.connect();
    const { rows } = await client.query<{ name: string }>('select name from kysely_migration order by name');
    await client.end();
    expect(rows.map((row) => row.name)).toEqual(Object.keys(migrations));
  });

  test('on a database that a newer program has migrated says so', async () => {
    const url = await postgres.createDatabase();
    await (await open(url)).close();
    const client = new Client(url);
    await client.connect();
    await client.query(`insert into kysely_migration (name, timestamp) values ('9999-later', 'x')`);
    await client.end();
    const error = await readRefusal(open(url));
    expect(error).toMatchObject({ code: 'engine_failed', message: expect.stringContaining('9999-later') });
  });
});

describe('pages', () => {
  test('serves the app, its routes and its assets; unknown API paths are 404 as JSON', async () => {
    const webDir = path.join(dir, 'web');
    await mkdir(path.join(webDir, 'assets'), { recursive: true });
    await writeFile(path.join(webDir, 'index.html'), '<!doctype html><title>Xunjie</title>');
    await writeFile(path.join(webDir, 'assets/app-1a2b.js'), 'export {};');
    const opened = await open(await postgres.createDatabase(), { webDir });
    try {
      const read = async (url: string, method: 'GET' | 'POST' = 'GET') => {
        const reply = await opened.app.inject({ method, url });
        return [reply.statusCode, reply.headers['content-type'], reply.headers['cache-control']];
      };
      expect(await read('/')).toEqual([200, 'text/html; charset=utf-8', 'no-cache']);
      expect(await read('/cases/3303812026030200001')).toEqual([200, 'text/html; charset=utf-8', 'no-cache']);
      expect(await read('/assets/app-1a2b.js')).toEqual([
        200,
        'application/javascript; charset=utf-8',
        'public, max-age=31536000, immutable',
      ]);
      for (const [url, method] of [
        ['/assets/gone.js', 'GET'],
        ['/api/nothing', 'GET'],
        ['/api', 'GET'],
        ['/cases', 'POST'],
      ] as const)
        expect(await read(url, method)).toEqual([404, 'application/json; charset=utf-8', 'no-store']);
      expect((await opened.app.inject({ url: '/api/health' })).json()).toEqual({
        status: 'ok',
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        evidenceStore: { versioning: false, objectLock: false },
      });
    } finally {
      await opened.close();
    }
  });
});

describe('cameras', () => {
  test('show the newest health, whatever came last, and null before the first', async () => {
    const opened = await open(await postgres.createDatabase());
    try {
      await opened.seedDemo({ password: 'a demo password' });
      const login = await opened.app.inject({
        method: 'POST',
        url: '/api/session',
        payload: { username: 'demo', password: 'a demo password' },
      });
      const cookies = { xunjie_session: login.cookies[0]?.value ?? '' };
      const read = async () => (await opened.app.inject({ url: '/api/cameras', cookies })).json<object[]>();
      await opened.upsertCamera({ id: 'cam-01', name: 'bridge' });
      expect(await read()).toEqual([
        {
          id: 'cam-01',
          name: 'bridge',
          state: null,
          reason: null,
          reportedAt: null,
          lastFrameAt: null,
          framesSampled: null,
          framesDropped: null,
          restarts: null,
          keyframeGapMs: null,
          decode: null,
          codec: null,
          width: null,
          height: null,
          clockSource: null,
          clockErrorMs: null,
          decodeDelayMs: null,
          timeJumps: null,
          streamErrors: null,
          view: null,
          sampling: null,
          evidenceEligible: false,
          attestationsMissing: ['legal_review', 'technical_review', 'sign', 'publication'],
        },
      ]);
      const health = makeCameraHealth({ framesSampled: 3, keyframeGapMs: 1000 });
      const atMs = Date.parse('2026-03-02T10:00:00+08:00');
      await opened.recordCameraHealth({ ...health, state: 'live', atMs, lastFrameAtMs: atMs });
      await opened.recordCameraHealth({
        ...health,
        state: 'connecting',
        atMs: atMs - 1,
        lastFrameAtMs: null,
      });
      await opened.upsertCamera({ id: 'cam-01', name: 'the bridge' });
      expect(await read()).toMatchObject([
        { name: 'the bridge', state: 'live', lastFrameAt: '2026-03-02T10:00:00+08:00' },
      ]);
    } finally {
      await opened.close();
    }
  });
});

function set(url: URL, change: Partial<Pick<URL, 'password' | 'pathname' | 'hostname'>>): string {
  return Object.assign(new URL(url.href), change).href;
}
