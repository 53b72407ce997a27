import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Role, roles } from '../../domain/mod.ts';
import {
  confirmAs,
  openTestConsole,
  readReply,
  type TestConsole,
  type TestUser,
} from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { testStartMs } from '../../test/support/sealed-candidate.ts';
import { isAllowed } from '../auth/permissions.ts';
import type { CandidateDetail } from '../candidates/schema.ts';

const relations = [
  'queued',
  'held by them',
  'held by another',
  'decided by them',
  'decided by another',
  'open case',
  'ended case',
  'case of their unit',
  'penalty case of their unit',
] as const;
type Relation = (typeof relations)[number];

const all: readonly Relation[] = relations;
const none: readonly Relation[] = [];
const cases: readonly Relation[] = [
  'open case',
  'ended case',
  'case of their unit',
  'penalty case of their unit',
];

/** The city's table, written out: in which relation a post sees the number plate and the pictures whole. */
const wholeFor: Readonly<Partial<Record<Role, readonly Relation[]>>> = {
  reviewer: ['queued', 'held by them', 'decided by them'],
  intake_officer: ['open case', 'case of their unit', 'penalty case of their unit'],
  shift_leader: all,
  dispatcher: cases,
  commander: all,
  collector: none,
  officer: ['penalty case of their unit'],
  clerk: none,
  legal_reviewer: all,
  engineer: none,
  auditor: none,
};

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let made = 0;
const users = new Map<Role, TestUser>();
const packages = new Map<Relation, { id: string; hash: string }>();

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url, { review: { undoWindowMs: 8_000 } });
  sql = new Client(url);
  await sql.connect();
  for (const role of roles) {
    await sql.query(
      `insert into account (username, display_name, password_hash, roles, unit_id)
       select $1, $1, password_hash, array[$2], unit_id from account where username = 'squad-01'`,
      [`only-${role}`, role],
    );
    users.set(role, await tested.logIn(`only-${role}`));
  }
  const reviewer = userOf('reviewer');
  const other = await tested.logIn('reviewer-02');
  for (const relation of relations) {
    const id = await queue(reviewer);
    if (relation === 'held by them') readReply(await reviewer.post(`/api/candidates/${id}/lease`));
    if (relation === 'held by another') readReply(await other.post(`/api/candidates/${id}/lease`));
    if (relation === 'decided by them') readReply(await confirmAs(reviewer, id));
    if (relation === 'decided by another') readReply(await confirmAs(other, id));
    if (cases.includes(relation)) await makeCase(id, relation, other);
  }
}, 240_000);

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

function userOf(role: Role): TestUser {
  const user = users.get(role);
  if (user === undefined) throw new Error(`nobody is ${role}`);
  return user;
}

async function queue(reviewer: TestUser): Promise<string> {
  made += 1;
  const { id } = await tested.queueCandidate({ zone: `zone-${made}`, fromMs: testStartMs + made });
  const plated = await reviewer.inject({
    method: 'PUT',
    url: `/api/candidates/${id}/plate`,
    payload: { plate: '浙C12345' },
  });
  if (plated.statusCode !== 204) throw new Error(plated.body);
  const detail = readReply<CandidateDetail>(await reviewer.get(`/api/candidates/${id}`));
  packages.set(relations[made - 1] ?? 'queued', { id, hash: detail.evidence?.manifestHash ?? '' });
  return id;
}

/** A case as the flow would have made it: with the unit of the test's officer, or with none. */
async function makeCase(id: string, relation: Relation, other: TestUser): Promise<void> {
  readReply(await confirmAs(other, id));
  await sql.query(
    `insert into case_file (case_no, candidate_id, state, level, version, offence, camera_id, zone, created_at, unit_id, penalty_track, ended_at)
     select 'W-' || $1::text, id, 'in_disposal', 'normal', 1, offence, camera_id, zone, now(), $2, $3, $4 from candidate where id = $5`,
    [
      made,
      relation.endsWith('of their unit') ? 'huling-squad' : null,
      relation.startsWith('penalty'),
      relation === 'ended case' ? new Date() : null,
      id,
    ],
  );
}

describe.each(roles)('%s', (role) => {
  test.each(relations)('%s', async (relation) => {
    const user = userOf(role);
    const { id, hash } = packages.get(relation) ?? { id: '', hash: '' };
    const isWhole = wholeFor[role]?.includes(relation) ?? false;
    const isReader = isAllowed('evidence.read', [role]);
    const isOthers = role === 'officer' && !relation.endsWith('of their unit');
    const wanted = {
      whole: isWhole ? 200 : 403,
      // A masked copy and the manifest are open to whoever may see the package at all.
      masked: isReader && !isOthers ? 200 : 403,
    };
    if (isReader && !isOthers)
      readReply(await user.post(`/api/custody/packages/${hash}/purpose`, { purpose: 'to try the table' }));
    const ask = async (path: string) => (await user.get(`/api/evidence/${hash}/${path}`)).statusCode;
    expect({
      original: await ask('original/first.jpg'),
      annotated: await ask('annotated/first.jpg'),
      smallOriginal: await ask('original/first.jpg?width=100'),
      masked: await ask('masked/first.jpg'),
      manifest: await ask('manifest.json'),
    }).toEqual({
      original: wanted.whole,
      annotated: wanted.whole,
      smallOriginal: wanted.whole,
      masked: wanted.masked,
      manifest: wanted.masked,
    });
    const shown = await user.get(`/api/candidates/${id}/plate`);
    expect(shown.statusCode).toBe(wanted.masked);
    expect(shown.body).not.toContain('12345');
    if (wanted.masked === 200)
      expect(readReply(shown)).toMatchObject({ plate: '浙C****5', mayReveal: isWhole });
    const revealed = await user.post(`/api/candidates/${id}/plate/reveal`, { reason: 'to try the table' });
    expect(revealed.statusCode).toBe(wanted.whole);
    expect(revealed.body.includes('浙C12345')).toBe(isWhole);
  });
});

test('a page gets the pictures that its reader may open, and no others', async () => {
  const reviewer = userOf('reviewer');
  for (const relation of relations) {
    const { id } = packages.get(relation) ?? { id: '' };
    const detail = readReply<CandidateDetail>(await reviewer.get(`/api/candidates/${id}`));
    const isWhole = wholeFor.reviewer?.includes(relation) ?? false;
    expect(detail.stills.map(({ masked }) => masked)).toEqual([!isWhole, !isWhole, !isWhole]);
    for (const { originalUrl } of detail.stills) {
      expect(originalUrl.includes('/masked/')).toBe(!isWhole);
      if (isWhole) expect((await reviewer.get(originalUrl)).statusCode).toBe(200);
    }
    expect(detail.thumbnailUrl).toMatch(/\/masked\//);
  }
});

test('a reviewer enters the plates of the own queue, and no others', async () => {
  const put = (id: string) =>
    userOf('reviewer').inject({
      method: 'PUT',
      url: `/api/candidates/${id}/plate`,
      payload: { plate: '浙C12345' },
    });
  for (const relation of relations)
    expect((await put(packages.get(relation)?.id ?? '')).statusCode).toBe(
      wholeFor.reviewer?.includes(relation) === true ? 204 : 403,
    );
});
