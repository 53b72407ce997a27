import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CountName } from '../../domain/mod.ts';
import { makeCameraHealth } from '../../test/support/camera-health.ts';
import { openTestConsole, readReply, type TestConsole } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';

interface Row {
  readonly key: string | null;
  readonly counts: Record<CountName, number>;
  readonly indicators: readonly { readonly name: string; readonly text: string }[];
}

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  sql = new Client(url);
  await sql.connect();
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

async function ask(query: string): Promise<Row[]> {
  const user = await tested.logIn('commander-01');
  return readReply<{ rows: Row[] }>(await user.get(`/api/indicators?${query}`)).rows;
}

const show = (row: Row | undefined, name: string) =>
  row?.indicators.find((indicator) => indicator.name === name)?.text;
const at = (text: string) => Date.parse(`2026-03-03T${text}+08:00`);

test('a camera was there while its pictures came, not while it was down, and not while nothing was heard of it', async () => {
  const tell = (state: 'live' | 'down', text: string) =>
    tested.console.recordCameraHealth(makeCameraHealth({ camera: 'cam-09', state, atMs: at(text) }));
  // Reports every half minute: live for 60 minutes, down for 20, live for 10 and then silent.
  for (let minute = 0; minute < 60; minute += 0.5)
    await tell(
      'live',
      new Date(at('08:00:00') + minute * 60_000 + 8 * 3_600_000).toISOString().slice(11, 19),
    );
  for (let minute = 0; minute < 20; minute += 0.5)
    await tell(
      'down',
      new Date(at('09:00:00') + minute * 60_000 + 8 * 3_600_000).toISOString().slice(11, 19),
    );
  for (let minute = 0; minute <= 9; minute += 0.5)
    await tell(
      'live',
      new Date(at('09:20:00') + minute * 60_000 + 8 * 3_600_000).toISOString().slice(11, 19),
    );
  tested.clock.nowMs = at('10:00:00');
  const [first] = (await ask('from=2026-03-03&to=2026-03-04&by=camera')).filter(
    ({ key }) => key === 'cam-09',
  );
  // Two hours up to now; the last report is believed for a minute.
  expect(first?.counts).toMatchObject({ cameraMinutes: 120, cameraLiveMinutes: 70 });
  expect(show(first, 'cameraUptime')).toBe('58.33 %');
  // It comes back at eleven: the silence stays what it was.
  await tell('live', '11:00:00');
  tested.clock.nowMs = at('11:00:00');
  const [later] = (await ask('from=2026-03-03&to=2026-03-04&by=camera')).filter(
    ({ key }) => key === 'cam-09',
  );
  expect(later?.counts).toMatchObject({ cameraMinutes: 180, cameraLiveMinutes: 70 });
  const [morning] = await ask('from=2026-03-03T08:00:00%2B08:00&to=2026-03-03T09:00:00%2B08:00');
  expect(show(morning, 'cameraUptime')).toBe('100.00 %');
});

test('how long a review took, from the lease to the decision, and whether packages were whole', async () => {
  tested.clock.nowMs = at('12:00:00');
  const queued = [];
  for (const zone of ['a', 'b'])
    queued.push(await tested.queueCandidate({ fromMs: at('11:50:00'), ruleId: `clutter@${zone}`, zone }));
  const reviewer = await tested.logIn('reviewer-01');
  for (const [index, { id }] of queued.entries()) {
    const { version } = readReply<{ version: number }>(await reviewer.post(`/api/candidates/${id}/lease`));
    tested.clock.nowMs += 20_000;
    // Renewed meanwhile: it began when it was taken.
    readReply(await reviewer.post(`/api/candidates/${id}/lease`));
    tested.clock.nowMs += 10_000 * (index + 1);
    readReply(await reviewer.post(`/api/candidates/${id}/reject`, { version, reason: 'permitted' }));
  }
  // One of the two gets the clips that a whole package has.
  await sql.query(
    `update evidence set items = items || '[{"kind":"clip","moment":"start"},{"kind":"clip","moment":"end"}]'::jsonb where candidate_id = $1`,
    [queued[0]?.id],
  );
  const [all] = await ask('from=2026-03-03&to=2026-03-04');
  expect(all?.counts).toMatchObject({
    timedReviews: 2,
    reviewSeconds: 70,
    evidenceDue: 2,
    evidenceComplete: 1,
  });
  expect(show(all, 'meanReviewSeconds')).toBe('35.0');
  expect(show(all, 'evidenceCompleteness')).toBe('50.00 %');
  const byPerson = await ask('from=2026-03-03&to=2026-03-04&by=person');
  expect(byPerson.find(({ key }) => key === 'reviewer-01')?.counts.timedReviews).toBe(2);
  // Deleting what its time is over does not make it incomplete.
  await sql.query('update evidence set deleted_items = items, items = null where candidate_id = $1', [
    queued[0]?.id,
  ]);
  expect(show((await ask('from=2026-03-03&to=2026-03-04'))[0], 'evidenceCompleteness')).toBe('50.00 %');
});

test('a blind second decision that differs from the first is told', async () => {
  await sql.query(`
    insert into candidate (id, camera_id, offence, zone, state, version, urgency, from_at, raised_at, dwell_ms, mean_score, facts, facts_at, facts_rank)
    select 'first' || n, 'cam-1', 'clutter', 'z', 'confirmed', 1, 1, at, at, 1, 0.5, '{}', at, 1
    from generate_series(1, 3) n, (values (timestamptz '2022-01-03 10:00+08')) v(at)`);
  const decide = (id: string, result: string) =>
    sql.query(
      `insert into review (candidate_id, reviewer_id, reviewer, result, manifest_hash, facts, at, effective_at, settled_at)
       select $1, id, username, $2, 'x', '{}', at, at, at from account, (values (timestamptz '2022-01-03 11:00+08')) v(at) where username = 'reviewer-01'`,
      [id, result],
    );
  for (const n of [1, 2, 3]) {
    await decide(`first${n}`, 'confirmed');
    await sql.query(
      `insert into candidate (id, camera_id, offence, zone, state, version, urgency, from_at, raised_at, dwell_ms, mean_score, facts, facts_at, facts_rank, blind_of, blind_review_id)
       select 'blind' || $1, camera_id, offence, zone, 'confirmed', 1, 1, from_at, raised_at, 1, 0.5, '{}', facts_at, 1, id,
         (select id from review where candidate_id = candidate.id) from candidate where id = 'first' || $1`,
      [String(n)],
    );
    await decide(`blind${n}`, n === 2 ? 'rejected' : 'confirmed');
  }
  const [all] = await ask('from=2022-01-03&to=2022-01-04');
  expect(all?.counts).toMatchObject({ reviewed: 3, confirmed: 3, blindPairs: 3, blindDisagreed: 1 });
  expect(show(all, 'disagreementRate')).toBe('33.33 %');
});
