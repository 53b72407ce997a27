import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CountName } from '../../domain/mod.ts';
import { type CaseConsole, openCaseConsole } from '../../test/support/case-console.ts';
import type { CaseDriver } from '../../test/support/case-driver.ts';
import { readReply } from '../../test/support/console.ts';

interface Row {
  key: string | null;
  name: string;
  counts: Record<CountName, number>;
  indicators: { name: string; text: string; numerator: number; denominator: number; formula: string }[];
}

let opened: CaseConsole;
let sql: Client;
let driver: CaseDriver;

beforeAll(async () => {
  opened = await openCaseConsole();
  ({ sql, driver } = opened);
});

afterAll(() => opened?.close());

async function ask(query: string, username = 'commander-01'): Promise<Row[]> {
  const user = await driver.user(username);
  return readReply<{ rows: Row[] }>(await user.get(`/api/indicators?${query}`)).rows;
}

function show(row: Row | undefined, name: string): string | undefined {
  return row?.indicators.find((indicator) => indicator.name === name)?.text;
}

describe('what cameras raised', () => {
  beforeAll(async () => {
    await sql.query(`
      insert into candidate (id, camera_id, offence, zone, state, version, urgency, from_at, raised_at, dwell_ms,
        mean_score, facts, facts_at, facts_rank, blind_of)
      select 'k' || n, 'cam-' || n % 2, 'clutter', 'z',
        case when n <= 6 then 'confirmed' when n <= 8 then 'rejected' when n = 9 then 'cleared'
          when n = 10 then 'suppressed' when n = 11 then 'observing' else 'confirmed' end,
        1, 1, at, at, 1, 0.5, '{}', at, 1, case when n = 12 then 'k1' end
      from generate_series(1, 12) n, (values (timestamptz '2022-01-03 10:00+08')) v(at)`);
    // One decision was taken back, one repeats another blindly: neither counts.
    await sql.query(`
      insert into review (candidate_id, reviewer_id, reviewer, result, reason, manifest_hash, facts, at, effective_at,
        settled_at, undone_at)
      select 'k' || n, account.id, account.username,
        case when n <= 6 or n = 12 then 'confirmed' when n <= 8 then 'rejected' else 'reminded' end,
        case n when 7 then 'duplicate' when 8 then 'not_offence' end, 'x', '{}', at, at,
        case when undone then null else at end, case when undone then at end
      from account, (values (timestamptz '2022-01-03 10:05+08')) v(at),
        (select n, false as undone from generate_series(1, 12) n where n not in (10, 11)
          union all select 5, true) decided
      where account.username = 'reviewer-01'`);
    // Reminded twice: still there after the first, gone after the second. One of the two cleared it.
    await sql.query(`
      insert into review (candidate_id, reviewer_id, reviewer, result, manifest_hash, facts, at, effective_at, settled_at)
      select 'k9', reviewer_id, reviewer, 'reminded', 'x', '{}', at + interval '1 h', at + interval '1 h', at + interval '1 h'
      from review where candidate_id = 'k9'`);
    await sql.query(`
      insert into reminder (review_id, candidate_id, channel, grace_ms, state, due_at, created_at, look)
      select id, 'k9', 'sms', 600000, 'done', at, at, case when at > '2022-01-03 10:30+08' then 'left' else 'still_there' end
      from review where candidate_id = 'k9'`);
  });

  test('candidates, what reviewers made of them, and what went by itself', async () => {
    const [all] = await ask('from=2022-01-03&to=2022-01-04');
    expect(all?.counts).toMatchObject({
      candidates: 9,
      suppressed: 1,
      reviewed: 8,
      confirmed: 6,
      rejected: 2,
      duplicates: 1,
      reminded: 2,
      cleared: 1,
    });
    expect(show(all, 'confirmationRate')).toBe('75.00 %');
    expect(show(all, 'falseAlarmRate')).toBe('25.00 %');
  });

  test.each([
    ['camera', ['cam-0', 'cam-1'], [4, 4]],
    ['class', ['gbt30428.2-2013 01-36'], [8]],
  ] as const)('by %s', async (by, names, reviewed) => {
    const rows = (await ask(`from=2022-01-03&to=2022-01-04&by=${by}`)).filter(
      ({ counts }) => counts.reviewed > 0,
    );
    const sorted = rows.toSorted((a, b) => String(a.key).localeCompare(String(b.key)));
    expect(sorted.map(({ key }) => key)).toEqual(names);
    expect(sorted.map(({ counts }) => counts.reviewed)).toEqual(reviewed);
  });

  test('by person: the reviewer who decided', async () => {
    const rows = await ask('from=2022-01-03&to=2022-01-04&by=person');
    expect(rows.find(({ key }) => key === 'reviewer-01')?.counts).toMatchObject({
      reviewed: 8,
      candidates: 0,
    });
  });
});
