import { rm } from 'node:fs/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ViewAcceptance } from '../../domain/mod.ts';
import { createLogger, openFolderBlobStore } from '../../platform/mod.ts';
import { makeCameraHealth } from '../../test/support/camera-health.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { makeTempDir } from '../../test/support/temp-dir.ts';
import { type Console, openConsole } from '../open-console.ts';

let postgres: TestPostgres;
let sql: Client;
let console: Console;
let cookies: Record<string, string>;
let databaseUrl: string;
let dir: string;
let accepted: [string, ViewAcceptance][] = [];
let isBusAway = false;
const nowMs = Date.parse('2026-03-02T10:00:00+08:00');

beforeAll(async () => {
  postgres = await startTestPostgres();
  databaseUrl = await postgres.createDatabase();
  dir = await makeTempDir('cameras');
  console = await openConsole({
    databaseUrl,
    blobs: openFolderBlobStore(dir),
    logger: createLogger('silent'),
    webDir: null,
    nowMs: () => nowMs,
    async onViewAccepted(camera, acceptance) {
      if (isBusAway) throw new Error('the bus is away');
      accepted.push([camera, acceptance]);
    },
  });
  await console.seedDemo({ password: 'a demo password' });
  sql = new Client(databaseUrl);
  await sql.connect();
  const login = await console.app.inject({
    method: 'POST',
    url: '/api/session',
    payload: { username: 'demo', password: 'a demo password' },
  });
  cookies = { xunjie_session: login.cookies[0]?.value ?? '' };
});

afterAll(async () => {
  await sql?.end();
  await console?.close();
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

beforeEach(() => {
  accepted = [];
  isBusAway = false;
});

const readAudit = async () =>
  (await sql.query("select actor, object_id, details from audit_log where action = 'camera.accept_view'"))
    .rows as {
    actor: string;
    object_id: string;
    details: object;
  }[];

test('a camera shows all that was reported of it', async () => {
  await console.recordCameraHealth(
    makeCameraHealth({
      camera: 'cam-a',
      atMs: nowMs,
      framesDropped: 2,
      decode: 'keyframes',
      codec: 'h264',
      width: 1920,
      height: 1080,
      clockSource: 'rtcp',
      clockErrorMs: 40,
      decodeDelayMs: 80,
      timeJumps: 1,
      view: { problem: 'moved', reason: 'moved 6 % right', sinceMs: nowMs - 60_000 },
      sampling: { achievedGapMs: 9000, floorGapMs: 4000, isStarved: true, reason: 'too busy' },
    }),
  );
  const reply = await console.app.inject({ url: '/api/cameras', cookies });
  expect(reply.json<{ id: string }[]>().find(({ id }) => id === 'cam-a')).toMatchObject({
    state: 'live',
    reportedAt: '2026-03-02T10:00:00+08:00',
    framesDropped: 2,
    decode: 'keyframes',
    codec: 'h264',
    width: 1920,
    height: 1080,
    clockSource: 'rtcp',
    clockErrorMs: 40,
    decodeDelayMs: 80,
    timeJumps: 1,
    view: { problem: 'moved', reason: 'moved 6 % right', since: '2026-03-02T09:59:00+08:00' },
    sampling: { achievedGapMs: 9000, floorGapMs: 4000, isStarved: true, reason: 'too busy' },
    evidenceEligible: false,
    attestationsMissing: ['legal_review', 'technical_review', 'sign', 'publication'],
  });
});

test('pages are told when a view goes bad and when it is good again, and not in between', async () => {
  const listener = new Client(databaseUrl);
  await listener.connect();
  const heard: unknown[] = [];
  listener.on('notification', ({ payload = '' }) =>
    heard.push((JSON.parse(payload) as { data: unknown }).data),
  );
  await listener.query('listen xunjie_live');
  const report = (atMs: number, problem: 'moved' | null) =>
    console.recordCameraHealth(
      makeCameraHealth({ camera: 'cam-b', atMs, view: { problem, reason: '', sinceMs: null } }),
    );
  for (const [at, problem] of [null, null, 'moved', 'moved', null].entries())
    await report(nowMs + at, problem as 'moved' | null);
  await expect.poll(() => heard.length).toBe(3);
  await listener.end();
  expect(heard).toEqual([
    { camera: 'cam-b', state: 'live', viewProblem: null },
    { camera: 'cam-b', state: 'live', viewProblem: 'moved' },
    { camera: 'cam-b', state: 'live', viewProblem: null },
  ]);
});

test('accepting a view reaches the bus and the audit log, with what was wrong at the time', async () => {
  await console.recordCameraHealth(
    makeCameraHealth({
      camera: 'cam-c',
      atMs: nowMs,
      view: { problem: 'moved', reason: 'moved 6 % right', sinceMs: nowMs },
    }),
  );
  const reply = await console.app.inject({ method: 'POST', url: '/api/cameras/cam-c/accept-view', cookies });
  expect(reply.statusCode).toBe(200);
  expect(reply.json()).toEqual({ camera: 'cam-c', acceptedAt: '2026-03-02T10:00:00+08:00' });
  expect(accepted).toEqual([['cam-c', { acceptedAtMs: nowMs, by: 'demo' }]]);
  expect(await readAudit()).toEqual([
    { actor: 'demo', object_id: 'cam-c', details: { problem: 'moved', reason: 'moved 6 % right' } },
  ]);
});

test('an acceptance that the bus did not take is not in the audit log, and one of no camera is 404', async () => {
  const before = await readAudit();
  isBusAway = true;
  await console.upsertCamera({ id: 'cam-d', name: 'bridge' });
  const lost = await console.app.inject({ method: 'POST', url: '/api/cameras/cam-d/accept-view', cookies });
  expect(lost.statusCode).toBe(500);
  const nobody = await console.app.inject({ method: 'POST', url: '/api/cameras/cam-z/accept-view', cookies });
  expect(nobody.statusCode).toBe(404);
  expect(await readAudit()).toEqual(before);
});

test('the record of a camera names each document, who vouched, and what is missing', async () => {
  await console.upsertCamera({ id: 'cam-e', name: 'market' });
  const attest = (item: string, document: string) =>
    console.app.inject({
      method: 'PUT',
      url: `/api/cameras/cam-e/attestations/${item}`,
      cookies,
      payload: { document, heldOn: '2026-01-15' },
    });
  const read = async () =>
    (await console.app.inject({ url: '/api/cameras/cam-e/attestations', cookies })).json<object>();
  await attest('legal_review', '瑞综执法〔2026〕3号');
  expect(await read()).toEqual({
    camera: 'cam-e',
    evidenceEligible: false,
    missing: ['technical_review', 'sign', 'publication'],
    held: [
      {
        item: 'legal_review',
        document: '瑞综执法〔2026〕3号',
        heldOn: '2026-01-15',
        by: 'demo',
        at: '2026-03-02T10:00:00+08:00',
      },
    ],
  });
  for (const item of ['technical_review', 'sign', 'publication']) await attest(item, 'x');
  expect(await read()).toMatchObject({ evidenceEligible: true, missing: [] });
  const nobody = await console.app.inject({ url: '/api/cameras/cam-z/attestations', cookies });
  expect(nobody.statusCode).toBe(404);
});
