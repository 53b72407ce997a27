import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CaseConsole, openCaseConsole } from '../../test/support/case-console.ts';
import { readReply, type TestUser } from '../../test/support/console.ts';
import { testStartMs } from '../../test/support/sealed-candidate.ts';
import type { CasePage } from './list-cases.ts';

// More than are read one by one for a text: what is rare among the newest comes from the index.
const caseCount = 6000;
const minuteMs = 60_000;

interface Filed {
  readonly no: string;
  readonly address: string;
  readonly description: string | null;
  readonly state: 'closed' | 'in_disposal';
  readonly unit: string;
  readonly createdMs: number;
  readonly deadlineMs: number | null;
}

const filed: readonly Filed[] = Array.from({ length: caseCount }, (_, index) => {
  const n = index + 1;
  const isOpen = n % 50 === 0;
  return {
    no: `33038120260101${String(n).padStart(5, '0')}`,
    address: n === 42 ? '安阳路　４２ 号 Shop' : `塘河路 ${n} 号`,
    description: n % 10 === 0 ? '流动摊位占道' : n <= 3 ? '井盖破损' : n % 300 === 1 ? '树枝折断' : null,
    state: isOpen ? 'in_disposal' : 'closed',
    unit: n % 7 === 0 ? 'sanitation' : 'huling-squad',
    createdMs: testStartMs - (caseCount - n) * minuteMs,
    // Those filed last are due first.
    deadlineMs: isOpen ? testStartMs + (n % 4 === 0 ? -1 : 1) * (caseCount - n + 1) * minuteMs : null,
  };
});

let stage: CaseConsole;
let leader: TestUser;
beforeAll(async () => {
  stage = await openCaseConsole();
  leader = await stage.tested.logIn('shift-leader-01');
  const rows = filed.map((one) => ({
    ...one,
    created: new Date(one.createdMs),
    deadline: one.deadlineMs === null ? null : new Date(one.deadlineMs),
  }));
  await stage.sql.query(
    `with given as (
       select * from json_to_recordset($1) as row (no text, address text, description text, state text, unit text, created timestamptz, deadline timestamptz)
     ), made as (
       insert into case_file (case_no, source, state, level, version, class_scheme, class_code, address, description, unit_id, created_at, deadline, ended_at)
       select no, 'collector', state, 'normal', 1, 'gbt30428.2-2013', '04-01', address, description, unit, created, deadline,
         case when state = 'closed' then created end from given
     )
     insert into case_text (case_no, body) select no, search_text(concat_ws(' / ', address, description)) from given`,
    [JSON.stringify(rows)],
  );
});
afterAll(() => stage.close());

/** All pages of a list, one after the other. */
async function readAll(query: Record<string, string>): Promise<{ numbers: string[]; first: CasePage }> {
  const pages: CasePage[] = [];
  for (let cursor: string | null = ''; cursor !== null; cursor = pages.at(-1)?.nextCursor ?? null) {
    const asked = new URLSearchParams({ limit: '100', ...query, ...(cursor === '' ? {} : { cursor }) });
    pages.push(readReply<CasePage>(await leader.get(`/api/cases?${asked.toString()}`)));
  }
  return {
    numbers: pages.flatMap(({ items }) => items.map((item) => item.caseNo)),
    first: pages[0] as CasePage,
  };
}

function newestFirst(isWanted: (one: Filed) => boolean): string[] {
  return filed
    .filter(isWanted)
    .toSorted((a, b) => b.createdMs - a.createdMs)
    .map(({ no }) => no);
}

const has = (words: string) => (one: Filed) => `${one.address}${one.description ?? ''}`.includes(words);

test('a frequent word is found newest first through all pages, and the count says that there are more', async () => {
  const { numbers, first } = await readAll({ text: '摊位占道' });
  expect(numbers).toEqual(newestFirst(has('摊位占道')));
  expect(first).toMatchObject({ total: 200, totalIsMinimum: true });
});

test.each([
  ['among the oldest', '井盖破损', 3],
  ['seldom everywhere', '树枝折断', 19],
  ['nowhere', '无此地点', 0],
])('a word that stands %s is found, and counted exactly', async (_, text, total) => {
  const { numbers, first } = await readAll({ text });
  expect(numbers).toEqual(newestFirst(has(text)));
  expect(first).toMatchObject({ total, totalIsMinimum: false });
});

test.each(['安阳路42号', '安阳路 42 号', ' 安阳路\t４２号 ', 'SHOP', 'shop', '路４２号s'])(
  '"%s" is found whatever its blanks, width and letters',
  async (text) => {
    expect((await readAll({ text })).numbers).toEqual([filed[41]?.no]);
  },
);

test('a word is looked for in one unit, state and order as the list is', async () => {
  const isWanted = (one: Filed) => one.state === 'in_disposal' && one.unit === 'sanitation';
  const query = { text: '摊位', unit: 'sanitation', state: 'in_disposal', limit: '3' };
  expect((await readAll(query)).numbers).toEqual(newestFirst(isWanted));
  const byDeadline = filed.filter(isWanted).toSorted((a, b) => (a.deadlineMs ?? 0) - (b.deadlineMs ?? 0));
  expect((await readAll({ ...query, sort: 'deadline' })).numbers).toEqual(byDeadline.map(({ no }) => no));
  const late = byDeadline.filter(({ deadlineMs }) => (deadlineMs ?? 0) < testStartMs);
  expect((await readAll({ ...query, sort: 'deadline', late: 'true' })).numbers).toEqual(
    late.map(({ no }) => no),
  );
});

test('a number is found by its end', async () => {
  expect((await readAll({ number: '01234' })).numbers).toEqual(['3303812026010101234']);
  expect((await readAll({ number: '999' })).numbers).toEqual(newestFirst(({ no }) => no.endsWith('999')));
});
