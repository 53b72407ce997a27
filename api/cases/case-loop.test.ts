import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  confirmAs,
  openTestConsole,
  readReply,
  type TestConsole,
  type TestUser,
} from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import type { CaseDetail } from './schema.ts';

let postgres: TestPostgres;
let tested: TestConsole;
const users: Record<string, TestUser> = {};

beforeAll(async () => {
  postgres = await startTestPostgres();
  tested = await openTestConsole(await postgres.createDatabase());
  for (const name of [
    'reviewer-01',
    'shift-leader-01',
    'dispatcher-01',
    'squad-01',
    'intake-01',
    'collector-01',
  ])
    users[name] = await tested.logIn(name);
});

afterAll(async () => {
  await tested?.close();
  await postgres?.stop();
});

/** Sessions end when the clock is moved far. */
async function logInAll(): Promise<void> {
  for (const name of [
    'reviewer-01',
    'shift-leader-01',
    'dispatcher-01',
    'squad-01',
    'intake-01',
    'collector-01',
  ])
    users[name] = await tested.logIn(name);
}

function as(name: string): TestUser {
  const user = users[name];
  if (user === undefined) throw new Error(`${name} is not logged in`);
  return user;
}

async function confirm(
  given: Parameters<TestConsole['queueCandidate']>[0],
  level: 'normal' | 'urgent',
): Promise<string> {
  const { id } = await tested.queueCandidate(given);
  const confirmed = await confirmAs(as('reviewer-01'), id, { level });
  return readReply<{ case: { caseNo: string } }>(confirmed).case.caseNo;
}

async function act(name: string, caseNo: string, action: string, body: object): Promise<CaseDetail> {
  return readReply<CaseDetail>(await as(name).post(`/api/cases/${caseNo}/actions/${action}`, body));
}

describe('the closed loop', () => {
  test('carries a vendor from the candidate to the closed case, on the clock of four working days', async () => {
    const vendor = {
      offence: 'street_vending',
      class: 'vendor_stall',
      ruleId: 'street_vending@bridge',
      zone: 'bridge',
    } as const;
    const caseNo = await confirm(vendor, 'normal');
    expect(caseNo).toBe('3303812026030200001');

    let file = await act('shift-leader-01', caseNo, 'register', { version: 1 });
    expect(file).toMatchObject({
      state: 'registered',
      stateZh: '已立案',
      limit: { value: 4, unit: 'work_day' },
      deadline: null,
    });
    file = await act('dispatcher-01', caseNo, 'dispatch', { version: file.version, unit: 'huling-squad' });
    expect(file).toMatchObject({
      state: 'dispatched',
      unit: { id: 'huling-squad', name: '湖岭执法中队' },
      // Monday 10:00 and four working days.
      deadline: '2026-03-06T10:00:00+08:00',
      overdue: false,
    });
    tested.clock.nowMs += 20 * 60_000;
    file = await act('squad-01', caseNo, 'receive', { version: file.version });
    const after = await as('squad-01').uploadPhoto();
    file = await act('squad-01', caseNo, 'dispose', {
      version: file.version,
      photo: after,
      note: 'the stall has left',
    });
    expect(file).toMatchObject({ state: 'disposed', overdue: false });
    file = await act('intake-01', caseNo, 'send_check', { version: file.version });
    const checked = await as('collector-01').uploadPhoto();
    file = await act('collector-01', caseNo, 'check_pass', { version: file.version, photo: checked });
    file = await act('shift-leader-01', caseNo, 'close', { version: file.version });
    expect(file).toMatchObject({ state: 'closed', stateZh: '已结案', actions: ['reopen'], overdue: false });

    expect(
      file.flow.map(({ seq, from, to, action, actor, role }) => [seq, from, to, action, actor, role]),
    ).toEqual([
      [1, null, 'reported', 'report', 'ai', null],
      [2, 'reported', 'accepted', 'accept', 'reviewer-01', 'reviewer'],
      [3, 'accepted', 'registered', 'register', 'shift-leader-01', 'shift_leader'],
      [4, 'registered', 'dispatched', 'dispatch', 'dispatcher-01', 'dispatcher'],
      [5, 'dispatched', 'in_disposal', 'receive', 'squad-01', 'officer'],
      [6, 'in_disposal', 'disposed', 'dispose', 'squad-01', 'officer'],
      [7, 'disposed', 'checking', 'send_check', 'intake-01', 'intake_officer'],
      [8, 'checking', 'pending_close', 'check_pass', 'collector-01', 'collector'],
      [9, 'pending_close', 'closed', 'close', 'shift-leader-01', 'shift_leader'],
    ]);
    expect(file.flow[5]?.attachments.map(({ id }) => id)).toEqual([after]);
    expect(file.flow[5]?.opinion).toBe('the stall has left');
    expect(file.stills.map(({ moment }) => moment)).toEqual(['first', 'middle', 'last']);
    expect(file.flow.map(({ prevHash }) => prevHash)).toEqual([
      null,
      ...file.flow.slice(0, -1).map(({ hash }) => hash),
    ]);
  });

  test('gives an urgent case four hours that run on into the evening', async () => {
    tested.clock.nowMs = Date.parse('2026-03-02T16:30:00+08:00');
    await logInAll();
    const caseNo = await confirm(
      { fromMs: tested.clock.nowMs, offence: 'clutter', class: 'object' },
      'urgent',
    );
    const registered = await act('shift-leader-01', caseNo, 'register', { version: 1 });
    expect(registered).toMatchObject({ level: 'urgent', limit: { value: 4, unit: 'urgent_hour' } });
    const file = await act('dispatcher-01', caseNo, 'dispatch', { version: 2, unit: 'huling-squad' });
    expect(file.deadline).toBe('2026-03-02T20:30:00+08:00');

    tested.clock.nowMs = Date.parse('2026-03-02T20:30:01+08:00');
    await logInAll();
    expect((await as('squad-01').get(`/api/cases/${caseNo}`)).json()).toMatchObject({ overdue: true });
    expect((await as('squad-01').get('/api/summary')).json()).toMatchObject({ overdue: 1 });
    await act('squad-01', caseNo, 'receive', { version: 3 });
    const late = await act('squad-01', caseNo, 'dispose', {
      version: 4,
      photo: await as('squad-01').uploadPhoto(),
    });
    expect(late.overdue).toBe(true);
    expect(late.flow.at(-1)).toMatchObject({ overdue: true, deadline: '2026-03-02T20:30:00+08:00' });
    // Nobody waits for the unit any more, and the fact that it was late stays.
    expect((await as('squad-01').get('/api/summary')).json()).toMatchObject({ overdue: 0 });
  });

  test('takes the side ways: return, another unit, rework under the same deadline', async () => {
    const caseNo = await confirm({ fromMs: tested.clock.nowMs, zone: 'side' }, 'normal');
    await act('shift-leader-01', caseNo, 'register', { version: 1, standard: 'sidewalk_parking-normal' });
    await act('dispatcher-01', caseNo, 'dispatch', { version: 2, unit: 'huling-squad' });
    const back = await act('dispatcher-01', caseNo, 'return', {
      version: 3,
      reason: 'not its street',
      note: 'see the map',
    });
    expect(back).toMatchObject({ state: 'registered', unit: null, deadline: null });
    expect(back.flow.at(-1)).toMatchObject({
      unit: { id: 'huling-squad' },
      opinion: 'not its street; see the map',
    });

    const first = await act('dispatcher-01', caseNo, 'dispatch', { version: 4, unit: 'traffic-police' });
    tested.clock.nowMs += 60_000;
    const moved = await act('dispatcher-01', caseNo, 'reassign', {
      version: 5,
      unit: 'huling-squad',
      reason: 'theirs',
    });
    expect(moved).toMatchObject({ unit: { id: 'huling-squad' }, deadline: first.deadline });

    await act('squad-01', caseNo, 'receive', { version: 6 });
    await act('squad-01', caseNo, 'dispose', { version: 7, photo: await as('squad-01').uploadPhoto() });
    await act('intake-01', caseNo, 'send_check', { version: 8 });
    const photo = await as('collector-01').uploadPhoto();
    const failed = await act('collector-01', caseNo, 'check_fail', {
      version: 9,
      photo,
      reason: 'still there',
    });
    expect(failed).toMatchObject({ state: 'in_disposal', deadline: first.deadline, overdue: false });
    tested.clock.nowMs += 3 * 3_600_000;
    await logInAll();
    expect((await as('squad-01').get(`/api/cases/${caseNo}`)).json()).toMatchObject({ overdue: true });
    const voided = await act('shift-leader-01', caseNo, 'void', { version: 10, reason: 'reported twice' });
    expect(voided.state).toBe('voided');
  });
});
