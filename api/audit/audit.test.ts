import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  confirmAs,
  nextAddress,
  openTestConsole,
  readReply,
  type TestConsole,
} from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';

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

interface Line {
  readonly seq: number;
  readonly actor: string;
  readonly posts: string[] | null;
  readonly unit: string | null;
  readonly action: string;
  readonly objectId: string;
  readonly result: string;
  readonly reason: string | null;
  readonly ip: string | null;
  readonly details: Record<string, unknown>;
}

async function readLog(query = ''): Promise<{ items: Line[]; nextCursor: string | null }> {
  const auditor = await tested.logIn('auditor-01');
  return readReply(await auditor.get(`/api/audit?limit=200${query}`));
}

describe('every act has its line', () => {
  test('whichever route changes something: done by its slice, or refused, with post, unit, why and from where', async () => {
    const table = tested.console.app.accessTable.filter(
      ({ method, permission, url }) =>
        ['POST', 'PUT', 'DELETE', 'PATCH'].includes(method) &&
        permission !== 'public' &&
        !(method === 'DELETE' && ['/api/session', '/api/account/sessions'].includes(url)),
    );
    expect(table.length).toBeGreaterThan(80);
    const user = await tested.logIn('squad-01');
    for (const { method, url } of table) {
      const address = url
        .replace(/:id\b/g, '00000000-0000-4000-8000-000000000000')
        .replace(/:[A-Za-z]+/g, 'none');
      const before = await countLines();
      const reply = await user.inject({ method: method as 'POST', url: address, remoteAddress: '10.9.9.9' });
      expect(reply.statusCode).toBeGreaterThanOrEqual(400);
      expect({ method, url, lines: (await countLines()) - before }).toEqual({ method, url, lines: 1 });
    }
    const { items } = await readLog('&actor=squad-01&result=refused');
    expect(items.length).toBeGreaterThan(80);
    for (const line of items) {
      expect(line).toMatchObject({ posts: ['officer'], unit: 'huling-squad', ip: '10.9.9.9' });
      expect(line.reason).toMatch(/\S/);
    }
  });

  test('a confirmation is one line, written in its transaction with the reviewer’s post', async () => {
    const facts = await tested.queueCandidate();
    readReply(await confirmAs(await tested.logIn('reviewer-01'), facts.id));
    const { items } = await readLog(`&object=${facts.id}&result=done&action=candidate.confirm`);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ actor: 'reviewer-01', posts: ['reviewer'] });
  });

  test('a look that is refused for want of rights is a line; one at nothing, and one by nobody, is none', async () => {
    const officer = await tested.logIn('squad-01');
    const before = await countLines();
    await officer.get('/api/candidates');
    expect((await countLines()) - before).toBe(1);
    await officer.get('/api/cases/none');
    await tested.console.app.inject({ url: '/api/cases' });
    await tested.console.app.inject({ method: 'POST', url: '/api/reports' });
    expect((await countLines()) - before).toBe(1);
  });

  test('what was tried with a NUL is a line all the same', async () => {
    const administrator = await tested.logIn('administrator-01');
    const body = { displayName: 'a\0b', roles: [], unitId: null, username: 'x-nul' };
    expect((await administrator.post('/api/accounts', body)).statusCode).toBe(400);
    expect((await administrator.post('/api/keys/a%00b/revoke')).statusCode).toBe(400);
    const { items } = await readLog('&actor=administrator-01&result=refused');
    expect(items.map(({ objectId }) => objectId)).toEqual(['a\u{2400}b', '/api/accounts']);
  });

  test('failed logins and locked names are lines under the name that was tried', async () => {
    for (let attempt = 0; attempt < 6; attempt++)
      await tested.console.app.inject({
        method: 'POST',
        url: '/api/session',
        remoteAddress: nextAddress(),
        payload: { username: 'nobody-1', password: 'wrong' },
      });
    const { items } = await readLog('&actor=nobody-1');
    expect(items.map(({ action, result, reason }) => `${action} ${result}: ${reason}`)).toEqual([
      'session.open refused: name is locked',
      ...Array.from({ length: 5 }, () => 'session.open refused: wrong name or password'),
    ]);
  });

  async function countLines(): Promise<number> {
    const { rows } = await sql.query<{ n: number }>('select count(*)::int as n from audit_log');
    return rows[0]?.n ?? 0;
  }
});

describe('the auditor', () => {
  test('pages through the log, each line once, newest first', async () => {
    const auditor = await tested.logIn('auditor-01');
    const { rows } = await sql.query<{ seq: string }>('select seq from audit_log order by seq desc');
    const seen: number[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: Line[]; nextCursor: string | null } = readReply(
        await auditor.get(`/api/audit?limit=37${cursor === null ? '' : `&cursor=${cursor}`}`),
      );
      seen.push(...page.items.map(({ seq }) => seq));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(rows.map(({ seq }) => Number(seq)));
  });

  test('filters by time, result and beginning of the action, and refuses what is no filter', async () => {
    const { items } = await readLog('&action=session.&result=refused&from=2020-01-01T00:00:00Z');
    expect(items.length).toBeGreaterThan(5);
    for (const line of items) expect(`${line.action} ${line.result}`).toMatch(/^session\..* refused$/);
    expect((await readLog('&to=2020-01-01T00:00:00Z')).items).toEqual([]);
    const auditor = await tested.logIn('auditor-01');
    for (const query of ['from=yesterday', 'cursor=x', 'result=maybe', 'limit=0'])
      expect((await auditor.get(`/api/audit?${query}`)).statusCode).toBe(400);
  });

  test('takes the log away as CSV, which is a line itself, and no cell begins a formula', async () => {
    await tested.console.app.inject({
      method: 'POST',
      url: '/api/session',
      remoteAddress: nextAddress(),
      payload: { username: '=cmd|calc', password: 'wrong' },
    });
    const auditor = await tested.logIn('auditor-01');
    const reply = await auditor.get('/api/audit?format=csv&action=session.');
    expect(reply.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(reply.body).toContain('seq,at,actor,posts,unit,action');
    expect(reply.body).not.toMatch(/(^|,)"?=cmd/m);
    expect((await readLog('&action=audit.export')).items).toHaveLength(1);
  });

  test('alone reads it, and nobody changes it', async () => {
    for (const username of ['administrator-01', 'security-01', 'commander-01', 'reviewer-01'])
      expect((await (await tested.logIn(username)).get('/api/audit')).statusCode).toBe(403);
    for (const method of ['POST', 'PUT', 'DELETE'] as const)
      expect(
        (await (await tested.logIn('auditor-01')).inject({ method, url: '/api/audit' })).statusCode,
      ).toBe(405);
  });
});
