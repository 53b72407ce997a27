import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { roles } from '../../domain/mod.ts';
import {
  confirmAs,
  openTestConsole,
  readReply,
  type TestConsole,
  type TestUser,
} from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { posts } from '../../test/support/posts.ts';
import type { NumberedEvent } from '../live/live-event.ts';
import { mayHear } from '../live/may-hear.ts';
import { toReach } from './reach.ts';
import type { User } from './user.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
/** Cases by where they are: of the squad's unit and another's, in the first collector's grid, in another, in none. */
const caseNos: Record<string, string> = {};
const places = {
  'own unit': { unit_id: 'huling-squad', grid_id: 'grid-b' },
  'other unit': { unit_id: 'sanitation', grid_id: 'grid-b' },
  'own grid': { unit_id: null, grid_id: 'grid-a' },
  'other grid': { unit_id: null, grid_id: 'grid-b' },
  'no grid': { unit_id: null, grid_id: null },
} as const;
const nobody = { id: 'x', username: 'x', displayName: 'x', kind: 'person', unit: null } as const;
type PlaceName = keyof typeof places;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  sql = new Client(url);
  await sql.connect();
  for (const role of roles)
    await sql.query(
      `insert into account (username, display_name, password_hash, roles, unit_id)
       select $1, $1, password_hash, array[$2], case when $2 = 'officer' then unit_id end
       from account where username = 'squad-01'`,
      [`only-${role}`, role],
    );
  await sql.query(`
    insert into grid (id, name, ring) values ('grid-a', 'a', '[]'), ('grid-b', 'b', '[]');
    insert into person (id, post, number, username) values ('collector-77', 'collector', 77, 'only-collector');
    insert into grid_collector (grid_id, person_id, from_date) values ('grid-a', 'collector-77', '2020-01-01')`);
  const intake = await tested.logIn('intake-01');
  for (const [name, place] of Object.entries(places)) {
    const reply = await intake.post('/api/reports', { source: 'public', offence: 'clutter', address: name });
    const { caseNo } = readReply<{ caseNo: string }>(reply, 201);
    caseNos[name] = caseNo;
    await sql.query('update case_file set unit_id = $2, grid_id = $3 where case_no = $1', [
      caseNo,
      place.unit_id,
      place.grid_id,
    ]);
  }
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

/** What each confined post sees, written out; all other posts that see cases see every one. */
const seen: Partial<Record<string, readonly PlaceName[]>> = {
  officer: ['own unit'],
  collector: ['own grid', 'no grid'],
};
const all = Object.keys(places) as PlaceName[];

async function listSeen(user: Awaited<ReturnType<TestConsole['logIn']>>): Promise<string[]> {
  const list = readReply<{ items: { caseNo: string }[]; total: number }>(await user.get('/api/cases'));
  expect(list.total).toBe(list.items.length);
  const summary = readReply<{ cases: Record<string, number> }>(await user.get('/api/summary'));
  expect(Object.values(summary.cases).reduce((sum, count) => sum + count, 0)).toBe(list.total);
  return all.filter((name) => list.items.some(({ caseNo }) => caseNo === caseNos[name]));
}

describe('cases by post, unit and grid', () => {
  test.each(roles.filter((role) => posts[role].includes('cases.read')))(
    '%s: list, detail and steps agree on what is theirs',
    async (role) => {
      const user = await tested.logIn(`only-${role}`);
      const theirs = seen[role] ?? all;
      expect(await listSeen(user)).toEqual(theirs);
      for (const name of all) {
        const { statusCode } = await user.get(`/api/cases/${caseNos[name]}`);
        expect({ name, statusCode }).toEqual({ name, statusCode: theirs.includes(name) ? 200 : 403 });
      }
      for (const permission of posts[role].filter((one) => /^cases\.(?!read)/.test(one)))
        for (const name of all.filter((one) => !theirs.includes(one))) {
          const step = permission.replace('cases.', '');
          const reply = await user.post(`/api/cases/${caseNos[name]}/actions/${step}`, { version: 1 });
          expect({ step, name, status: [403, 409].includes(reply.statusCode) }).toEqual({
            step,
            name,
            status: true,
          });
        }
    },
  );

  test('a collector sees what they reported wherever it is, and nobody else’s photos from there', async () => {
    const collector = await tested.logIn('only-collector');
    const photo = await collector.uploadPhoto();
    const report = { source: 'collector', offence: 'clutter', address: 'x', photos: [photo] };
    const reply = await collector.post('/api/reports', report);
    const { caseNo } = readReply<{ caseNo: string }>(reply, 201);
    await sql.query(`update case_file set grid_id = 'grid-b' where case_no = $1`, [caseNo]);
    expect((await collector.get(`/api/cases/${caseNo}`)).statusCode).toBe(200);
    await sql.query(`update case_file set reporter = 'somebody' where case_no = $1`, [caseNo]);
    expect((await collector.get(`/api/cases/${caseNo}`)).statusCode).toBe(403);
    await sql.query(
      `update photo set uploaded_by = (select id from account where username = 'demo') where id = $1`,
      [photo],
    );
    expect((await collector.get(`/api/photos/${photo}`)).statusCode).toBe(403);
    expect((await (await tested.logIn('intake-01')).get(`/api/photos/${photo}`)).statusCode).toBe(200);
  });

  test('evidence and plate of a case go with it', async () => {
    const facts = await tested.queueCandidate();
    const reviewer = await tested.logIn('reviewer-01');
    readReply(await confirmAs(reviewer, facts.id));
    await tested.console.runReviewJobs();
    const cases = await sql.query<{ case_no: string }>(
      'select case_no from case_file where candidate_id = $1',
      [facts.id],
    );
    const caseNo = cases.rows[0]?.case_no;
    expect(caseNo).toBeDefined();
    const { rows } = await sql.query<{ manifest_hash: string }>(
      'select manifest_hash from evidence where candidate_id = $1',
      [facts.id],
    );
    const manifest = `/api/evidence/${rows[0]?.manifest_hash}/manifest.json`;
    for (const [username, grid, unit] of [
      ['only-collector', 'grid-a', null],
      ['only-officer', 'grid-b', 'huling-squad'],
    ] as const) {
      const user = await tested.logIn(username);
      await sql.query('update case_file set grid_id = $2, unit_id = $3 where case_no = $1', [
        caseNo,
        grid,
        unit,
      ]);
      expect((await user.get(manifest)).statusCode).toBe(200);
      await sql.query(`update case_file set grid_id = 'grid-b', unit_id = 'sanitation' where case_no = $1`, [
        caseNo,
      ]);
      expect((await user.get(manifest)).statusCode).toBe(403);
      expect((await user.get(`/api/candidates/${facts.id}/plate`)).statusCode).toBe(403);
    }
  });
});

describe('limits', () => {
  test('of an account hold whatever its post may see', async () => {
    await sql.query(`update account set limit_grid_ids = '{grid-a}' where username = 'only-dispatcher'`);
    expect(await listSeen(await tested.logIn('only-dispatcher'))).toEqual(['own grid']);
    await sql.query(
      `update account set limit_grid_ids = null, limit_unit_ids = '{sanitation}' where username = 'only-dispatcher'`,
    );
    const dispatcher = await tested.logIn('only-dispatcher');
    expect(await listSeen(dispatcher)).toEqual(['other unit']);
    expect((await dispatcher.get(`/api/cases/${caseNos['own unit']}`)).statusCode).toBe(403);
    expect((await dispatcher.get('/api/indicators?from=2026-01-01&to=2027-01-01')).statusCode).toBe(403);
    await sql.query(`update account set limit_unit_ids = null where username = 'only-dispatcher'`);
  });

  test('narrow candidates, their pictures and everything that tells of them, by grid and by unit', async () => {
    await sql.query(`
      update grid set ring = case id when 'grid-a' then '[[120, 27], [121, 27], [121, 28], [120, 28]]'
        else '[[121, 27], [122, 27], [122, 28], [121, 28]]' end::jsonb where id in ('grid-a', 'grid-b')`);
    const found: Record<string, { id: string; manifest: string }> = {};
    for (const [camera, lon] of [
      ['limit-a', 120.5],
      ['limit-b', 121.5],
    ] as const) {
      await sql.query('insert into camera (id, name) values ($1, $1)', [camera]);
      await sql.query(`insert into camera_place (camera_id, lon, lat, kind) values ($1, $2, 27.5, 'fixed')`, [
        camera,
        lon,
      ]);
      const { id } = await tested.queueCandidate({ camera, ruleId: camera });
      const { rows } = await sql.query<{ manifest_hash: string }>(
        'select manifest_hash from evidence where candidate_id = $1',
        [id],
      );
      found[camera] = { id, manifest: rows[0]?.manifest_hash ?? '' };
    }
    await sql.query(
      `insert into integration (id, kind, name, direction, events, accepts, state, secret_key_id, secret, created_by,
         created_at, updated_at)
       values ('fleet', 'sanitation', 'fleet', 'in', '{}', '{}', 'enabled', '', '', 'demo', now(), now())`,
    );
    const { near, far } = { near: found['limit-a'], far: found['limit-b'] };
    if (near === undefined || far === undefined) throw new Error('two candidates were queued');

    /** What somebody with these limits sees of the two, by route; a number is the status of a refusal. */
    const look = async (role: string, user: TestUser, limits: { grids?: string[]; units?: string[] }) => {
      await sql.query('update account set limit_grid_ids = $2, limit_unit_ids = $3 where username = $1', [
        `only-${role}`,
        limits.grids ?? null,
        limits.units ?? null,
      ]);
      const list = readReply<{ items: { id: string }[]; total: number }>(await user.get('/api/candidates'));
      const own = [near.id, far.id].filter((id) => list.items.some((item) => item.id === id));
      expect(list.total).toBe(list.items.length);
      const cameras = readReply<{ id: string }[]>(await user.get('/api/cameras'));
      const statuses = async (id: string, manifest: string) => {
        const one = `/api/candidates/${id}`;
        return [
          (await user.get(one)).statusCode,
          (await user.get(`${one}/plate`)).statusCode,
          // Whoever must first say why they look is let in to say it.
          (await user.get(`/api/evidence/${manifest}/manifest.json`)).statusCode === 403 ? 403 : 200,
          (await user.get(`/api/evidence/${manifest}/export?purpose=test`)).statusCode,
        ];
      };
      return {
        own,
        cameras: ['limit-a', 'limit-b'].filter((id) => cameras.some((camera) => camera.id === id)),
        near: await statuses(near.id, near.manifest),
        far: await statuses(far.id, far.manifest),
      };
    };
    // Nothing is in the store that could be packed.
    const open = [200, 200, 200, 404];
    const shut = [403, 403, 403, 403];
    const both = ['limit-a', 'limit-b'];

    for (const role of ['reviewer', 'shift_leader', 'commander']) {
      const user = await tested.logIn(`only-${role}`);
      expect(await look(role, user, {})).toEqual({
        own: [near.id, far.id],
        cameras: both,
        near: open,
        far: open,
      });
      expect(await look(role, user, { units: ['huling-squad'] })).toEqual({
        own: [],
        cameras: both,
        near: shut,
        far: shut,
      });
      expect(await look(role, user, { grids: ['grid-a'] })).toEqual({
        own: [near.id],
        cameras: ['limit-a'],
        near: open,
        far: shut,
      });
      const summary = readReply<{ candidates: Record<string, number> }>(await user.get('/api/summary'));
      expect(summary.candidates['pending_review']).toBe(1);
    }

    const reviewer = await tested.logIn('only-reviewer');
    const version = { version: 1 };
    for (const url of [`/api/candidates/${far.id}/lease`, `/api/candidates/${far.id}/undo`])
      expect((await reviewer.post(url, version)).statusCode).toBe(403);
    const lease = await reviewer.post(`/api/candidates/${near.id}/lease`);
    const held = readReply<{ version: number }>(lease);
    const into = await reviewer.post(`/api/candidates/${near.id}/merge`, {
      version: held.version,
      into: far.id,
    });
    expect(into.statusCode).toBe(403);
    const batch = await reviewer.post('/api/candidates/batch-reject', {
      items: [{ id: far.id, version: 2 }],
      reason: 'unclear',
    });
    const { results } = readReply<{ results: { error: { code: string } }[] }>(batch);
    expect(results.map(({ error }) => error.code)).toEqual(['forbidden']);

    const leader = await tested.logIn('only-shift_leader');
    const wall = readReply<{ candidates: { id: string }[] }>(await leader.get('/api/wall'));
    expect(wall.candidates.map(({ id }) => id)).toEqual([near.id]);
    for (const url of ['/api/outbox', '/api/inbox', '/api/review-agreement'])
      expect((await leader.get(url)).statusCode).toBe(403);
    await sql.query(`
      insert into moving_thing (integration_id, kind, id, lon, lat, at)
      values ('fleet', 'vehicle', 'near', 120.5, 27.5, now()), ('fleet', 'vehicle', 'far', 121.5, 27.5, now())`);
    const positions = readReply<{ id: string }[]>(await leader.get('/api/positions'));
    expect(positions.map(({ id }) => id)).toEqual(['near']);

    // Every route that names one of them, for somebody with nearly every post.
    await sql.query(`update account set limit_grid_ids = '{grid-a}' where username = 'demo'`);
    const demo = await tested.logIn('demo');
    const named = /^\/api\/(candidates\/:id|(?:evidence|custody\/packages)\/:manifestHash|cameras\/:id)/;
    const walked = tested.console.app.accessTable.filter(
      ({ url, permission }) => named.test(url) && !['custody.read', 'custody.export'].includes(permission),
    );
    expect(walked.length).toBeGreaterThan(30);
    for (const { method, url } of walked) {
      const to = url
        .replace('cameras/:id', 'cameras/limit-b')
        .replace(':id', far.id)
        .replace(':manifestHash', far.manifest)
        .replace(/\*$/, 'manifest.json');
      const { statusCode } = await demo.inject({ method: method as 'GET', url: to });
      // A body that is missing may be noticed first; what is there never answers.
      const refusals = ['GET', 'HEAD'].includes(method) && !to.endsWith('/export') ? [403] : [400, 403, 415];
      expect({ method, url, refused: refusals.includes(statusCode), statusCode }).toMatchObject({
        refused: true,
      });
    }
    await sql.query(`update account set limit_grid_ids = null where username = 'demo'`);

    // The news of both, as it was told.
    const { rows: news } = await sql.query<NumberedEvent>(
      `select id, event, data, places, hidden_from as "hiddenFrom" from live_event
       where event = 'candidate' and data ->> 'id' = any($1)`,
      [[near.id, far.id]],
    );
    const listHeard = (limitGridIds: string[] | null, limitUnitIds: string[] | null) => {
      const reach = toReach(['reviewer'], null, null, { limitUnitIds, limitGridIds });
      const user: User = { ...nobody, roles: ['reviewer'], offDuty: [], reach };
      return new Set(
        news.flatMap((item) => (mayHear(user, item) && 'id' in item.data ? [item.data.id] : [])),
      );
    };
    expect(listHeard(null, null)).toEqual(new Set([near.id, far.id]));
    expect(listHeard(['grid-a'], null)).toEqual(new Set([near.id]));
    expect(listHeard(null, ['huling-squad'])).toEqual(new Set());

    // A camera is moved, then a grid: what was near is no more, and is again.
    await sql.query(`update camera_place set lon = 121.5 where camera_id = 'limit-a'`);
    expect((await leader.get(`/api/candidates/${near.id}`)).statusCode).toBe(403);
    await sql.query(
      `update grid set ring = '[[121, 27], [122, 27], [122, 28], [121, 28]]' where id = 'grid-a'`,
    );
    expect((await leader.get(`/api/candidates/${near.id}`)).statusCode).toBe(200);
  }, 60_000);

  test('of a key hold, and it runs out, is revoked and counted', async () => {
    const administrator = await tested.logIn('administrator-01');
    const make = (body: object) =>
      administrator.post('/api/keys', { name: 'BI', scopes: ['cases.read'], days: 1, ...body });
    expect((await make({ limitUnitIds: ['nowhere'] })).statusCode).toBe(400);
    expect((await make({ scopes: ['candidates.decide'] })).statusCode).toBe(400);
    const made = readReply<{ token: string; key: { id: string } }>(
      await make({ limitUnitIds: ['huling-squad'], perMinute: 4 }),
      201,
    );
    const ask = (to: string, headers: Record<string, string> = { authorization: `Bearer ${made.token}` }) =>
      tested.console.app.inject({ url: to, headers });
    const list = readReply<{ items: { caseNo: string }[] }>(await ask('/api/cases'));
    expect(list.items.map(({ caseNo }) => caseNo)).toEqual([caseNos['own unit']]);
    expect((await ask(`/api/cases/${caseNos['other unit']}`, { 'x-api-key': made.token })).statusCode).toBe(
      403,
    );

    const listed = readReply<{ id: string; lastUsedAt: string | null }[]>(
      await administrator.get('/api/keys'),
    );
    expect(listed.find(({ id }) => id === made.key.id)?.lastUsedAt).not.toBeNull();
    expect(JSON.stringify(listed)).not.toContain(made.token.slice(20));
    const { rows } = await sql.query<{ line: string }>('select api_key::text as line from api_key');
    for (const { line } of rows) expect(line).not.toContain(made.token.slice(20));

    expect((await ask('/api/cases')).statusCode).toBe(200);
    expect((await ask('/api/cases')).statusCode).toBe(200);
    expect((await ask('/api/cases')).statusCode).toBe(429);

    const other = readReply<{ token: string; key: { id: string } }>(await make({}), 201);
    const bearer = { authorization: `Bearer ${other.token}` };
    expect((await ask('/api/cases', bearer)).statusCode).toBe(200);
    const security = await tested.logIn('security-01');
    readReply(await security.post(`/api/keys/${other.key.id}/revoke`));
    expect((await ask('/api/cases', bearer)).statusCode).toBe(401);

    const short = readReply<{ token: string }>(await make({}), 201);
    tested.clock.nowMs += 24 * 3_600_000;
    expect((await ask('/api/cases', { authorization: `Bearer ${short.token}` })).statusCode).toBe(401);
  });
});
