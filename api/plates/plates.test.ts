import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestConsole, readReply, type TestConsole, type TestUser } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { testStartMs } from '../../test/support/sealed-candidate.ts';
import { maskPlate, parsePlate } from './plate-text.ts';

const plate = '浙C·12345';
const minuteMs = 60_000;

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let reviewer: TestUser;
let count = 0;

beforeAll(async () => {
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  sql = new Client(url);
  await sql.connect();
  reviewer = await tested.logIn('reviewer-01');
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
});

const put = (id: string, text: string) =>
  reviewer.inject({ method: 'PUT', url: `/api/candidates/${id}/plate`, payload: { plate: text } });

async function queueWithPlate(text = plate): Promise<string> {
  const { id } = await tested.queueCandidate({ fromMs: testStartMs + ++count * minuteMs });
  expect((await put(id, text)).statusCode).toBe(204);
  return id;
}

async function makeCase(id: string, unit: string): Promise<void> {
  await sql.query(
    `insert into case_file (case_no, candidate_id, state, level, version, offence, camera_id, zone, created_at, unit_id)
     select 'P-' || $1::text, id, 'dispatched', 'normal', 1, offence, camera_id, zone, now(), $2 from candidate where id = $3`,
    [count, unit, id],
  );
}

describe('in the database', () => {
  test('there is no plate: not in its row, not in the audit log, not in the custody chain', async () => {
    const id = await queueWithPlate('浙CX7K9Q');
    await reviewer.post(`/api/candidates/${id}/plate/reveal`, { reason: 'to write the notice' });
    for (const table of ['plate', 'audit_log', 'custody_entry']) {
      const { rows } = await sql.query(`select t::text as row from ${table} t`);
      expect(rows.length).toBeGreaterThan(0);
      for (const { row } of rows) {
        expect(row).not.toMatch(/X7K9Q/i);
        // A bytea is printed in hexadecimal digits.
        expect(row).not.toContain(Buffer.from('X7K9Q').toString('hex'));
      }
    }
  });

  test('a field that was moved to another candidate is not shown as that one’s', async () => {
    const [one, two] = [await queueWithPlate('浙C11111'), await queueWithPlate('浙C22222')];
    await sql.query(
      'update plate set encrypted = other.encrypted from plate other where plate.candidate_id = $1 and other.candidate_id = $2',
      [one, two],
    );
    const reply = await reviewer.get(`/api/candidates/${one}/plate`);
    expect(reply.statusCode).toBe(500);
    expect(reply.body).not.toContain('22222');
  });

  test('equal plates are found, however they are written', async () => {
    const ids = [await queueWithPlate('浙C98765'), await queueWithPlate('浙c 987-65')];
    for (const id of ids)
      expect(readReply(await reviewer.get(`/api/candidates/${id}/plate`))).toMatchObject({
        otherCandidates: 1,
      });
    expect((await put(ids[1] ?? '', '浙C98764')).statusCode).toBe(204);
    expect(readReply(await reviewer.get(`/api/candidates/${ids[0]}/plate`))).toMatchObject({
      otherCandidates: 0,
    });
  });
});

describe('who sees it', () => {
  test.each<[string, number, number]>([
    ['reviewer-01', 200, 200],
    ['shift-leader-01', 200, 200],
    ['commander-01', 200, 200],
    ['intake-01', 200, 403],
    ['dispatcher-01', 200, 403],
    ['collector-01', 200, 403],
    ['squad-01', 403, 403],
  ])('%s, of what is no case: masked %i, whole %i', async (name, masked, whole) => {
    const id = await queueWithPlate();
    const user = await tested.logIn(name);
    const shown = await user.get(`/api/candidates/${id}/plate`);
    expect(shown.statusCode).toBe(masked);
    expect(shown.body).not.toContain('12345');
    if (masked === 200)
      expect(readReply(shown)).toMatchObject({ plate: '浙C****5', masked: true, mayReveal: whole === 200 });
    const revealed = await user.post(`/api/candidates/${id}/plate/reveal`, { reason: 'to write the notice' });
    expect(revealed.statusCode).toBe(whole);
    if (whole === 200) expect(readReply(revealed)).toMatchObject({ plate: '浙C12345', masked: false });
    else expect(revealed.body).not.toContain('12345');
  });

  test('on a case dispatchers and intake officers too; a unit sees its own masked, and no other', async () => {
    const id = await queueWithPlate();
    await makeCase(id, 'huling-squad');
    for (const name of ['dispatcher-01', 'intake-01']) {
      const user = await tested.logIn(name);
      const reply = await user.post(`/api/candidates/${id}/plate/reveal`, { reason: 'to ask the owner' });
      expect(readReply(reply)).toMatchObject({ plate: '浙C12345' });
    }
    const squad = await tested.logIn('squad-01');
    expect(readReply(await squad.get(`/api/candidates/${id}/plate`))).toMatchObject({ plate: '浙C****5' });
    expect((await squad.post(`/api/candidates/${id}/plate/reveal`, { reason: 'curious' })).statusCode).toBe(
      403,
    );
  });

  test('whole only with a reason, which is kept with who and when', async () => {
    const id = await queueWithPlate();
    expect((await reviewer.post(`/api/candidates/${id}/plate/reveal`, {})).statusCode).toBe(400);
    expect((await reviewer.post(`/api/candidates/${id}/plate/reveal`, { reason: ' ' })).statusCode).toBe(400);
    await reviewer.post(`/api/candidates/${id}/plate/reveal`, { reason: 'to write the notice' });
    const { rows } = await sql.query(
      "select * from custody_entry where candidate_id = $1 and action = 'view'",
      [id],
    );
    expect(rows).toMatchObject([{ actor: 'reviewer-01', content: 'plate', reason: 'to write the notice' }]);
    const audit = await sql.query(
      "select * from audit_log where object_id = $1 and action = 'plate.reveal'",
      [id],
    );
    expect(audit.rows).toMatchObject([{ actor: 'reviewer-01', details: { reason: 'to write the notice' } }]);
  });
});

test.each([
  ['浙C·12345', '浙C12345', '浙C****5'],
  ['浙c 1234 5', '浙C12345', '浙C****5'],
  ['浙CD12345', '浙CD12345', '浙C*****5'],
  ['浙Ｃ１２３４５', '浙C12345', '浙C****5'],
  ['粤Z1234港', '粤Z1234港', '粤Z****港'],
])('%s is kept as %s and shown as %s', (text, kept, shown) => {
  const parsed = parsePlate(text);
  expect(parsed).toBe(kept);
  expect(maskPlate(parsed)).toBe(shown);
});

test.each(['', '浙C', 'no plate at all', '<script>', '浙C12345678901'])(
  '%j is no plate, and is not repeated',
  (text) => {
    expect(() => parsePlate(text)).toThrow(/^body\.plate: is no number plate/);
  },
);
