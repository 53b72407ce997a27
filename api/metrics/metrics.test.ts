import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger, type Metrics, openFolderBlobStore, openMetrics } from '../../platform/mod.ts';
import { makeCameraHealth } from '../../test/support/camera-health.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { type Console, openConsole } from '../open-console.ts';

let postgres: TestPostgres;
let metrics: Metrics;
let console: Console;

beforeAll(async () => {
  postgres = await startTestPostgres();
  metrics = openMetrics();
  metrics.setCameras(() => [makeCameraHealth({ camera: 'cam-01' })]);
  console = await openConsole({
    databaseUrl: await postgres.createDatabase(),
    blobs: openFolderBlobStore('/nowhere'),
    logger: createLogger('silent'),
    webDir: null,
    metrics,
    metricsToken: 'a long token',
  });
});

afterAll(async () => {
  await console?.close();
  metrics?.close();
  await postgres?.stop();
});

test('metrics are served to this machine without a session, as text', async () => {
  const reply = await console.app.inject({ url: '/metrics', remoteAddress: '127.0.0.1' });
  expect(reply.statusCode).toBe(200);
  expect(reply.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(reply.body).toContain('xunjie_camera_state{camera="cam-01",state="live"} 1\n');
});

test.each([
  ['another machine', { remoteAddress: '10.1.2.3' }, 403],
  [
    'another machine through the proxy here',
    { remoteAddress: '127.0.0.1', headers: { 'x-forwarded-for': '10.1.2.3' } },
    403,
  ],
  [
    'another machine with the token',
    { remoteAddress: '10.1.2.3', headers: { authorization: 'Bearer a long token' } },
    200,
  ],
  [
    'another machine with another token',
    { remoteAddress: '10.1.2.3', headers: { authorization: 'Bearer no' } },
    403,
  ],
])('%s', async (_who, request, status) => {
  const reply = await console.app.inject({ url: '/metrics', ...request });
  expect(reply.statusCode).toBe(status);
});
