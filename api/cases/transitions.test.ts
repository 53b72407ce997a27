import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CaseAction, caseActions, caseStates, findTransition } from '../../domain/mod.ts';
import { openTestConsole, readReply, type TestConsole, type TestUser } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let demo: TestUser;
let caseNo: string;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  sql = new Client(url);
  await sql.connect();
  demo = await tested.logIn('demo');
  caseNo = await makeCase();
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

/** A case reported by hand, in `reported`; its class has standards. */
async function makeCase(): Promise<string> {
  const reported = await demo.post('/api/reports', { source: 'public', offence: 'sidewalk_parking' });
  return readReply<{ caseNo: string }>(reported, 201).caseNo;
}

async function setState(state: string, unit: string | null = 'huling-squad'): Promise<number> {
  const { rows } = await sql.query<{ version: number }>(
    `update case_file set state = $1, unit_id = $2, standard_id = 'sidewalk_parking-normal' where case_no = $3 returning version`,
    [state, unit, caseNo],
  );
  return rows[0]?.version ?? 0;
}

function act(action: CaseAction, body: object, user = demo) {
  return user.post(`/api/cases/${caseNo}/actions/${action}`, body);
}

async function countFlow(): Promise<number> {
  const { rows } = await sql.query<{ count: string }>('select count(*) from flow_record where case_no = $1', [
    caseNo,
  ]);
  return Number(rows[0]?.count);
}

describe('the table of transitions', () => {
  test.each(caseStates)('from %s refuses every step that is not in it, and writes nothing', async (state) => {
    const refused = caseActions.filter((action) => findTransition(state, action) === undefined);
    const version = await setState(state);
    const before = await countFlow();
    for (const action of refused) {
      const reply = await act(action, {
        version,
        reason: 'x',
        photo: 'y',
      });
      expect(readReply(reply, 409)).toMatchObject({
        error: { code: 'transition_not_allowed', details: { state } },
      });
    }
    expect(refused.length).toBeGreaterThan(0);
    expect(await countFlow()).toBe(before);
    expect((await demo.get(`/api/cases/${caseNo}`)).json()).toMatchObject({ state, version });
  });

  test('says where the case is, what the step needs, and what may be done', async () => {
    const version = await setState('dispatched');
    expect((await act('dispose', { version })).json()).toMatchObject({
      error: {
        message: `case ${caseNo} is 已派遣 (dispatched); dispose needs 处置中 (in_disposal); allowed now: coordinate, receive, apply_return, return, refuse_return, reassign, apply_void, void, refuse_void, merge, urge, supervise, judge_omission`,
      },
    });
  });

  test.each<[CaseAction, string, object, string]>([
    ['decide', 'coordination', { reason: 'x' }, 'body.unit: decide needs a unit'],
    ['verify_done', 'verifying', { photo: 'x' }, 'body.point: verify_done needs a point'],
    ['apply_suspension', 'in_disposal', { reason: 'x' }, 'body.until: apply_suspension needs a until'],
    ['apply_suspension', 'in_disposal', { reason: 'x', until: 'soon' }, 'body.until: "soon" is no time'],
    [
      'apply_suspension',
      'in_disposal',
      { reason: 'x', until: '2027-03-03T10:00:00+08:00' },
      'more than a year away',
    ],
    ['merge', 'reported', { master: 'x' }, 'body.master: there is no case x'],
    ['close', 'pending_close', { closeType: 'error' }, 'body.reason: closing as error needs a reason'],
    ['self_dispose', 'reported', { photo: 'x' }, 'body.beforePhoto: self_dispose needs a beforePhoto'],
    ['dispatch', 'registered', { unit: 'nobody' }, 'body.unit: no unit "nobody"; known: '],
    ['return', 'dispatched', {}, 'body.reason: return needs a reason'],
    [
      'reassign',
      'dispatched',
      { unit: 'huling-squad', reason: 'x' },
      'body.unit: the case is already with huling-squad',
    ],
    ['dispose', 'in_disposal', {}, 'body.photo: dispose needs a photo'],
    ['dispose', 'in_disposal', { photo: 'nothing' }, 'body.photo: no photo "nothing"'],
    ['check_pass', 'checking', {}, 'body.photo: check_pass needs a photo'],
    [
      'register',
      'accepted',
      { standard: 'clutter-normal' },
      'body.standard: no standard "clutter-normal" for sidewalk_parking',
    ],
    ['close', 'pending_close', { unit: 'sanitation' }, 'body.unit: close takes no unit'],
    ['void', 'reported', {}, 'body.reason: void needs a reason'],
  ])('%s from %s with %j: 400 %s', async (action, state, body, message) => {
    const version = await setState(state);
    const reply = await act(action, { version, ...body });
    expect(readReply<{ error: { message: string } }>(reply, 400).error.message).toContain(message);
  });

  test.each<[string, object, string]>([
    ['no version', {}, 'body: "version" is missing'],
    ['a version that is text', { version: '1' }, 'body.version'],
    ['a field nobody knows', { version: 1, colour: 'red' }, 'body.colour: unknown field "colour"'],
  ])('refuses a body with %s', async (_what, body, message) => {
    const reply = await act('close', body);
    expect(reply.statusCode).toBe(400);
    expect(reply.json()).toMatchObject({
      error: { code: 'bad_request', message: expect.stringContaining(message) },
    });
  });

  test('lets one of two clients at once through; the other hears 409', async () => {
    const version = await setState('disposed');
    const before = await countFlow();
    const replies = await Promise.all([1, 2, 3, 4].map(() => act('send_check', { version })));
    expect(replies.map((reply) => reply.statusCode).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409]);
    expect(await countFlow()).toBe(before + 1);
  });

  test('refuses a step on an older version of the case', async () => {
    const version = await setState('disposed');
    const reply = await act('send_check', { version: version - 1 });
    expect(reply.statusCode).toBe(409);
    expect(reply.json()).toMatchObject({ error: { code: 'conflict', details: { version } } });
  });

  test('lets an officer act on, see and list cases of the own unit only', async () => {
    const squad = await tested.logIn('squad-01');
    const version = await setState('in_disposal', 'sanitation');
    expect((await act('dispose', { version, photo: await squad.uploadPhoto() }, squad)).statusCode).toBe(403);
    expect((await squad.get(`/api/cases/${caseNo}`)).statusCode).toBe(403);
    expect((await squad.get('/api/cases')).json()).toMatchObject({ total: 0 });
    await setState('in_disposal');
    expect((await squad.get('/api/cases?unit=mine')).json()).toMatchObject({
      total: 1,
      items: [{ caseNo, actions: ['apply_return', 'apply_extension', 'apply_suspension', 'dispose'] }],
    });
  });

  test('takes a photo once, and only from the one who uploaded it', async () => {
    const photo = await demo.uploadPhoto();
    const squad = await tested.logIn('squad-01');
    const version = await setState('in_disposal');
    const foreign = await act('dispose', { version, photo }, squad);
    expect(foreign.json()).toMatchObject({ error: { message: expect.stringContaining("somebody else's") } });
    expect((await act('dispose', { version, photo })).statusCode).toBe(200);
    const again = await act('dispose', { version: await setState('in_disposal'), photo });
    expect(again.json()).toMatchObject({ error: { message: expect.stringContaining('already used') } });
  });

  test('numbers cases that are made at the same moment without a repeat', async () => {
    const numbers = await Promise.all(Array.from({ length: 12 }, () => makeCase()));
    expect(new Set(numbers).size).toBe(12);
    for (const number of numbers) expect(number).toMatch(/^330381\d{8}\d{5}$/);
    const pages = await demo.get('/api/cases?limit=5');
    const first = pages.json<{ items: { caseNo: string }[]; total: number; nextCursor: string }>();
    const rest = (await demo.get(`/api/cases?limit=50&cursor=${first.nextCursor}`)).json<{
      items: { caseNo: string }[];
    }>();
    const listed = [...first.items, ...rest.items].map((item) => item.caseNo);
    expect(new Set(listed).size).toBe(first.total);
    expect(listed).toHaveLength(13);
  });
});
