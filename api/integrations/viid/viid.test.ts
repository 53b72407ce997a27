import { createHash, randomBytes } from 'node:crypto';
import { Client } from 'pg';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  openTestConsole,
  readReply,
  type TestConsole,
  type TestUser,
} from '../../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../../test/support/postgres.ts';
import type { CaseDetail } from '../../cases/schema.ts';

interface Status {
  readonly StatusCode: number;
  readonly StatusString: string;
  readonly Id: string;
}

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let commander: TestUser;
let secret: string;
let picture: string;
const device = '33038100001190000001';

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  sql = new Client(url);
  await sql.connect();
  commander = await tested.logIn('commander-01');
  const made = await commander.post('/api/integrations', {
    id: 'street-cameras',
    name: '路面摄像机',
    kind: 'camera_alarms',
    direction: 'in',
    settings: {
      eventSorts: { '4': 'sidewalk_parking' },
      devices: { [device]: { lon: 120.65, lat: 27.75, address: '集市街 45 号前' } },
    },
  });
  secret = readReply<{ secret: string }>(made, 201).secret;
  const bytes = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#a33' } })
    .withExif({ IFD0: { Make: 'maker-of-the-camera' } })
    .jpeg()
    .toBuffer();
  picture = bytes.toString('base64');
}, 120_000);

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

function send(path: string, body: object, headers: Record<string, string> = {}, remoteAddress = '10.3.0.7') {
  return tested.console.app.inject({
    method: 'POST',
    url: `/VIID/${path}`,
    remoteAddress,
    headers: { 'content-type': 'application/VIID+JSON; charset=utf-8', ...headers },
    payload: JSON.stringify(body),
  });
}

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** As a device does: asked, it answers the challenge. */
async function register(password: string, reuse?: string) {
  const body = { RegisterObject: { DeviceID: device } };
  const asked = await send('System/Register', body);
  expect(asked.statusCode).toBe(401);
  const nonce = /nonce="([^"]+)"/.exec(String(asked.headers['www-authenticate']))?.[1] ?? '';
  const [uri, nc, cnonce] = ['/VIID/System/Register', '00000001', randomBytes(8).toString('hex')];
  const ha1 = md5(`street-cameras:xunjie:${password}`);
  const response = md5(`${ha1}:${nonce}:${nc}:${cnonce}:auth:${md5(`POST:${uri}`)}`);
  const authorization =
    reuse ??
    `Digest username="street-cameras", realm="xunjie", nonce="${nonce}", uri="${uri}", qop=auth, nc=${nc}, cnonce="${cnonce}", response="${response}"`;
  return { reply: await send('System/Register', body, { authorization }), authorization };
}

function makeVehicle(id: string, eventSort: unknown, data = picture) {
  return {
    MotorVehicleID: id,
    DeviceID: device,
    PassTime: '20261130101500',
    PlateNo: '浙C12345',
    SubImageList: {
      SubImageInfoObject: [{ EventSort: eventSort, ShotTime: '20261130101500', Type: '01', Data: data }],
    },
  };
}

async function sendVehicles(vehicles: object[], headers = { 'user-identify': device }) {
  const body = { MotorVehicleListObject: { MotorVehicleObject: vehicles } };
  const reply = await send('MotorVehicles', body, headers);
  return readReply<{ ResponseStatusListObject: { ResponseStatusObject: Status[] } }>(reply)
    .ResponseStatusListObject.ResponseStatusObject;
}

const countCases = async () => (await sql.query('select 1 from case_file')).rowCount;

test('a device registers by digest, once for each challenge, and lives while it says so', {
  timeout: 60_000,
}, async () => {
  expect((await register('wrong')).reply.statusCode).toBe(401);
  const { reply, authorization } = await register(secret);
  expect(reply.headers['content-type']).toContain('application/VIID+JSON');
  expect(readReply<{ ResponseStatusObject: Status }>(reply).ResponseStatusObject).toMatchObject({
    StatusCode: 0,
    Id: device,
  });
  expect((await register(secret, authorization)).reply.statusCode).toBe(401);
  const alive = { KeepaliveObject: { DeviceID: device } };
  const headers = { 'user-identify': device };
  expect((await send('System/Keepalive', alive, headers)).statusCode).toBe(200);
  // Who only knows the device's number is not the device.
  expect((await send('System/Keepalive', alive, headers, '10.3.0.8')).statusCode).toBe(401);
  tested.clock.nowMs += 6 * 60_000;
  expect((await send('System/Keepalive', alive, headers)).statusCode).toBe(401);
  readReply((await register(secret)).reply);
  const time = await tested.console.app.inject({ method: 'GET', url: '/VIID/System/Time' });
  expect(readReply(time)).toMatchObject({
    SystemTimeObject: { LocalTime: expect.stringMatching(/^\d{14}$/), TimeZone: 'Asia/Shanghai' },
  });
});

test('an alarm with a meaning becomes one report with its picture, and waits for a person', {
  timeout: 60_000,
}, async () => {
  const [first] = await sendVehicles([makeVehicle('a-1', 4)]);
  expect(first).toMatchObject({ StatusCode: 0, Id: 'a-1' });
  const caseNo = first?.StatusString ?? '';
  const found = readReply<CaseDetail>(await commander.get(`/api/cases/${caseNo}`));
  expect(found).toMatchObject({
    state: 'reported',
    source: 'other',
    candidateId: null,
    offence: { code: 'sidewalk_parking' },
    point: { lon: 120.65, lat: 27.75 },
    address: '集市街 45 号前',
    reporter: 'street-cameras a-1',
    description: expect.stringContaining('2026-11-30T10:15:00+08:00'),
  });
  const photo = found.flow[0]?.attachments[0];
  const bytes = (await commander.get(photo?.url ?? '')).rawPayload;
  expect(bytes.includes('maker-of-the-camera')).toBe(false);
  const [again] = await sendVehicles([makeVehicle('a-1', 4)]);
  expect(again?.StatusString).toBe(caseNo);
  const stored = await sql.query<{ line: string }>(
    `select row_to_json(case_file)::text as line from case_file union all select row_to_json(inbox_message)::text from inbox_message`,
  );
  for (const { line } of stored.rows) expect(line).not.toContain('浙C12345');
  expect(await countCases()).toBe(1);
});

test('says of each record what became of it; a bad picture spoils no other', {
  timeout: 60_000,
}, async () => {
  const before = (await countCases()) ?? 0;
  const statuses = await sendVehicles([
    makeVehicle('b-1', 99),
    makeVehicle('b-2', 4, Buffer.from('<svg/>').toString('base64')),
    makeVehicle('', 4),
    makeVehicle('b-3', '4'),
  ]);
  expect(statuses.map(({ StatusCode }) => StatusCode)).toEqual([0, 6, 6, 0]);
  expect(statuses[0]?.StatusString).toContain('means nothing here');
  expect(await countCases()).toBe(before + 1);
});

test('notifications bring the same; faces and persons are refused whole', { timeout: 60_000 }, async () => {
  const headers = { 'user-identify': device };
  const body = {
    SubscribeNotificationListObject: {
      SubscribeNotificationObject: [
        {
          NotificationID: 'n-1',
          MotorVehicleObjectList: { MotorVehicleObject: [makeVehicle('c-1', 4)] },
          FaceObjectList: { FaceObject: [{ FaceID: 'f-1' }] },
        },
      ],
    },
  };
  const reply = readReply<{ ResponseStatusListObject: { ResponseStatusObject: Status[] } }>(
    await send('SubscribeNotifications', body, headers),
  );
  expect(reply.ResponseStatusListObject.ResponseStatusObject).toMatchObject([
    { StatusCode: 0, Id: 'c-1' },
    { StatusCode: 4, Id: 'n-1' },
  ]);
  const face = await send('Faces', { FaceListObject: { FaceObject: [{ FaceID: 'f-1' }] } }, headers);
  expect(face.statusCode).toBe(403);
  expect((await send('MotorVehicles', {}, {})).statusCode).toBe(401);
  const garbled = await tested.console.app.inject({
    method: 'POST',
    url: '/VIID/Images',
    headers: { 'content-type': 'application/VIID+JSON', ...headers },
    payload: '{',
  });
  expect(garbled.statusCode).toBe(400);
});
