import { X509Certificate } from 'node:crypto';
import path from 'node:path';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { timeStampFile } from '../../domain/mod.ts';
import { verifyStoredPackage } from '../../evidence/mod.ts';
import { toSignature } from '../../evidence/signer.ts';
import { openTestVault, type TestVault } from '../../evidence/test-support/make-package.ts';
import { type BlobStore, createLogger, openTimeStampAuthority } from '../../platform/mod.ts';
import { openTestConsole, type TestConsole } from '../../test/support/console.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { startTimeStampServer, type TimeStampServer } from '../../test/support/time-stamp-server.ts';
import { connectDatabase, parseDatabaseUrl } from '../database/connect.ts';
import type { Tables } from '../database/tables.ts';
import { stampDueEvidence, type TimeStampContext } from './time-stamps.ts';

const minuteMs = 60_000;

let postgres: TestPostgres;
let tested: TestConsole;
let db: Kysely<Tables>;
let vault: TestVault;
let server: TimeStampServer;
let nowMs = Date.parse('2026-03-06T00:00:00Z');

beforeAll(async () => {
  server = await startTimeStampServer();
  vault = await openTestVault();
  postgres = await startTestPostgres();
  const url = await postgres.createDatabase();
  tested = await openTestConsole(url);
  db = connectDatabase(parseDatabaseUrl(url), createLogger('silent'));
});

afterAll(async () => {
  await db?.destroy();
  await tested?.close();
  await postgres?.stop();
  await vault?.close();
  await server?.stop();
});

beforeEach(() => server.setAnswer(null));

const toContext = (): TimeStampContext => ({
  db,
  blobs: vault.blobs,
  nowMs: () => nowMs,
  logger: createLogger('silent'),
  sign: async (bytes) => toSignature(vault.signer, bytes),
});
const stamp = () =>
  stampDueEvidence(
    toContext(),
    openTimeStampAuthority({ url: server.url, trusted: [new X509Certificate(server.caPem)] }),
  );

let count = 0;
/** A real package that the console has heard of through its own store. */
async function seal(): Promise<string> {
  const { manifestHash, manifest } = await vault.seal({ id: `stamped-${++count}`, zone: `zone-${count}` });
  const manifestKey = `packages/${manifestHash}/manifest.json`;
  await tested.blobs.put(manifestKey, await vault.blobs.get(manifestKey), 'application/json');
  await tested.console.recordEvidenceEvent({
    v: 1,
    type: 'sealed',
    candidateId: manifest.candidate.id,
    camera: manifest.candidate.camera,
    manifestHash,
    items: manifest.items,
    sealedAtMs: manifest.sealedAtMs,
  });
  return manifestHash;
}

const verify = (manifestHash: string, blobs: BlobStore = vault.blobs) =>
  verifyStoredPackage(blobs, manifestHash, {
    trustedKeyId: vault.signer.keyId,
    trustedAuthorities: [new X509Certificate(server.caPem)],
  });
const readRow = (manifestHash: string) =>
  db.selectFrom('evidence').selectAll().where('manifest_hash', '=', manifestHash).executeTakeFirstOrThrow();

test('each package gets one, which verifies with nothing but the package; without it the package still verifies', async () => {
  const hashes = [await seal(), await seal()];
  for (const hash of hashes)
    expect(await verify(hash)).toMatchObject({ ok: true, files: 10, timeStamp: null });
  expect(await stamp()).toBe(2);
  expect(await stamp()).toBe(0);
  for (const hash of hashes) {
    const verdict = await verify(hash);
    expect(verdict).toMatchObject({
      ok: true,
      problem: null,
      files: 11,
      timeStamp: { authority: 'CN=Test-TSA' },
    });
    const row = await readRow(hash);
    expect(row.time_stamped_at?.getTime()).toBe(verdict.timeStamp?.atMs);
    expect(row.time_stamp_failure).toBeNull();
  }
  const audit = await db
    .selectFrom('audit_log')
    .selectAll()
    .where('action', '=', 'evidence.time_stamp')
    .execute();
  expect(audit.map((entry) => entry.object_id).toSorted()).toEqual(hashes.toSorted());
});

test('changed in any byte, or of another package, it is named as what is wrong', async () => {
  const [one, two] = [await seal(), await seal()];
  await stamp();
  const key = path.posix.join('packages', one, timeStampFile);
  const right = await vault.blobs.get(key);
  // Every bit would take minutes; a prime step meets every part of the file.
  for (let at = 0; at < right.length; at += 37) {
    const changed = Uint8Array.from(right);
    changed[at] = (changed[at] ?? 0) ^ 0x04;
    await vault.blobs.put(key, changed, 'application/json');
    const verdict = await verify(one);
    expect([at, verdict.ok, verdict.problem?.startsWith(timeStampFile)]).toEqual([at, false, true]);
  }
  await vault.blobs.put(key, await vault.blobs.get(`packages/${two}/${timeStampFile}`), 'application/json');
  expect(await verify(one)).toMatchObject({
    ok: false,
    problem: `${timeStampFile} is over SHA-256 ${two}, not over manifest.json`,
  });
  await vault.blobs.put(key, right, 'application/json');
  expect(await verify(one)).toMatchObject({ ok: true });
});

test('a failure is written down, hurts nothing, and is tried again later and later', async () => {
  const hash = await seal();
  server.setAnswer({ status: 503, body: Buffer.from('later') });
  const asked = server.count();
  expect(await stamp()).toBe(0);
  expect(await readRow(hash)).toMatchObject({
    time_stamped_at: null,
    time_stamp_tries: 1,
    time_stamp_failure: expect.stringMatching(
      /^no time stamp of http:\/\/127.0.0.1:\d+\/tsa: it answers 503$/,
    ),
  });
  expect(await verify(hash)).toMatchObject({ ok: true, timeStamp: null });
  await stamp();
  nowMs += minuteMs - 1;
  await stamp();
  expect(server.count()).toBe(asked + 1);
  nowMs += 1;
  await stamp();
  expect(server.count()).toBe(asked + 2);
  nowMs += minuteMs;
  await stamp();
  expect(server.count()).toBe(asked + 2);
  nowMs += minuteMs;
  server.setAnswer(null);
  expect(await stamp()).toBe(1);
  expect(await readRow(hash)).toMatchObject({ time_stamp_failure: null, time_stamped_at: expect.any(Date) });
});

test('two consoles at once ask once for each package', async () => {
  const hashes = [await seal(), await seal(), await seal()];
  const asked = server.count();
  const stamped = await Promise.all([stamp(), stamp()]);
  expect(stamped.reduce((sum, one) => sum + one, 0)).toBe(3);
  expect(server.count()).toBe(asked + 3);
  for (const hash of hashes) expect(await verify(hash)).toMatchObject({ ok: true, files: 11 });
});

test('of a package whose time is over meanwhile nothing stays', async () => {
  const hash = await seal();
  const context = toContext();
  const blobs: BlobStore = {
    ...vault.blobs,
    async put(...args) {
      await vault.blobs.put(...args);
      await db
        .updateTable('evidence')
        .set({ deleting_at: new Date(nowMs), items: null })
        .where('manifest_hash', '=', hash)
        .execute();
    },
  };
  await stampDueEvidence({ ...context, blobs }, openTimeStampAuthority({ url: server.url }));
  expect(await vault.blobs.has(`packages/${hash}/${timeStampFile}`)).toBe(false);
  expect((await readRow(hash)).time_stamped_at).toBeNull();
});
