import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestConsole } from '../support/console.ts';
import { projectRoot } from '../support/fixtures.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';
import { addReviewCrowd, type ReviewCrowd } from '../support/review-crowd.ts';

const reviewers = 200;
const checks = { true: true, clear: true, complete: true, accurate: true };
const moments = ['first', 'middle', 'last'];

let postgres: TestPostgres;
let crowd: ReviewCrowd;
let dir: string;
let databaseUrl: string;
let running: ChildProcess | null = null;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'xunjie-review-kill-'));
  postgres = await startTestPostgres();
  databaseUrl = await postgres.createDatabase();
  // Makes the tables; the console under test is a process of its own.
  await (await openTestConsole(databaseUrl)).close();
  crowd = await addReviewCrowd(databaseUrl, { reviewers, candidates: reviewers * 2, nowMs: Date.now() });
}, 120_000);

afterAll(async () => {
  running?.kill('SIGKILL');
  await crowd?.close();
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function startConsole(): Promise<string> {
  const file = path.join(projectRoot, 'test/support/console-process.ts');
  running = spawn(process.execPath, ['--import', 'tsx', file], {
    cwd: projectRoot,
    env: { ...process.env, DATABASE_URL: databaseUrl, BLOBS: path.join(dir, 'blobs') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { stdout } = running;
  if (stdout === null) throw new Error('the console has no output');
  const [line] = (await once(stdout, 'data')) as [Buffer];
  return line.toString().trim();
}

async function count(text: string): Promise<number> {
  const { rows } = await crowd.sql.query<{ n: number }>(`select count(*)::int as n from ${text}`);
  return rows[0]?.n ?? 0;
}

test('a console that is killed in the middle of two hundred decisions has lost none it answered and doubles none afterwards', async () => {
  const url = await startConsole();
  const { rows: candidates } = await crowd.sql.query<{ id: string }>('select id from candidate order by id');
  const answered: string[] = [];
  let sent = 0;
  const post = async (index: number, what: string, body: object) => {
    const reply = await fetch(`${url}/api/candidates/${candidates[index]?.id}/${what}`, {
      method: 'POST',
      headers: { cookie: `xunjie_session=${crowd.tokens[index]}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    });
    return { status: reply.status, json: (await reply.json()) as { version: number } };
  };
  const leases = await Promise.all(crowd.tokens.map((_, index) => post(index, 'lease', {})));
  expect(leases.filter(({ status }) => status === 200)).toHaveLength(reviewers);
  await Promise.all(crowd.tokens.map((_, index) => post(index, 'stills-shown', { moments })));

  const deciding = crowd.tokens.map(async (_, index) => {
    // One after the other: the kill finds some answered, some on the way, some not begun.
    await delay(index * 4);
    sent += 1;
    const version = leases[index]?.json.version;
    const body = index % 3 === 0 ? { version, reason: 'permitted' } : { version, checks };
    const reply = await post(index, index % 3 === 0 ? 'reject' : 'confirm', body);
    if (reply.status === 200) answered.push(candidates[index]?.id ?? '');
  });
  const ended = Promise.allSettled(deciding);
  while (answered.length < reviewers / 4) await delay(2);
  running?.kill('SIGKILL');
  await ended;
  expect(answered.length).toBeLessThan(reviewers);
  expect(sent).toBe(reviewers);

  // Each decision is there whole or not at all: candidate, review and audit row stand or fall together.
  const kept = await count('review');
  const { rows: reviewed } = await crowd.sql.query<{ id: string }>('select candidate_id as id from review');
  const ids = new Set(reviewed.map((row) => row.id));
  expect(ids.size).toBe(kept);
  for (const id of answered) expect(ids).toContain(id);
  const decided = `candidate where state in ('confirmed', 'rejected')`;
  expect(await count(decided)).toBe(kept);
  expect(await count(`audit_log where action in ('candidate.confirm', 'candidate.reject')`)).toBe(kept);

  await startConsole();
  const due = 'review where settled_at is null';
  for (let waited = 0; waited < 600 && (await count(due)) > 0; waited++) await delay(100);
  expect(await count(due)).toBe(0);
  expect(await count('review')).toBe(kept);
  const confirmed = await count(`candidate where state = 'confirmed'`);
  expect(await count('case_file')).toBe(confirmed);
  expect(await count('(select distinct candidate_id from case_file) one')).toBe(confirmed);
  // What was under way is still held, and the reviewer may go on: the same lease, at the same version.
  expect(await count(`candidate where state = 'in_review'`)).toBe(reviewers - kept);
}, 300_000);
