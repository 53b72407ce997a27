import type { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CaseConsole, openCaseConsole } from '../../test/support/case-console.ts';
import type { CaseDriver } from '../../test/support/case-driver.ts';
import type { TestConsole } from '../../test/support/console.ts';

let opened: CaseConsole;
let tested: TestConsole;
let sql: Client;
let driver: CaseDriver;

/** A Monday, ten in the morning. */
const startMs = Date.parse('2026-03-02T10:00:00+08:00');
const place = { lon: 120.632, lat: 27.781 };
const metresNorth = (metres: number) => ({ ...place, lat: place.lat + metres / 111_195 });
const vendor = { source: 'collector', offence: 'street_vending', point: place } as const;
const parking = { source: 'public', offence: 'sidewalk_parking', reporter: '12345-0001' } as const;

beforeAll(async () => {
  opened = await openCaseConsole();
  ({ tested, sql, driver } = opened);
});

beforeEach(() => {
  tested.clock.nowMs = startMs;
});

afterAll(() => opened?.close());

const minutes = (count: number) => {
  tested.clock.nowMs += count * 60_000;
};

describe('reports by hand', () => {
  test('a report of the public is verified, accepted, filed and dispatched by the same steps as any other', async () => {
    const reported = await driver.report({ ...parking, description: '车停在盲道上', point: place });
    const { caseNo } = reported;
    expect(reported).toMatchObject({
      state: 'reported',
      source: 'public',
      reporter: '12345-0001',
      camera: null,
      candidateId: null,
      class: { scheme: 'gbt30428.2-2013', code: '04-09' },
      stageDeadline: '2026-03-02T10:15:00+08:00',
    });
    await driver.act('intake-01', caseNo, 'verify_request');
    expect(await driver.refuse('collector-01', caseNo, 'verify_done', { point: metresNorth(101) })).toContain(
      '101 m from the place that was reported; verify within 100 m',
    );
    minutes(10);
    const verified = await driver.act('collector-01', caseNo, 'verify_done', { point: metresNorth(99) });
    expect(verified).toMatchObject({ state: 'reported', verified: true });
    expect(verified.flow.at(-1)).toMatchObject({
      stageDeadline: '2026-03-02T10:30:00+08:00',
      details: { exists: true },
    });
    expect(verified.flow.at(-1)?.attachments).toHaveLength(1);
    await driver.act('intake-01', caseNo, 'accept');
    expect(await driver.act('shift-leader-01', caseNo, 'register')).toMatchObject({ state: 'registered' });
  });

  test('a report that nobody finds there is refused with the reason', async () => {
    const { caseNo } = await driver.report(parking);
    await driver.act('intake-01', caseNo, 'verify_request');
    const gone = await driver.act('collector-01', caseNo, 'verify_done', { point: place, exists: false });
    expect(gone).toMatchObject({ verified: false, point: place });
    expect(await driver.refuse('intake-01', caseNo, 'refuse', {}, 400)).toContain('body.reason');
    expect(await driver.act('intake-01', caseNo, 'refuse', { reason: 'nothing there' })).toMatchObject({
      state: 'not_accepted',
    });
  });

  test('a class of the other scheme is the same case; one that nobody knows is refused', async () => {
    const reported = await driver.report({
      source: 'public',
      class: { scheme: 'cjt214-2007', code: '05-05' },
    });
    expect(reported).toMatchObject({ offence: { code: 'sidewalk_parking' }, class: { code: '04-09' } });
    const intake = await driver.user('intake-01');
    for (const body of [
      { source: 'public', class: { scheme: 'local', code: '99-99' } },
      { source: 'public' },
      { ...parking, class: { scheme: 'local', code: '99-99' } },
    ])
      expect((await intake.post('/api/reports', body)).json()).toMatchObject({
        error: { code: 'bad_request', message: expect.stringContaining('body.class') },
      });
    expect((await intake.post('/api/reports', { ...vendor })).statusCode).toBe(403);
  });

  test('a trifle is cleared on the spot: before and after, reviewed by intake, or sent back', async () => {
    const { caseNo } = await driver.report(vendor);
    const cleared = await driver.act('collector-01', caseNo, 'self_dispose');
    expect(cleared).toMatchObject({ state: 'self_disposed', stageDeadline: '2026-03-03T10:00:00+08:00' });
    expect(cleared.flow.at(-1)?.attachments).toHaveLength(2);
    await driver.act('intake-01', caseNo, 'reject_self_disposal', { reason: 'the stall still stands' });
    await driver.act('collector-01', caseNo, 'self_dispose');
    expect(await driver.act('intake-01', caseNo, 'approve_self_disposal')).toMatchObject({
      state: 'closed',
      closeType: 'normal',
    });
    expect(await driver.refuse('shift-leader-01', caseNo, 'reopen', { reason: 'x' })).toContain(
      'never with a unit',
    );
  });
});

describe('dispatch by rules', () => {
  beforeAll(async () => {
    await sql.query(`
      insert into grid (id, name, ring) values
        ('g1', '网格 01', '[[120.6,27.7],[120.65,27.7],[120.65,27.8],[120.6,27.8]]'),
        ('g2', '网格 02', '[[120.65,27.7],[120.7,27.7],[120.7,27.8],[120.65,27.8]]')`);
    await sql.query(`
      insert into routing_rule (id, class_scheme, class_code, grid_id, unit_id) values
        ('any-order', 'gbt30428.2-2013', '04', null, 'sanitation'),
        ('vendor-g1', 'gbt30428.2-2013', '04-01', 'g1', 'huling-squad'),
        ('parking', 'cjt214-2007', '05-05', null, 'traffic-police'),
        ('overflow-a', 'gbt30428.2-2013', '04-05', null, 'huling-squad'),
        ('overflow-b', 'gbt30428.2-2013', '04-05', null, 'sanitation')`);
    await sql.query(`
      insert into case_class (scheme, code, kind, major, name, offence, same_scheme, same_code)
      values ('gbt30428.2-2013', '04-09', 'event', '街面秩序', '机动车乱停放', 'sidewalk_parking', 'cjt214-2007', '05-05')`);
  });

  const file = async (body: object) => {
    const { caseNo } = await driver.report(body);
    await driver.act('intake-01', caseNo, 'accept');
    await driver.act('shift-leader-01', caseNo, 'register');
    return driver.act('dispatcher-01', caseNo, 'dispatch');
  };

  test.each<[string, object, string | null]>([
    ['the class in its grid', vendor, 'huling-squad'],
    ['the class elsewhere: its major class', { ...vendor, point: { lon: 120.68, lat: 27.75 } }, 'sanitation'],
    ['the class outside every grid', { ...vendor, point: { lon: 121, lat: 28 } }, 'sanitation'],
    ['a rule that is written in the other scheme', parking, 'traffic-police'],
    ['two rules that contradict each other', { source: 'public', offence: 'shop_overflow' }, null],
    ['no rule', { source: 'public', offence: 'clutter' }, null],
  ])('%s', async (_what, body, unit) => {
    const dispatched = await file(body);
    expect(dispatched).toMatchObject(
      unit === null
        ? { state: 'coordination', unit: null, deadline: null, stageDeadline: '2026-03-02T15:30:00+08:00' }
        : { state: 'dispatched', unit: { id: unit } },
    );
    expect(dispatched.flow.at(-1)).toMatchObject({ action: 'dispatch', details: { routedBy: 'rules' } });
  });

  test('the commander decides what the rules do not', async () => {
    const { caseNo } = await file({ source: 'public', offence: 'clutter' });
    expect(await driver.refuse('dispatcher-01', caseNo, 'decide', {}, 403)).toContain('commander');
    minutes(30);
    const decided = await driver.act('commander-01', caseNo, 'decide', {
      unit: 'sanitation',
      reason: 'its street',
    });
    expect(decided).toMatchObject({ state: 'dispatched', deadline: '2026-03-03T10:30:00+08:00' });
  });
});

describe('what a unit asks for', () => {
  test('who acts on what has just gone to another unit has lost a race: 409, and 403 once they could know', async () => {
    const { caseNo, version } = await driver.toDisposal(vendor);
    const moved = await driver.act('dispatcher-01', caseNo, 'reassign', {
      unit: 'sanitation',
      reason: 'theirs',
    });
    const squad = await driver.user('squad-01');
    const url = `/api/cases/${caseNo}/actions/receive`;
    expect((await squad.post(url, { version })).json()).toMatchObject({ error: { code: 'conflict' } });
    expect((await squad.post(url, { version: moved.version })).statusCode).toBe(403);
  });

  test('an extension adds the limit that the case was filed under, whatever the standard says by now', async () => {
    const { caseNo, deadline } = await driver.toDisposal(parking);
    await sql.query(`update standard set limit_value = 30 where id = 'sidewalk_parking-normal'`);
    try {
      await driver.act('squad-01', caseNo, 'apply_extension', { reason: 'x' });
      await driver.act('squad-02', caseNo, 'endorse');
      const extended = await driver.act('dispatcher-01', caseNo, 'extend');
      expect([deadline, extended.deadline]).toEqual([
        '2026-03-02T13:00:00+08:00',
        '2026-03-02T16:00:00+08:00',
      ]);
      expect(extended.limit).toEqual({ value: 3, unit: 'urgent_hour' });
    } finally {
      await sql.query(`update standard set limit_value = 3 where id = 'sidewalk_parking-normal'`);
    }
  });

  test('a text that cannot be kept is refused, not a failure', async () => {
    const { caseNo } = await driver.toDisposal(vendor);
    expect(await driver.refuse('squad-01', caseNo, 'apply_return', { reason: 'a\u0000b' }, 400)).toContain(
      'NUL',
    );
  });

  test('a return: the first goes back to the dispatcher, the second to the commander; a refused one is counted', async () => {
    const { caseNo } = await driver.toDisposal(vendor);
    await driver.act('squad-01', caseNo, 'apply_return', { reason: 'not our street' });
    expect(await driver.refuse('squad-01', caseNo, 'apply_extension', { reason: 'x' })).toContain(
      'already applied',
    );
    const refused = await driver.act('dispatcher-01', caseNo, 'refuse_return', { reason: 'it is' });
    expect(refused).toMatchObject({ state: 'in_disposal', counts: { shuffles: 1, returns: 0 } });
    await driver.act('squad-01', caseNo, 'apply_return', { reason: 'really not' });
    const back = await driver.act('dispatcher-01', caseNo, 'return', { reason: 'granted' });
    expect(back).toMatchObject({ state: 'registered', unit: null, deadline: null, counts: { returns: 1 } });
    expect(back.applications.map(({ kind, state }) => [kind, state])).toEqual([
      ['return', 'refused'],
      ['return', 'granted'],
    ]);
    await driver.act('dispatcher-01', caseNo, 'dispatch', { unit: 'huling-squad' });
    await driver.act('squad-01', caseNo, 'apply_return', { reason: 'again' });
    expect(await driver.act('dispatcher-01', caseNo, 'return', { reason: 'x' })).toMatchObject({
      state: 'coordination',
      counts: { returns: 2, wrongDispatches: 0 },
    });
    // 错误派遣: a second unit, whoever names it; and a third one.
    const decided = await driver.act('commander-01', caseNo, 'decide', { unit: 'sanitation', reason: 'x' });
    expect(decided).toMatchObject({ state: 'dispatched', counts: { wrongDispatches: 1 } });
    expect(decided.flow.at(-1)?.details).toMatchObject({ routedBy: 'commander', fromUnit: 'huling-squad' });
    const moved = { unit: 'traffic-police', reason: 'x' };
    expect(await driver.act('dispatcher-01', caseNo, 'reassign', moved)).toMatchObject({
      counts: { wrongDispatches: 2 },
    });
    await driver.act('dispatcher-01', caseNo, 'coordinate', { reason: 'whose is it' });
    const again = { unit: 'traffic-police', reason: 'theirs after all' };
    expect(await driver.act('commander-01', caseNo, 'decide', again)).toMatchObject({
      counts: { wrongDispatches: 2 },
    });
  });

  test('an extension: endorsed in the unit, one original limit from the deadline, twice at most, never overdue', async () => {
    const { caseNo, deadline } = await driver.toDisposal({ source: 'public', offence: 'sidewalk_parking' });
    expect(deadline).toBe('2026-03-02T13:00:00+08:00');
    await driver.act('squad-01', caseNo, 'apply_extension', { reason: 'the tow truck is out' });
    expect(await driver.refuse('dispatcher-01', caseNo, 'extend')).toContain('not endorsed');
    expect(await driver.refuse('squad-01', caseNo, 'endorse')).toContain('somebody else decides');
    await driver.act('squad-02', caseNo, 'endorse');
    expect(await driver.act('dispatcher-01', caseNo, 'extend')).toMatchObject({
      deadline: '2026-03-02T16:00:00+08:00',
      counts: { extensions: 1 },
    });
    await driver.act('squad-02', caseNo, 'apply_extension', { reason: 'still out' });
    await driver.act('squad-01', caseNo, 'endorse');
    expect(await driver.act('commander-01', caseNo, 'extend')).toMatchObject({
      deadline: '2026-03-02T19:00:00+08:00',
    });
    expect(await driver.refuse('squad-01', caseNo, 'apply_extension', { reason: 'x' })).toContain(
      '2 times already',
    );

    const late = await driver.toDisposal({ source: 'public', offence: 'sidewalk_parking' });
    await driver.act('squad-01', late.caseNo, 'apply_extension', { reason: 'x' });
    await driver.act('squad-02', late.caseNo, 'endorse');
    minutes(181);
    expect(await driver.refuse('dispatcher-01', late.caseNo, 'extend')).toContain('overdue already');
    await driver.act('dispatcher-01', late.caseNo, 'refuse_extension', { reason: 'too late' });
    expect(await driver.refuse('squad-01', late.caseNo, 'apply_extension', { reason: 'x' })).toContain(
      'overdue',
    );
  });

  test('a suspension: the clock stands still, and runs on by itself at its end', async () => {
    const { caseNo } = await driver.toDisposal(vendor);
    await driver.act('squad-01', caseNo, 'apply_suspension', {
      reason: 'the owner is away',
      until: '2026-03-12T10:00:00+08:00',
    });
    await driver.act('squad-02', caseNo, 'endorse');
    // One of four working days is used.
    tested.clock.nowMs = Date.parse('2026-03-03T10:00:00+08:00');
    expect(await driver.act('dispatcher-01', caseNo, 'suspend')).toMatchObject({
      state: 'suspended',
      suspendedUntil: '2026-03-12T10:00:00+08:00',
    });
    tested.clock.nowMs = Date.parse('2026-03-11T10:00:00+08:00');
    expect(await driver.read(caseNo)).toMatchObject({ overdue: false, light: 'green' });
    await tested.console.runDueTimers();
    expect(await driver.read(caseNo)).toMatchObject({ state: 'suspended', escalatedPercent: 0 });
    // The timer comes late; the clock has run on since the date all the same.
    tested.clock.nowMs = Date.parse('2026-03-12T11:00:00+08:00');
    await tested.console.runDueTimers();
    const resumed = await driver.read(caseNo);
    expect(resumed).toMatchObject({
      state: 'in_disposal',
      deadline: '2026-03-17T10:00:00+08:00',
      suspendedUntil: null,
    });
    expect(resumed.flow.at(-1)).toMatchObject({ action: 'resume', actor: 'timer', role: null });
    const again = { reason: 'x', until: '2026-03-20T10:00:00+08:00' };
    expect(await driver.refuse('squad-01', caseNo, 'apply_suspension', again)).toContain(
      'suspended once already',
    );
  });

  test('an appeal: once, of an overdue case, past dispatcher and intake; the facts stay', async () => {
    const { caseNo } = await driver.toDisposal(parking);
    minutes(200);
    await driver.act('squad-01', caseNo, 'dispose');
    await driver.act('intake-01', caseNo, 'send_check');
    await driver.act('collector-01', caseNo, 'check_pass');
    const closed = await driver.act('shift-leader-01', caseNo, 'close');
    expect(closed).toMatchObject({ state: 'closed', closeType: 'overdue', overdue: true });
    await driver.act('squad-01', caseNo, 'apply_appeal', { reason: 'the road was closed' });
    expect(await driver.refuse('intake-01', caseNo, 'grant_appeal')).toContain('not endorsed');
    await driver.act('dispatcher-01', caseNo, 'endorse_appeal');
    const granted = await driver.act('intake-01', caseNo, 'grant_appeal');
    expect(granted).toMatchObject({ overdueExempt: true, overdue: true, closeType: 'overdue' });
    expect(granted.deadline).toBe(closed.deadline);
    expect(await driver.refuse('squad-01', caseNo, 'apply_appeal', { reason: 'x' })).toContain(
      'a unit may once',
    );
    // Late is late, however it was closed.
    const special = await driver.toDisposal(parking);
    minutes(200);
    await driver.act('squad-01', special.caseNo, 'dispose');
    await driver.act('intake-01', special.caseNo, 'send_check');
    await driver.act('collector-01', special.caseNo, 'check_pass');
    await driver.act('commander-01', special.caseNo, 'force_close', { reason: 'x' });
    const squad = await driver.user('squad-01');
    const offered = (await squad.get(`/api/cases/${special.caseNo}`)).json<{ actions: string[] }>().actions;
    expect(offered).toContain('apply_appeal');
    const inTime = await driver.toDisposal(parking);
    await sql.query(`update case_file set state = 'closed', disposed_at = created_at where case_no = $1`, [
      inTime.caseNo,
    ]);
    expect(await driver.refuse('squad-01', inTime.caseNo, 'apply_appeal', { reason: 'x' })).toContain(
      'not overdue',
    );
  });
});
