import { XMLParser } from 'fast-xml-parser';
import { Client } from 'pg';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toZonedIso } from '../../../domain/mod.ts';
import { type CaseDriver, createCaseDriver } from '../../../test/support/case-driver.ts';
import { nextAddress, openTestConsole, readReply, type TestConsole } from '../../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../../test/support/postgres.ts';
import { hidePersonalData } from './hide-personal-data.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let driver: CaseDriver;
let key: string;
const base = '/open311/v2';

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url, { open311Origins: ['https://data.example.cn'] });
  sql = new Client(url);
  await sql.connect();
  driver = createCaseDriver(tested, sql);
  key = await makeKey(['reports.add']);
  await sql.query(
    `insert into grid (id, name, ring) values ('g1', 'g1', '[[120.6,27.7],[120.7,27.7],[120.7,27.8],[120.6,27.8]]')`,
  );
}, 120_000);

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

async function makeKey(scopes: string[]): Promise<string> {
  const administrator = await driver.user('administrator-01');
  const made = await administrator.post('/api/keys', { name: 'city app', scopes, days: 1 });
  return readReply<{ token: string }>(made, 201).token;
}

const get = (path: string, headers: Record<string, string> = {}) =>
  tested.console.app.inject({
    method: 'GET',
    url: `${base}${path}`,
    headers,
    remoteAddress: nextAddress(),
  });

function post(form: Record<string, string>, ending = '.json') {
  return tested.console.app.inject({
    method: 'POST',
    url: `${base}/requests${ending}`,
    remoteAddress: nextAddress(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(form).toString(),
  });
}

/** A parser that is not ours. */
function parseXml<Root>(body: string): Root {
  expect(body).toMatch(/^<\?xml version="1\.0" encoding="utf-8"\?>/);
  return new XMLParser({ parseTagValue: false }).parse(body) as Root;
}

const good = {
  service_code: '04-01',
  lat: '27.75',
  long: '120.65',
  description: '有摊贩 <占道> & more, call 13800138000',
};

describe('Open311 GeoReport v2', () => {
  test('tells where it is and what can be reported, in both forms', async () => {
    const discovery = readReply<{ endpoints: { url: string; formats: string[] }[] }>(
      await get('/discovery.json'),
    );
    expect(discovery.endpoints[0]?.formats).toEqual(['text/xml', 'application/json']);
    const services = readReply<{ service_code: string; type: string; metadata: boolean }[]>(
      await get('/services.json'),
    );
    expect(services.find((service) => service.service_code === '04-01')).toMatchObject({
      type: 'realtime',
      metadata: true,
    });
    const reply = await get('/services.xml');
    expect(reply.headers['content-type']).toBe('text/xml; charset=utf-8');
    const parsed = parseXml<{ services: { service: { service_code: string }[] } }>(reply.body);
    expect(parsed.services.service.map((service) => service.service_code)).toEqual(
      services.map((service) => service.service_code),
    );
    expect((await get('/services')).headers['content-type']).toContain('text/xml');
    const asked = await get('/services', { accept: 'application/json' });
    expect(asked.headers['content-type']).toContain('application/json');
    const definition = parseXml<{
      service_definition: { service_code: string; attributes: { attribute: { code: string }[] } };
    }>((await get('/services/04-01.xml')).body);
    expect(definition.service_definition.service_code).toBe('04-01');
    expect(definition.service_definition.attributes.attribute.map(({ code }) => code)).toEqual([
      'LEVEL',
      'LANDMARK',
    ]);
  });

  test('a report becomes a case, is followed to its end, and shows nobody', async () => {
    const reply = await post({
      ...good,
      api_key: key,
      email: 'somebody@example.org',
      phone: '13900139000',
      first_name: 'Given',
      last_name: 'Family',
      device_id: 'phone-7',
      media_url: 'https://example.org/picture.jpg',
      'attribute[LEVEL]': 'urgent',
      'attribute[LANDMARK]': 'the old bridge',
    });
    const [made] = readReply<{ service_request_id: string; service_notice: null }[]>(reply);
    const id = made?.service_request_id ?? '';
    expect(await driver.read(id)).toMatchObject({
      state: 'reported',
      source: 'public',
      level: 'urgent',
      offence: { code: 'street_vending' },
      point: { lat: 27.75, lon: 120.65 },
      grid: { id: 'g1' },
    });
    const [open] = readReply<Record<string, unknown>[]>(await get(`/requests/${id}.json`));
    expect(open).toMatchObject({
      service_request_id: id,
      status: 'open',
      status_notes: '已上报 (reported)',
      service_code: '04-01',
      description: '有摊贩 <占道> & more, call ***\nthe old bridge',
      lat: 27.75,
      long: 120.65,
      media_url: null,
      requested_datetime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/),
    });
    const xml = (await get(`/requests/${id}.xml`)).body;
    const parsed = parseXml<{ service_requests: { request: Record<string, string> } }>(xml);
    expect(parsed.service_requests.request['description']).toContain('<占道> & more');
    for (const body of [xml, (await get('/requests.json')).body])
      expect(body).not.toMatch(/somebody@|1[39]\d{9}|Given|Family|phone-7|picture\.jpg/);
    const [token] = readReply<{ service_request_id: string }[]>(await get(`/tokens/${id}.json`));
    expect(token?.service_request_id).toBe(id);

    const intake = await driver.user('intake-01');
    expect(readReply(await intake.get(`/api/cases/${id}/contact`))).toMatchObject({ phone: '13900139000' });
    const stored = await sql.query<{ line: string }>(
      `select row_to_json(report_contact)::text as line from report_contact
       union all select row_to_json(case_file)::text from case_file
       union all select row_to_json(audit_log)::text from audit_log`,
    );
    for (const { line } of stored.rows) expect(line).not.toMatch(/13900139000|somebody@/);

    await driver.act('intake-01', id, 'refuse', { reason: 'nothing there' });
    tested.clock.nowMs += 1000;
    const [closed] = readReply<Record<string, unknown>[]>(await get(`/requests/${id}.json`));
    expect(closed).toMatchObject({ status: 'closed', status_notes: '不予受理 (not accepted)' });
  });

  test('says everything that is wrong at once, with the code the standard gives it', async () => {
    const errors = async (form: Record<string, string>, status: number) => {
      const reply = await post(form, '.xml');
      expect(reply.statusCode).toBe(status);
      const { errors: found } = parseXml<{ errors: { error: unknown } }>(reply.body);
      return [found.error].flat() as { code: string; description: string }[];
    };
    expect(await errors(good, 403)).toEqual([{ code: '403', description: 'api_key was not provided' }]);
    expect(await errors({ ...good, api_key: 'wrong' }, 403)).toEqual([
      { code: '403', description: 'api_key is not valid' },
    ]);
    const keyed = { ...good, api_key: key };
    expect((await errors({ ...keyed, service_code: '' }, 400))[0]?.description).toBe(
      'service_code was not provided',
    );
    expect((await errors({ ...keyed, service_code: '99-99' }, 404))[0]?.code).toBe('404');
    expect((await errors({ ...keyed, jurisdiction_id: 'elsewhere' }, 404))[0]?.description).toContain(
      'jurisdiction_id elsewhere was not found',
    );
    const several = await errors({ ...keyed, lat: 'north', media_url: 'javascript:1' }, 400);
    expect(several.map(({ description }) => description.split(' ')[0])).toEqual(['lat', 'media_url']);
    expect((await errors({ service_code: '04-01', api_key: key }, 400))[0]?.description).toContain(
      'location',
    );
    expect((await errors({ ...keyed, lat: '30' }, 400))[0]?.description).toContain('outside the area');
    const json = await get('/requests/none.json');
    expect(readReply(json, 404)).toEqual([
      { code: 404, description: 'service_request_id none was not found' },
    ]);
    expect((await get('/nothing.json')).statusCode).toBe(404);
    expect(readReply(await get('/requests.json?start_date=yesterday'), 400)).toMatchObject([{ code: 400 }]);
    const text = await tested.console.app.inject({
      method: 'POST',
      url: `${base}/requests.json`,
      headers: { 'content-type': 'application/octet-stream' },
      payload: 'x',
    });
    expect(text.statusCode).toBe(415);
  });

  test('says by which methods an address is asked, in its own form', async () => {
    const ask = (method: 'PUT' | 'POST' | 'DELETE' | 'PATCH', url: string) =>
      tested.console.app.inject({ method, url: `${base}${url}` });
    for (const [method, url, allow] of [
      ['PUT', '/requests.json', 'GET, HEAD, POST'],
      ['DELETE', '/requests/1.json', 'GET, HEAD'],
      ['POST', '/services.json', 'GET, HEAD'],
      ['POST', '/services/04-01.json', 'GET, HEAD'],
      ['POST', '/discovery.json', 'GET, HEAD'],
      ['PATCH', '/tokens/1.json', 'GET, HEAD'],
    ] as const) {
      const reply = await ask(method, url);
      expect(readReply(reply, 405)).toEqual([
        { code: 405, description: `${base}${url} knows ${allow}, not ${method}` },
      ]);
      expect(reply.headers['allow']).toBe(allow);
    }
    const xml = await ask('POST', '/services.xml');
    expect([xml.statusCode, xml.headers['allow'], xml.headers['content-type']]).toEqual([
      405,
      'GET, HEAD',
      'text/xml; charset=utf-8',
    ]);
    expect(xml.body).toContain('<errors><error><code>405</code><description>');
    expect((await ask('POST', '/requests/1/2')).statusCode).toBe(404);
  });

  test('takes what phone apps and other systems send: pictures, lists, JSON', async () => {
    const picture = await sharp({ create: { width: 40, height: 30, channels: 3, background: '#663300' } })
      .withExif({ IFD0: { Copyright: 'whoever took it' } })
      .png()
      .toBuffer();
    const sendForm = (parts: [string, string | Blob][]) => {
      const form = new FormData();
      for (const [name, value] of parts) form.append(name, value);
      const request = new Request('http://localhost', { method: 'POST', body: form });
      return request.arrayBuffer().then((bytes) =>
        tested.console.app.inject({
          method: 'POST',
          url: `${base}/requests.json`,
          remoteAddress: nextAddress(),
          headers: { 'content-type': request.headers.get('content-type') ?? '' },
          payload: Buffer.from(bytes),
        }),
      );
    };
    const fields: [string, string][] = [
      ['service_code', '04-01'],
      ['jurisdiction_id', ''],
      ['api_key', key],
      ['lat', '27.75'],
      ['long', '120.65'],
      ['attribute[LANDMARK][]', 'the new bridge'],
    ];
    const media: [string, Blob] = ['media', new Blob([new Uint8Array(picture)], { type: 'image/png' })];
    const [made] = readReply<{ service_request_id: string }[]>(await sendForm([...fields, media]));
    const intake = await driver.user('intake-01');
    const found = readReply<{ description: string; flow: { attachments: { url: string }[] }[] }>(
      await intake.get(`/api/cases/${made?.service_request_id}`),
    );
    expect(found.description).toBe('the new bridge');
    const shown = await intake.get(found.flow[0]?.attachments[0]?.url ?? '');
    const stored = await sharp(shown.rawPayload).metadata();
    expect([stored.format, stored.width, stored.exif]).toEqual(['jpeg', 40, undefined]);
    const published = await get(`/requests/${made?.service_request_id}.json`);
    expect(readReply(published)).toMatchObject([{ media_url: null }]);

    const tooSoon = await sendForm([media, ...fields]);
    expect(readReply(tooSoon, 403)).toEqual([{ code: 403, description: 'api_key was not provided' }]);
    const noPicture: [string, Blob] = ['media', new Blob(['GIF89a'])];
    expect(readReply(await sendForm([...fields, noPicture]), 400)).toMatchObject([
      { code: 400, description: expect.stringMatching(/not a JPEG, PNG or WebP picture/) },
    ]);

    const json = await tested.console.app.inject({
      method: 'POST',
      url: `${base}/requests.json?api_key=${key}`,
      payload: { service_code: '04-01', lat: 27.75, long: 120.65, attribute: { LEVEL: 'urgent' } },
    });
    const [asJson] = readReply<{ service_request_id: string }[]>(json);
    expect(await driver.read(asJson?.service_request_id ?? '')).toMatchObject({ level: 'urgent' });
  });

  test('lets pages of the origins that are named read, and no page report', async () => {
    const open = 'access-control-allow-origin';
    const named = await get('/services.json', { origin: 'https://data.example.cn' });
    expect(named.headers[open]).toBe('https://data.example.cn');
    expect(
      (await get('/services.json', { origin: 'https://else.example.cn' })).headers[open],
    ).toBeUndefined();
    const changed = await tested.console.app.inject({
      method: 'POST',
      url: `${base}/requests.json`,
      headers: { origin: 'https://data.example.cn' },
      payload: { ...good, api_key: key },
    });
    expect(changed.statusCode).toBe(403);
  });

  test('finds by id, code, status and dates, ninety days at most, in pages', async () => {
    const ids: string[] = [];
    for (const [service_code, days] of [
      ['04-09', 100],
      ['04-09', 1],
      ['01-36', 0],
    ] as const) {
      const reply = await post({ service_code, address_string: '集市街 45 号', api_key: key });
      const id = readReply<{ service_request_id: string }[]>(reply)[0]?.service_request_id ?? '';
      await sql.query(
        `update case_file set created_at = created_at - make_interval(days => $2) where case_no = $1`,
        [id, days],
      );
      ids.push(id);
    }
    const list = async (query: string) =>
      readReply<{ service_request_id: string }[]>(await get(`/requests.json?${query}`)).map(
        (request) => request.service_request_id,
      );
    const [old, parked, clutter] = ids;
    expect(await list(`service_request_id=${ids.join(',')},none`)).toEqual([clutter, parked, old]);
    expect(await list('service_code=04-09')).toEqual([parked]);
    expect(await list('service_code=04-09,01-36&status=open')).toEqual([clutter, parked]);
    expect(await list('service_code=04-09&status=closed')).toEqual([]);
    const past = new Date(tested.clock.nowMs - 101 * 86_400_000).toISOString();
    expect(await list(`service_code=04-09&start_date=${past}`)).toEqual([old]);
    const local = toZonedIso(tested.clock.nowMs - 86_400_000, 'Asia/Shanghai').slice(0, 19);
    expect(await list(`service_code=04-09,01-36&start_date=${local}`)).toEqual([clutter, parked]);
    expect(await list('service_code=04-09,01-36&page=2&page_size=1')).toEqual([parked]);
  });

  test('a key that was taken back no longer holds', async () => {
    const other = await makeKey(['cases.read']);
    expect((await post({ ...good, api_key: other })).body).toContain('has not the scope reports.add');
    const security = await driver.user('security-01');
    const id = key.split('_')[1] ?? '';
    readReply(await security.post(`/api/keys/${id}/revoke`));
    expect((await post({ ...good, api_key: key })).statusCode).toBe(403);
  });
});

test.each([
  ['call 138 0013 8000 or 0577-65812345', 'call *** or ***'],
  ['my card 330381199001011234, mail a.b@c.example', 'my card ***, mail ***'],
  ['浙C12345 parks at No. 12, 45 m from gate 3', '*** parks at No. 12, 45 m from gate 3'],
])('%s is published as %s', (text, published) => {
  expect(hidePersonalData(text)).toBe(published);
});
