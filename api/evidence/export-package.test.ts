import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  confirmAs,
  openTestConsole,
  readReply,
  type TestConsole,
  type TestUser,
} from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import type { CandidateDetail } from '../candidates/schema.ts';
import { writeTar } from './tar.ts';

const run = promisify(execFile);

let postgres: TestPostgres;
let tested: TestConsole;
let sql: Client;
let reviewer: TestUser;
let hash: string;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'xunjie-export-'));
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  sql = new Client(url);
  await sql.connect();
  reviewer = await tested.logIn('reviewer-01');
  const { id } = await tested.queueCandidate();
  const detail = readReply<CandidateDetail>(await reviewer.get(`/api/candidates/${id}`));
  hash = detail.evidence?.manifestHash ?? '';
  // The drawn package is unsigned; a real one has its signature beside the manifest.
  await tested.blobs.put(`packages/${hash}/signature.json`, Buffer.from('{}'), 'application/json');
  readReply(await confirmAs(reviewer, id));
});

afterAll(async () => {
  await sql?.end();
  await tested?.close();
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

const exportUrl = (purpose = 'for the file of the case') =>
  `/api/evidence/${hash}/export?purpose=${encodeURIComponent(purpose)}`;

async function unpack(bytes: Buffer): Promise<string[]> {
  const file = path.join(dir, 'package.tar');
  await writeFile(file, bytes);
  const { stdout } = await run('tar', ['-tf', file]);
  await run('tar', ['-xf', file, '-C', dir]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.slice(hash.length + 1))
    .toSorted();
}

const countExports = async (): Promise<Record<string, unknown>[]> =>
  (await sql.query("select * from custody_entry where action = 'export' order by seq")).rows as Record<
    string,
    unknown
  >[];

test('a package is taken away whole, as any tar reads it, byte for byte, and it is written down', async () => {
  const reply = await reviewer.get(exportUrl());
  expect(reply.headers).toMatchObject({
    'content-type': 'application/x-tar',
    'content-disposition': `attachment; filename="${hash}.tar"`,
    'content-length': String(reply.rawPayload.length),
  });
  const names = await unpack(reply.rawPayload);
  expect(names).toEqual(
    ['annotated', 'masked', 'original']
      .flatMap((kind) => ['first', 'last', 'middle'].map((moment) => `${kind}/${moment}.jpg`))
      .concat('manifest.json', 'signature.json')
      .toSorted(),
  );
  for (const name of names)
    expect(await readFile(path.join(dir, hash, name))).toEqual(
      Buffer.from(await tested.blobs.get(`packages/${hash}/${name}`)),
    );
  const manifest = await readFile(path.join(dir, hash, 'manifest.json'));
  expect(createHash('sha256').update(manifest).digest('hex')).toBe(hash);
  expect((await countExports()).at(-1)).toMatchObject({
    manifest_hash: hash,
    actor: 'reviewer-01',
    content: null,
    reason: 'for the file of the case',
    from_place: '127.0.0.1',
  });
  const { rows } = await sql.query("select * from audit_log where action = 'evidence.export'");
  expect(rows).toMatchObject([
    { actor: 'reviewer-01', object_id: hash, details: { purpose: 'for the file of the case' } },
  ]);
});

test('who may not see people and plates takes the masked copies away', async () => {
  const collector = await tested.logIn('collector-01');
  const reply = await collector.get(exportUrl('to show the shopkeeper'));
  expect(reply.headers['content-disposition']).toBe(`attachment; filename="${hash}-masked.tar"`);
  expect(await unpack(reply.rawPayload)).toEqual([
    'manifest.json',
    'masked/first.jpg',
    'masked/last.jpg',
    'masked/middle.jpg',
    'signature.json',
  ]);
  expect((await countExports()).at(-1)).toMatchObject({ actor: 'collector-01', content: 'masked' });
});

describe('is refused, and no entry says otherwise', () => {
  test.each([
    ['without a purpose', () => `/api/evidence/${hash}/export`, 400],
    ['with an empty one', () => exportUrl(' '), 400],
    ['of no package', () => exportUrl().replace(hash, '0'.repeat(64)), 404],
  ])('%s', async (_name, toUrl, status) => {
    const before = await countExports();
    expect((await reviewer.get(toUrl())).statusCode).toBe(status);
    expect(await countExports()).toEqual(before);
  });

  test('to an officer whose unit has not its case', async () => {
    const before = await countExports();
    expect((await (await tested.logIn('squad-01')).get(exportUrl())).statusCode).toBe(403);
    expect(await countExports()).toEqual(before);
  });
});

test('a slow reader keeps the rest in the store: nothing is opened before it is wanted', async () => {
  const opened: string[] = [];
  const archive = writeTar(
    ['a', 'b', 'c'].map((name) => ({
      path: name,
      bytes: 3,
      atMs: 0,
      async open() {
        opened.push(name);
        return (async function* () {
          yield Buffer.from('abc');
        })();
      },
    })),
  );
  await archive.next();
  await archive.next();
  expect(opened).toEqual(['a']);
  await archive.return(undefined);
});

test('a file that is not as long as the manifest says breaks the archive off', async () => {
  const entry = (bytes: number) => ({
    path: 'a',
    bytes,
    atMs: 0,
    open: async () =>
      (async function* () {
        yield Buffer.from('abc');
      })(),
  });
  for (const bytes of [2, 4])
    await expect(async () => {
      for await (const piece of writeTar([entry(bytes)])) expect(piece.byteLength).toBeGreaterThan(0);
    }).rejects.toThrow(`a is not ${bytes} bytes long`);
});
