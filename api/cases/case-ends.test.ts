import * as fc from 'fast-check';
import type { Kysely } from 'kysely';
import type { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CaseAction, caseActions } from '../../domain/mod.ts';
import { type CaseConsole, openCaseConsole } from '../../test/support/case-console.ts';
import type { CaseDriver } from '../../test/support/case-driver.ts';
import { readReply, type TestConsole } from '../../test/support/console.ts';
import type { Tables } from '../database/tables.ts';
import { findBrokenFlow } from './flow-record.ts';
import type { CaseDetail as Detail } from './schema.ts';

let opened: CaseConsole;
let tested: TestConsole;
let sql: Client;
let db: Kysely<Tables>;
let driver: CaseDriver;

/** A Monday, ten in the morning. */
const startMs = Date.parse('2026-03-02T10:00:00+08:00');
const place = { lon: 120.632, lat: 27.781 };
const metresNorth = (metres: number) => ({ ...place, lat: place.lat + metres / 111_195 });
const vendor = { source: 'collector', offence: 'street_vending', point: place } as const;
const parked = { source: 'public', offence: 'sidewalk_parking', point: place } as const;
const parking = { source: 'public', offence: 'sidewalk_parking', reporter: '12345-0001' } as const;

beforeAll(async () => {
  opened = await openCaseConsole();
  ({ tested, sql, db, driver } = opened);
});

beforeEach(() => {
  tested.clock.nowMs = startMs;
});

afterAll(() => opened?.close());

const minutes = (count: number) => {
  tested.clock.nowMs += count * 60_000;
};

describe('ends', () => {
  test('a void that the dispatcher applies for and the shift leader approves', async () => {
    const { caseNo } = await driver.toDisposal(vendor);
    await driver.act('dispatcher-01', caseNo, 'apply_void', { reason: 'reported by mistake' });
    await driver.act('shift-leader-01', caseNo, 'refuse_void', { reason: 'the photo shows it' });
    await driver.act('dispatcher-01', caseNo, 'apply_void', { reason: 'a licensed market' });
    const voided = await driver.act('shift-leader-01', caseNo, 'void', { reason: 'agreed' });
    expect(voided).toMatchObject({ state: 'voided', actions: [] });
    expect(voided.applications.map(({ state }) => state)).toEqual(['refused', 'granted']);
    const { rows } = await sql.query('select * from case_timer where case_no = $1', [caseNo]);
    expect(rows).toEqual([]);
  });

  test('a master closes what was merged into it; what is split stands where it stood', async () => {
    const master = await driver.toDisposal(vendor);
    const near = await driver.report({ ...vendor, point: metresNorth(49) });
    const far = await driver.report({ ...vendor, point: metresNorth(51) });
    const other = await driver.report({ ...parking, point: place });
    const merge = { master: master.caseNo };
    expect(await driver.refuse('intake-01', far.caseNo, 'merge', merge)).toContain('51 m away');
    expect(await driver.refuse('intake-01', other.caseNo, 'merge', merge)).toContain('another class');
    expect(await driver.refuse('intake-01', near.caseNo, 'merge', { master: near.caseNo }, 400)).toContain(
      'itself',
    );
    expect(await driver.refuse('intake-01', near.caseNo, 'merge', { master: '404' }, 400)).toContain(
      'no case 404',
    );
    await driver.act('intake-01', near.caseNo, 'merge', merge);
    expect(await driver.act('intake-01', near.caseNo, 'split', { reason: 'two stalls' })).toMatchObject({
      state: 'reported',
      mergedInto: null,
    });
    await driver.act('intake-01', near.caseNo, 'merge', merge);
    expect((await driver.read(master.caseNo)).merged).toEqual([near.caseNo]);
    expect(await driver.refuse('shift-leader-01', master.caseNo, 'void', { reason: 'x' })).toContain(
      'split them first',
    );
    minutes(24 * 60 + 1);
    const nextDay = await driver.report(vendor);
    expect(await driver.refuse('intake-01', nextDay.caseNo, 'merge', merge)).toContain('at most 24 h');
    await driver.act('squad-01', master.caseNo, 'dispose');
    await driver.act('intake-01', master.caseNo, 'send_check');
    await driver.act('collector-01', master.caseNo, 'check_pass');
    await driver.act('shift-leader-01', master.caseNo, 'close');
    const closed = await driver.read(near.caseNo);
    expect(closed).toMatchObject({ state: 'closed', closeType: 'normal' });
    expect(closed.flow.at(-1)).toMatchObject({
      action: 'close_with_master',
      details: { master: master.caseNo },
    });
    expect(await findBrokenFlow(db, near.caseNo)).toBeNull();
    expect(await driver.refuse('shift-leader-01', near.caseNo, 'reopen', { reason: 'x' })).toContain(
      master.caseNo,
    );
  });

  test('a trifle that others were merged into takes them with it', async () => {
    const { caseNo } = await driver.report(vendor);
    const near = await driver.report(vendor);
    await driver.act('intake-01', near.caseNo, 'merge', { master: caseNo });
    await driver.act('collector-01', caseNo, 'self_dispose');
    await driver.act('intake-01', caseNo, 'approve_self_disposal');
    const closed = await driver.read(near.caseNo);
    expect(closed).toMatchObject({ state: 'closed', closeType: 'normal', mergedInto: caseNo });
    expect(closed.flow.at(-1)?.action).toBe('close_with_master');
  });

  test('what stands aside is merged as well, and stands where it stood once it is split', async () => {
    const master = await driver.toDisposal(vendor);
    const until = new Date(startMs + 3 * 3_600_000).toISOString();
    const suspend = async () => {
      const { caseNo } = await driver.toDisposal(vendor);
      await driver.act('squad-01', caseNo, 'apply_suspension', { reason: 'roadworks', until });
      await driver.act('squad-02', caseNo, 'endorse');
      return driver.act('dispatcher-01', caseNo, 'suspend');
    };
    const [paused, ended] = [await suspend(), await suspend()];
    const trifle = await driver.report(vendor);
    await driver.act('collector-01', trifle.caseNo, 'self_dispose');
    const merge = { master: master.caseNo };
    for (const { caseNo } of [paused, ended, trifle])
      expect(await driver.act('intake-01', caseNo, 'merge', merge)).toMatchObject({ state: 'merged' });
    const apart = { reason: 'two stalls' };
    expect(await driver.act('intake-01', trifle.caseNo, 'split', apart)).toMatchObject({
      state: 'self_disposed',
    });
    // Its suspension ended meanwhile, which nobody had to see: it goes on from that date.
    minutes(4 * 60);
    await tested.console.runDueTimers();
    expect((await driver.read(paused.caseNo)).state).toBe('merged');
    expect(await driver.act('intake-01', paused.caseNo, 'split', apart)).toMatchObject({
      state: 'suspended',
      suspendedUntil: paused.suspendedUntil,
    });
    await tested.console.runDueTimers();
    const resumed = await driver.read(paused.caseNo);
    expect(resumed).toMatchObject({ state: 'in_disposal', suspendedUntil: null });
    // It stood still for three hours, two of them at work.
    expect(resumed.deadline).toBe('2026-03-06T12:00:00+08:00');
    // A clock that stands is not late at the end, however late that is.
    tested.clock.nowMs += 10 * 24 * 3_600_000;
    await driver.act('squad-01', master.caseNo, 'dispose');
    await driver.act('intake-01', master.caseNo, 'send_check');
    await driver.act('collector-01', master.caseNo, 'check_pass');
    await driver.act('shift-leader-01', master.caseNo, 'close');
    expect(await driver.read(ended.caseNo)).toMatchObject({ state: 'closed', overdue: false });
    expect(await driver.read(master.caseNo)).toMatchObject({ state: 'closed', overdue: true });
  });

  test('what is merged is late no more by itself, and again once it is split', async () => {
    const [master, near] = [await driver.toDisposal(parked), await driver.toDisposal(parked)];
    await driver.act('intake-01', near.caseNo, 'merge', { master: master.caseNo });
    minutes(181);
    const listLate = async () => {
      const user = await driver.user('commander-01');
      const { items } = readReply<{ items: Detail[] }>(await user.get('/api/cases?late=true'));
      const { overdue } = readReply<{ overdue: number }>(await user.get('/api/summary'));
      const wall = readReply<{ overdue: Detail[] }>(await user.get('/api/wall'));
      expect([overdue, wall.overdue.length]).toEqual([items.length, items.length]);
      return [master, near].map(({ caseNo }) => items.some((item) => item.caseNo === caseNo));
    };
    expect(await listLate()).toEqual([true, false]);
    await driver.act('intake-01', near.caseNo, 'split', { reason: 'another car' });
    expect(await listLate()).toEqual([true, true]);
  });

  test('a public report that nobody had before may be an omission, and intake says whether it is', async () => {
    minutes(48 * 60);
    const seen = await driver.report({ ...vendor, point: metresNorth(500) });
    const omission = async (body: object) => {
      const reported = await driver.report({ source: 'public', offence: 'street_vending', ...body });
      return [reported.omission, reported.flow[0]?.details['earlier'] ?? null, reported.caseNo] as const;
    };
    expect((await omission({ point: metresNorth(549) })).slice(0, 2)).toEqual([null, { case: seen.caseNo }]);
    expect((await omission({ point: metresNorth(449) }))[0]).toBe('possible');
    expect((await omission({}))[0]).toBe('possible');
    expect((await omission({ offence: 'clutter', point: metresNorth(500) }))[0]).toBe('possible');
    const [known, , knownNo] = await omission({ point: metresNorth(500) });
    expect(known).toBeNull();
    expect(await driver.refuse('intake-01', knownNo, 'judge_omission', { omitted: true })).toContain(
      'did not report it first',
    );
    await driver.act('intake-01', seen.caseNo, 'refuse', { reason: 'nothing there' });
    await sql.query(`update case_file set state = 'voided' where source = 'public' and class_code = '04-01'`);
    const [, , caseNo] = await omission({ point: metresNorth(500) });
    expect((await driver.read(caseNo)).omission).toBe('possible');
    expect(await driver.refuse('intake-01', caseNo, 'judge_omission', {}, 400)).toContain('body.omitted');
    expect(await driver.act('intake-01', caseNo, 'judge_omission', { omitted: true })).toMatchObject({
      omission: 'confirmed',
    });
    expect(await driver.act('intake-01', caseNo, 'judge_omission', { omitted: false })).toMatchObject({
      omission: 'dismissed',
      brokenFlow: null,
    });
    minutes(24 * 60 + 1);
    expect((await omission({ point: metresNorth(500) }))[0]).toBe('possible');
  });

  test('a unit that is at work no more gets no case', async () => {
    const { caseNo } = await driver.toDisposal(vendor);
    await sql.query(`update unit set is_active = false where id = 'traffic-police'`);
    const refused = await driver.refuse(
      'dispatcher-01',
      caseNo,
      'reassign',
      { unit: 'traffic-police', reason: 'x' },
      400,
    );
    expect(refused).toContain('no unit "traffic-police"; known: huling-squad, sanitation');
    await sql.query(`update unit set is_active = true where id = 'traffic-police'`);
  });

  test('nothing is reopened with or left to a unit that is at work no more, and what it has goes on to another', async () => {
    const setActive = (isActive: boolean) =>
      sql.query(`update unit set is_active = $1 where id = 'huling-squad'`, [isActive]);
    const gone = 'its unit huling-squad (湖岭执法中队) is at work no more';
    const to = { unit: 'sanitation', reason: 'the squad is dissolved' };
    const open = async () => (await driver.toDisposal(parking)).caseNo;
    const [ended, asked, failed, paused] = [await open(), await open(), await open(), await open()];
    await driver.act('squad-01', ended, 'dispose');
    await driver.act('squad-01', failed, 'dispose');
    for (const caseNo of [ended, failed]) await driver.act('intake-01', caseNo, 'send_check');
    await driver.act('collector-01', ended, 'check_pass');
    await driver.act('shift-leader-01', ended, 'close');
    await driver.act('squad-01', asked, 'apply_return', { reason: 'not ours' });
    const until = new Date(startMs + 3_600_000).toISOString();
    await driver.act('squad-01', paused, 'apply_suspension', { reason: 'roadworks', until });
    await driver.act('squad-02', paused, 'endorse');
    await driver.act('dispatcher-01', paused, 'suspend');

    await setActive(false);
    try {
      expect(await driver.refuse('shift-leader-01', ended, 'reopen', { reason: 'back again' })).toBe(
        `case ${ended}: ${gone}; report the place again instead`,
      );
      expect(await driver.refuse('dispatcher-01', asked, 'refuse_return', { reason: 'it is' })).toBe(
        `case ${asked}: ${gone}; return or reassign the case instead`,
      );
      expect((await driver.read(asked)).applications).toMatchObject([{ kind: 'return', state: 'open' }]);
      await driver.act('collector-01', failed, 'check_fail', { reason: 'still there' });
      await driver.act('dispatcher-01', paused, 'resume');
      for (const caseNo of [asked, failed, paused])
        expect(await driver.act('dispatcher-01', caseNo, 'reassign', to)).toMatchObject({
          state: 'dispatched',
          unit: { id: 'sanitation' },
        });
    } finally {
      await setActive(true);
    }
    expect(await driver.act('shift-leader-01', ended, 'reopen', { reason: 'back again' })).toMatchObject({
      state: 'in_disposal',
      round: 2,
    });
  });

  test('a case is reopened within a week, as another round on a clock of its own', async () => {
    const { caseNo } = await driver.toDisposal(parking);
    await driver.act('squad-01', caseNo, 'dispose');
    await driver.act('intake-01', caseNo, 'send_check');
    const failed = await driver.act('collector-01', caseNo, 'check_fail', { reason: 'still there' });
    expect(failed).toMatchObject({ state: 'in_disposal', counts: { reworks: 1 } });
    await driver.act('squad-01', caseNo, 'dispose');
    await driver.act('intake-01', caseNo, 'send_check');
    await driver.act('collector-01', caseNo, 'check_pass');
    expect(await driver.refuse('shift-leader-01', caseNo, 'force_close', { reason: 'x' }, 403)).toContain(
      'commander',
    );
    expect(
      await driver.act('commander-01', caseNo, 'force_close', { reason: 'the street is dug up' }),
    ).toMatchObject({
      closeType: 'special',
    });
    minutes(7 * 24 * 60);
    const reopened = await driver.act('shift-leader-01', caseNo, 'reopen', { reason: 'it is back' });
    expect(reopened).toMatchObject({
      state: 'in_disposal',
      round: 2,
      closeType: null,
      deadline: '2026-03-09T13:00:00+08:00',
    });
    expect(reopened.flow.at(-1)?.round).toBe(2);
    await driver.act('squad-01', caseNo, 'dispose');
    await driver.act('intake-01', caseNo, 'send_check');
    await driver.act('collector-01', caseNo, 'check_pass');
    const error = { closeType: 'error', reason: 'sent to the wrong street' };
    expect(await driver.act('shift-leader-01', caseNo, 'close', error)).toMatchObject({ closeType: 'error' });
    minutes(7 * 24 * 60 + 1);
    expect(await driver.refuse('shift-leader-01', caseNo, 'reopen', { reason: 'x' })).toContain(
      'more than 7 days ago',
    );
  });

  test('urging and supervising leave the state and are on record', async () => {
    const { caseNo } = await driver.toDisposal(vendor);
    await driver.act('dispatcher-01', caseNo, 'urge', { note: 'please' });
    const supervised = await driver.act('shift-leader-01', caseNo, 'supervise', {
      reason: 'third time this week',
    });
    expect(supervised).toMatchObject({ state: 'in_disposal', counts: { urges: 1 } });
    expect(supervised.flow.slice(-2).map(({ action, from, to }) => [action, from, to])).toEqual([
      ['urge', 'in_disposal', 'in_disposal'],
      ['supervise', 'in_disposal', 'in_disposal'],
    ]);
  });
});

test('whatever is done in whatever order, the chain of the flow verifies and its numbers have no gap', async () => {
  const step = fc.tuple(fc.constantFrom(...caseActions), fc.integer({ min: 0, max: 400 }));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 14 }), async (steps) => {
      tested.clock.nowMs = startMs;
      const walker = await driver.user('demo');
      const { caseNo } = await driver.report({ source: 'public', offence: 'sidewalk_parking', point: place });
      let taken = 0;
      for (const [wanted, waitMinutes] of steps) {
        tested.clock.nowMs = Math.min(tested.clock.nowMs + waitMinutes * 1000, startMs + 20 * 60_000);
        const file = (await walker.get(`/api/cases/${caseNo}`)).json<{
          version: number;
          actions: CaseAction[];
        }>();
        const action = file.actions[caseActions.indexOf(wanted) % Math.max(1, file.actions.length)];
        if (action === undefined) break;
        const photo = ['dispose', 'check_pass', 'check_fail', 'verify_done'].includes(action)
          ? { photo: await walker.uploadPhoto() }
          : {};
        const reply = await walker.post(`/api/cases/${caseNo}/actions/${action}`, {
          version: file.version,
          reason: 'any',
          ...photo,
          ...(action === 'verify_done' ? { point: place } : {}),
          ...(['decide', 'dispatch'].includes(action) ? { unit: 'huling-squad' } : {}),
          ...(action === 'reassign' ? { unit: 'sanitation' } : {}),
        });
        expect(reply.statusCode).toBeLessThan(500);
        if (reply.statusCode === 200) taken += 1;
      }
      expect(await findBrokenFlow(db, caseNo)).toBeNull();
      const { rows } = await sql.query<{ count: string }>(
        'select count(*) from flow_record where case_no = $1',
        [caseNo],
      );
      expect(Number(rows[0]?.count)).toBe(taken + 1);
    }),
    { numRuns: 12 },
  );
}, 120_000);
