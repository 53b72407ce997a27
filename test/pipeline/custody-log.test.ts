import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SignCustody } from '../../api/context.ts';
import { connectDatabase, parseDatabaseUrl } from '../../api/database/connect.ts';
import { runCommand } from '../../app/main.ts';
import type { CustodyEntry, CustodyLine, CustodyRoot } from '../../domain/mod.ts';
import { openKeyring, rotateKey, toPublicKeyFolder, toSignature, verifyLog } from '../../evidence/mod.ts';
import { openTestVault, type TestPackage, type TestVault } from '../../evidence/test-support/make-package.ts';
import { createLogger, hashCustody, toCustodyLine, toSealedBytes } from '../../platform/mod.ts';
import { makeCustodyLog } from '../support/custody-log.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres.ts';

// Two real packages, their log out of a real PostgreSQL over three days, and everything that can be done to it afterwards.
const startMs = Date.parse('2026-03-05T09:00:00+08:00');
const hourMs = 3_600_000;

let postgres: TestPostgres;
let vault: TestVault;
let sealed: TestPackage;
let other: TestPackage;
let stranger: TestPackage;
let lines: string[];
/** Of the first log that was made. */
let databaseUrl = '';
let trust: { key: string; keys: string };

beforeAll(async () => {
  postgres = await startTestPostgres();
  vault = await openTestVault();
  sealed = await vault.seal();
  other = await vault.seal({ id: 'b'.repeat(32), zone: 'far-kerb' });
  stranger = await vault.seal({ id: 'c'.repeat(32), zone: 'third-kerb' });
  // The key that signed the packages signs the log.
  const keyDir = path.join(vault.root, 'keys');
  await mkdir(keyDir);
  await cp(path.join(vault.root, 'signing-key.pem'), path.join(keyDir, 'evidence.pem'));
  const keyring = openKeyring(keyDir, () => startMs - hourMs);
  trust = { key: vault.signer.keyId, keys: toPublicKeyFolder(keyDir) };
  ({ lines, databaseUrl } = await makeLog(async (bytes) => toSignature(await keyring.current(), bytes)));
});
afterAll(async () => {
  await vault?.close();
  await postgres?.stop();
});

const makeLog = (signCustody: SignCustody | null) =>
  makeCustodyLog({ postgres, blobs: vault.blobs, packages: [sealed, other], startMs, signCustody });

let files = 0;
async function writeLog(text: string | Buffer): Promise<string> {
  const file = path.join(vault.root, `log-${++files}.jsonl`);
  await writeFile(file, text);
  return file;
}

async function runVerify(...args: string[]): Promise<{ code: number; text: string }> {
  const printed: string[] = [];
  const print = (line: string) => void printed.push(line);
  const code = await runCommand(['verify', ...args], { print, printError: print });
  return { code, text: printed.join('\n') };
}

/** The command's answer on the first package and this log. */
async function verifyWith(text: string | Buffer, ...more: string[]): Promise<{ code: number; text: string }> {
  return runVerify(sealed.dir, '--log', await writeLog(text), ...more);
}

const parse = <Line extends CustodyLine>(at: number): Line => JSON.parse(lines[at] ?? '') as Line;
const find = (type: CustodyLine['type'], nth = 0): number =>
  lines.flatMap((line, at) => ((JSON.parse(line) as CustodyLine).type === type ? [at] : []))[nth] ?? -1;

describe('a whole log', () => {
  test('has head, entries with their roots after them, and an end', () => {
    expect(lines.map((line) => (JSON.parse(line) as CustodyLine).type)).toEqual([
      'custody-log',
      ...Array.from({ length: 5 }, () => 'entry'),
      'root',
      ...Array.from({ length: 3 }, () => 'entry'),
      'root',
      ...Array.from({ length: 3 }, () => 'entry'),
      'end',
    ]);
  });

  test.each([
    ['without trust', () => []],
    ['with the key', () => ['--key', trust.key]],
    ['with the folder of keys', () => ['--keys', trust.keys]],
    ['with a published Merkle root', () => ['--root', parse<CustodyRoot>(find('root')).merkleRoot]],
    [
      'with the published hash of a root',
      () => ['--root', parse<CustodyRoot>(find('root', 1)).hash.toUpperCase()],
    ],
  ])('verifies %s', async (_how, more) => {
    expect(await verifyWith(lines.join(''), ...more())).toEqual({
      code: 0,
      text: expect.stringMatching(
        new RegExp(`whole: 11 entries, 7 of this package, 2 daily roots, signed with key ${trust.key}$`),
      ),
    });
  });

  test('verifies for another package of it, and after the key was rotated', async () => {
    const copy = path.join(vault.root, 'rotated');
    await cp(path.join(vault.root, 'keys'), copy, { recursive: true });
    await rotateKey(copy, () => startMs + 100 * 24 * hourMs);
    const log = await writeLog(lines.join(''));
    const args = [other.dir, '--log', log, '--keys', toPublicKeyFolder(copy)];
    expect(await runVerify(...args)).toMatchObject({ code: 0 });
    await rotateKey(path.join(copy), () => startMs + 200 * 24 * hourMs);
    expect(await runVerify(...args)).toMatchObject({ code: 0 });
  });
});

test('a bit flipped anywhere in any line is found, and the line named', async () => {
  const bytes = Buffer.from(lines.join(''));
  const ends = lines.reduce<number[]>(
    (all, line) => [...all, (all.at(-1) ?? 0) + Buffer.byteLength(line)],
    [],
  );
  const missed: string[] = [];
  // Every byte of every line's framing and a walk through the rest, each time another bit.
  for (let at = 0, step = 0; at < bytes.length; at += 1 + (step++ % 7)) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ (1 << (step % 8));
    const { ok, problem } = await verifyLog(await writeBytes(changed));
    const lineNo = ends.findIndex((end) => at < end) + 1;
    // A line feed that is none any more joins two lines; the head's words are compared with the end's.
    const isNamed = problem?.includes(` line ${lineNo}: `) || lineNo === 1 || problem?.includes('cut off');
    if (ok || !isNamed) missed.push(`byte ${at} of line ${lineNo}: ${problem}`);
  }
  expect(missed).toEqual([]);
}, 120_000);

async function writeBytes(bytes: Buffer): Promise<string> {
  const file = path.join(vault.root, 'flipped.jsonl');
  await writeFile(file, bytes);
  return file;
}

/** Gives a line other fields, and the hash that goes with them. */
function forge(at: number, changes: object): string {
  const { hash: _, ...record } = { ...parse<CustodyEntry>(at), ...changes };
  return `${toCustodyLine({ ...record, hash: hashCustody(record) })}\n`;
}

describe('what somebody did to a log', () => {
  const cases: [string, () => string, string][] = [
    ['nothing left', () => '', 'is empty'],
    ['only the head', () => lines.slice(0, 1).join(''), 'has no end: it was cut off'],
    ['the end cut off', () => lines.slice(0, -1).join(''), 'has no end: it was cut off'],
    ['cut in the middle', () => lines.slice(0, 6).join(''), 'has no end: it was cut off'],
    ['cut within a line', () => lines.join('').slice(0, -200), 'is cut off: no line feed at its end'],
    ['the last line feed gone', () => lines.join('').slice(0, -1), 'is cut off: no line feed at its end'],
    [
      'the newest entries cut out before the end',
      () => [...lines.slice(0, -3), lines.at(-1)].join(''),
      'the end counts 11 entries, the log has 9',
    ],
    [
      'the newest entry cut out before the end',
      () => [...lines.slice(0, -2), lines.at(-1)].join(''),
      'the end counts 11 entries, the log has 10',
    ],
    ['the head cut off', () => lines.slice(1).join(''), 'does not begin with its head, but with entry 1'],
    ['the first entry cut out', () => lines.toSpliced(1, 1).join(''), 'entry 2 where entry 1 should be'],
    ['an entry cut out', () => lines.toSpliced(3, 1).join(''), 'entry 4 where entry 3 should be'],
    [
      'an entry twice',
      () => lines.toSpliced(3, 0, lines[3] ?? '').join(''),
      'entry 3 where entry 4 should be',
    ],
    [
      'two entries exchanged',
      () =>
        lines
          .with(3, lines[4] ?? '')
          .with(4, lines[3] ?? '')
          .join(''),
      'entry 4 where entry 3 should be',
    ],
    [
      'a root moved behind the next entry',
      () => lines.toSpliced(6, 2, lines[7] ?? '', lines[6] ?? '').join(''),
      'the root of 2026-03-05 ends with entry 5, but stands after entry 6',
    ],
    [
      'a root cut out',
      () => lines.toSpliced(6, 1).join(''),
      'the root of 2026-03-06 begins with entry 6, not 1',
    ],
    ['the last root cut out', () => lines.toSpliced(10, 1).join(''), 'the end counts 2 roots, the log has 1'],
    [
      'the roots exchanged',
      () =>
        lines
          .with(6, lines[10] ?? '')
          .with(10, lines[6] ?? '')
          .join(''),
      'the root of 2026-03-06 begins with entry 6, not 1',
    ],
    ['something after the end', () => [...lines, lines[1]].join(''), 'comes after the end of the log'],
    ['an empty line after the end', () => `${lines.join('')}\n`, 'is not JSON'],
    ['two logs in one', () => [...lines, ...lines].join(''), 'comes after the end of the log'],
    ['Windows line ends', () => lines.join('').replaceAll('\n', '\r\n'), 'line 1: is not canonical JSON'],
    ['a byte order mark', () => `\uFEFF${lines.join('')}`, 'line 1: is not JSON'],
    [
      'a line of another kind',
      () => lines.toSpliced(3, 0, '{"type":"note"}\n').join(''),
      'is of no known kind',
    ],
    ['a line that is a list', () => lines.with(3, '[]\n').join(''), 'is of no known kind'],
    ['a field more', () => lines.with(3, forge(3, { note: 'x' })).join(''), 'unknown field "note"'],
    ['a field less', () => lines.with(3, forge(3, { unit: undefined })).join(''), '"unit" is missing'],
    ['an unknown act', () => lines.with(3, forge(3, { action: 'burn' })).join(''), '"burn" is not one of'],
    [
      'a line of 100 kB',
      () => lines.with(3, forge(3, { reason: 'x'.repeat(100_000) })).join(''),
      'is longer than',
    ],
    ['words changed', () => lines.join('').replace('reviewer-02', 'reviewer-09'), 'line 5: hash: is '],
    [
      'words changed, with the hash that goes with them',
      () => lines.with(4, forge(4, { actor: 'reviewer-09' })).join(''),
      'line 6: entry 5 does not follow from the entry before',
    ],
    [
      'the last entry of a day changed, with its hash',
      () => lines.with(5, forge(5, { actor: 'reviewer-09' })).join(''),
      'line 7: the root of 2026-03-05 names another last entry: headHash',
    ],
    [
      'the last entry changed, with its hash',
      () => lines.with(13, forge(13, { actor: 'reviewer-09' })).join(''),
      'the end names another last entry: headHash',
    ],
    [
      'a wrong root',
      () =>
        lines
          .with(6, lines[6]?.replace(/"merkleRoot":"[0-9a-f]{8}/, '"merkleRoot":"00000000') ?? '')
          .join(''),
      'line 7: hash: is ',
    ],
    [
      'the seal of another root',
      () => {
        const root = { ...parse<CustodyRoot>(6), seal: parse<CustodyRoot>(10).seal };
        return lines.with(6, `${toCustodyLine(root)}\n`).join('');
      },
      'line 7: the signature of the root of 2026-03-05 does not match its line',
    ],
    [
      'a root that names the wrong Merkle root, signed by the right key',
      () => lines.with(6, sign({ ...parse<CustodyRoot>(6), merkleRoot: '0'.repeat(64) })).join(''),
      `line 7: the root of 2026-03-05 is wrong: merkleRoot is ${'0'.repeat(64)}, its entries give `,
    ],
  ];
  test.each(cases)('%s', async (_what, tamper, problem) => {
    const { code, text } = await verifyWith(tamper());
    expect(text).toMatch(/: whole: .*\ncustody log BROKEN: /);
    expect(text).toContain(problem);
    expect(code).toBe(1);
  });
});

/** A root as its owner would sign it. */
function sign(root: CustodyRoot): string {
  const { hash: _, seal: __, ...record } = root;
  const hash = hashCustody(record);
  return `${toCustodyLine({ ...record, hash, seal: toSignature(vault.signer, toSealedBytes('root', hash)) })}\n`;
}

describe('a log that holds in itself', () => {
  test('but does not mention the package', async () => {
    const log = await writeLog(lines.join(''));
    expect(await runVerify(stranger.dir, '--log', log)).toEqual({
      code: 1,
      text: expect.stringContaining(`does not mention the package ${stranger.manifestHash}`),
    });
  });

  test('but does not have the root that was published', async () => {
    const { code, text } = await verifyWith(lines.join(''), '--root', 'ab'.repeat(32));
    expect(text).toContain(`has no root ${'ab'.repeat(32)}`);
    expect(code).toBe(1);
  });

  test('but is written anew by somebody with another key: only trust tells', async () => {
    const keyring = openKeyring(path.join(vault.root, 'thief'));
    // The entries are the same, so are their roots: only whose signatures they are is different.
    const made = await makeLog(async (bytes) => toSignature(await keyring.current(), bytes));
    const forged = made.lines.join('');
    expect((await verifyWith(forged)).code).toBe(0);
    const { keyId } = await keyring.current();
    for (const [more, words] of [
      [
        ['--key', trust.key],
        `the signature of the root of 2026-03-05 is by key ${keyId}, not by the trusted key`,
      ],
      [['--keys', trust.keys], `is by key ${keyId}, which is none of the trusted keys (${trust.key})`],
    ] as const) {
      const { code, text } = await verifyWith(forged, ...more);
      expect({ code, text }).toEqual({ code: 1, text: expect.stringContaining(words) });
    }
  });

  test('but is not signed: refused as soon as a key is named', async () => {
    const unsigned = (await makeLog(null)).lines.join('');
    expect(await verifyWith(unsigned)).toMatchObject({ code: 0, text: expect.stringMatching(/not signed$/) });
    const { code, text } = await verifyWith(unsigned, '--keys', trust.keys);
    expect(text).toContain('the root of 2026-03-05 is not signed');
    expect(code).toBe(1);
  });
});

test('the command takes the log away, signed, and writes down that it did', async () => {
  const out = path.join(vault.root, 'taken.jsonl');
  const printed: string[] = [];
  const print = (line: string) => void printed.push(line);
  const before = process.env['DATABASE_URL'];
  process.env['DATABASE_URL'] = databaseUrl;
  try {
    const args = ['custody', 'export', '--out', out, '--data', vault.root];
    expect(await runCommand(args, { print, printError: print })).toBe(0);
  } finally {
    if (before === undefined) delete process.env['DATABASE_URL'];
    else process.env['DATABASE_URL'] = before;
  }
  expect(printed).toEqual([`${out}: 11 entries, 2 daily roots, signed with key ${trust.key}`]);
  expect(await runVerify(sealed.dir, '--log', out, '--keys', trust.keys)).toMatchObject({ code: 0 });
  const db = connectDatabase(parseDatabaseUrl(databaseUrl), createLogger('error'));
  const audited = await db
    .selectFrom('audit_log')
    .select('actor')
    .where('action', '=', 'custody.export')
    .execute();
  await db.destroy();
  expect(audited).toEqual([{ actor: expect.stringMatching(/^command:./) }]);
});

test('a package that is broken is named before its log is looked at', async () => {
  const dir = path.join(vault.root, 'broken');
  await cp(sealed.dir, dir, { recursive: true });
  const file = path.join(dir, 'clip/end.mp4');
  await writeFile(file, `${await readFile(file, 'latin1')}x`, 'latin1');
  const { code, text } = await runVerify(dir, '--log', await writeLog(lines.join('')));
  expect(text).toMatch(/^[^\n]*BROKEN: clip\/end\.mp4 has [^\n]*$/);
  expect(code).toBe(1);
});

test('a log that is not there, a folder, a root without a log', async () => {
  expect(await runVerify(sealed.dir, '--log', path.join(vault.root, 'none'))).toMatchObject({ code: 1 });
  expect((await runVerify(sealed.dir, '--log', vault.root)).text).toContain('is not a file');
  expect(await runVerify(sealed.dir, '--root', '00')).toEqual({
    code: 2,
    text: expect.stringContaining('give the log with --log'),
  });
});
