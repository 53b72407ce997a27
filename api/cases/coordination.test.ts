import type { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CaseConsole, openCaseConsole } from '../../test/support/case-console.ts';
import type { CaseDriver } from '../../test/support/case-driver.ts';
import { readReply, type TestConsole } from '../../test/support/console.ts';
import { isInReach, type Place, toReach } from '../auth/reach.ts';
import type { CaseDetail as Detail } from './schema.ts';

let opened: CaseConsole;
let tested: TestConsole;
let sql: Client;
let driver: CaseDriver;

/** A Monday, ten in the morning. */
const startMs = Date.parse('2026-03-02T10:00:00+08:00');

beforeAll(async () => {
  opened = await openCaseConsole();
  ({ tested, sql, driver } = opened);
});

beforeEach(() => {
  tested.clock.nowMs = startMs;
});

afterAll(() => opened?.close());

describe('coordination', () => {
  const steps = (detail: Detail) =>
    detail.flow.slice(-3).map(({ action, unit }) => [action, unit?.id ?? null]);
  beforeAll(async () => {
    await sql.query(`
      insert into account (username, display_name, password_hash, roles, unit_id)
      select 'cleaner-01', '环卫 01', password_hash, roles, 'sanitation' from account where username = 'squad-01'`);
    await sql.query(`
      insert into integration (id, name, kind, direction, state, url, events, accepts, unit_id, secret_key_id, secret,
          created_by, created_at, updated_at) values
        ('cleaners', '环卫平台', 'webhook', 'out', 'enabled', 'https://example.com/cleaners', '{case.*}', '{}', 'sanitation', 'k', '', 'x', now(), now())`);
  });

  const toCoordination = async () => {
    const { caseNo } = await driver.report({ source: 'public', offence: 'illegal_construction' });
    await driver.act('intake-01', caseNo, 'accept');
    await driver.act('shift-leader-01', caseNo, 'register');
    await driver.act('dispatcher-01', caseNo, 'coordinate', { reason: '两单位均称不属其管辖' });
    return caseNo;
  };

  test('units that the commander names see the case, give their opinion, and the decision rests on it', async () => {
    const caseNo = await toCoordination();
    const cleaner = await driver.user('cleaner-01');
    const list = async () =>
      (await cleaner.get('/api/cases?unit=mine&state=coordination'))
        .json<{ items: { caseNo: string }[] }>()
        .items.map((item) => item.caseNo);
    expect((await cleaner.get(`/api/cases/${caseNo}`)).statusCode).toBe(403);
    expect(await driver.refuse('cleaner-01', caseNo, 'give_opinion', { reason: 'x' }, 403)).toContain(
      'takes no part',
    );
    expect(await driver.refuse('dispatcher-01', caseNo, 'consult', { units: ['sanitation'] }, 403)).toContain(
      'commander',
    );
    expect(await driver.refuse('commander-01', caseNo, 'consult', { units: ['nowhere'] }, 400)).toContain(
      'body.units: no unit "nowhere"',
    );
    const consulted = await driver.act('commander-01', caseNo, 'consult', {
      units: ['sanitation', 'huling-squad'],
    });
    expect(consulted).toMatchObject({ state: 'coordination', unit: null });
    expect(consulted.consulted.map(({ id }) => id)).toEqual(['huling-squad', 'sanitation']);

    expect(await list()).toEqual([caseNo]);
    expect(readReply<Detail>(await cleaner.get(`/api/cases/${caseNo}`)).actions).toEqual(['give_opinion']);
    expect((await cleaner.get('/api/summary')).json()).toMatchObject({ cases: { coordination: 1 } });
    expect(await driver.refuse('cleaner-01', caseNo, 'receive')).toContain('(coordination); receive needs');
    const photo = await cleaner.uploadPhoto();
    const said = await driver.act('cleaner-01', caseNo, 'give_opinion', {
      reason: '该处非道路，归中队',
      photo,
    });
    expect(said).toMatchObject({ state: 'coordination', stageDeadline: consulted.stageDeadline });
    expect(said.flow.at(-1)).toMatchObject({ unit: { id: 'sanitation' }, opinion: '该处非道路，归中队' });
    const squad = await driver.user('squad-01');
    expect((await squad.get(`/api/photos/${photo}`)).statusCode).toBe(200);
    await driver.act('squad-01', caseNo, 'give_opinion', { reason: '可以接' });

    const decided = await driver.act('commander-01', caseNo, 'decide', {
      unit: 'huling-squad',
      reason: '按界线',
    });
    expect(decided).toMatchObject({
      state: 'dispatched',
      unit: { id: 'huling-squad' },
      consulted: [],
      brokenFlow: null,
    });
    const opinions = decided.flow.filter(({ action }) => action === 'give_opinion').map(({ seq }) => seq);
    expect(decided.flow.at(-1)?.details).toEqual({
      routedBy: 'commander',
      consulted: ['huling-squad', 'sanitation'],
      opinions,
    });
    expect(steps(decided)).toEqual([
      ['give_opinion', 'sanitation'],
      ['give_opinion', 'huling-squad'],
      ['decide', 'huling-squad'],
    ]);
    // It is over: whoever took part and has not got the case sees it no more.
    expect(await list()).toEqual([]);
    expect((await cleaner.get(`/api/cases/${caseNo}`)).statusCode).toBe(403);
    expect((await cleaner.get(`/api/photos/${photo}`)).statusCode).toBe(200);
    // The unit's pages and its platform hear of it from when it takes part to the decision.
    const heard = await sql.query<{ places: Place[] }>(
      `select places from live_event where data ->> 'caseNo' = $1 order by row_no`,
      [caseNo],
    );
    const cleanerReach = {
      username: 'cleaner-01',
      reach: toReach(['officer'], 'sanitation', null, { limitUnitIds: null, limitGridIds: null }),
    };
    expect(heard.rows.map(({ places }) => places.some((at) => isInReach(at, cleanerReach)))).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
    const sent = await sql.query<{ type: string }>(
      `select type from outbox_message where integration_id = 'cleaners' and ordering_key = $1 order by type`,
      [caseNo],
    );
    expect(sent.rows.map(({ type }) => type)).toEqual([
      'case.consult',
      'case.decide',
      'case.give_opinion',
      'case.give_opinion',
    ]);
  });

  test('who is named no more takes part no more; a second coordination begins anew', async () => {
    const caseNo = await toCoordination();
    await driver.act('commander-01', caseNo, 'consult', { units: ['sanitation'] });
    await driver.act('cleaner-01', caseNo, 'give_opinion', { reason: '不归我们' });
    const renamed = await driver.act('commander-01', caseNo, 'consult', {
      units: ['huling-squad'],
      reason: '改问中队',
    });
    expect(renamed.flow.at(-1)?.details).toEqual({ units: ['huling-squad'], before: ['sanitation'] });
    expect(await driver.refuse('cleaner-01', caseNo, 'give_opinion', { reason: 'x' }, 403)).toContain(
      'takes no part',
    );
    await driver.act('commander-01', caseNo, 'decide', { unit: 'sanitation', reason: 'x' });
    const back = await driver.act('dispatcher-01', caseNo, 'coordinate', { reason: 'again' });
    expect(back.consulted).toEqual([]);
    const again = await driver.act('commander-01', caseNo, 'decide', { unit: 'huling-squad', reason: 'x' });
    expect(again.flow.at(-1)?.details).toMatchObject({ consulted: [], opinions: [] });
  });
});
