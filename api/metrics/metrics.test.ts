import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger, type Metrics, openFolderBlobStore, openMetrics } from '../../platform/mod.ts';
import { makeCameraHealth } from '../../test/support/camera-health.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { type Console, openConsole } from '../open-console.ts';

let postgres: TestPostgres;
let metrics: Metrics;
let console: Console;
let nowMs = Date.parse('2026-10-31T23:59:00+08:00');

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
    nowMs: () => nowMs,
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

test('a year that the calendar does not know is 1 from November of the year before until its days are entered', async () => {
  const read = async () => {
    const { body } = await console.app.inject({ url: '/metrics', remoteAddress: '127.0.0.1' });
    return [...body.matchAll(/^xunjie_calendar_year_missing\{year="(\d+)"\} (\d)$/gm)].map((found) =>
      found.slice(1).join(': '),
    );
  };
  expect(await read()).toEqual(['2026: 0']);
  nowMs = Date.parse('2026-11-01T00:00:00+08:00');
  await console.checkCalendar();
  expect(await read()).toEqual(['2026: 0', '2027: 1']);
  const days = Array.from(
    { length: 11 },
    (_, day) => `2027-10-${String(day + 1).padStart(2, '0')},holiday,x`,
  );
  await console.addToRegistry('calendar-days', {
    name: '2027.csv',
    text: ['date,kind,name', ...days, ''].join('\n'),
  });
  await console.checkCalendar();
  expect(await read()).toEqual(['2026: 0', '2027: 0']);
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
