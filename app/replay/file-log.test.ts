import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTempDir } from '../../test/support/temp-dir.ts';
import { type FileLogOptions, openFileLog } from './file-log.ts';
import { parseBatch } from './parse-batch.ts';
import { createSorter } from './sort-late.ts';

let dir = '';
beforeAll(async () => {
  dir = await makeTempDir('file-log');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const toLine = (camera: string, atMs: number): string =>
  `${JSON.stringify({ camera, ptsMs: atMs, capturedAtMs: atMs, detections: [] })}\n`;

async function write(folder: string, files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const where = path.join(dir, folder);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(where, name)), { recursive: true });
    await writeFile(path.join(where, name), content);
  }
  return where;
}

async function readAll(where: string, options: Partial<FileLogOptions> = {}): Promise<string[]> {
  const log = await openFileLog({
    where,
    startMs: 0,
    sortMs: 0,
    fromMs: null,
    toMs: null,
    cameras: [],
    ...options,
  });
  const read: string[] = [];
  for await (const batches of log.read())
    for (const { camera, capturedAtMs } of batches) read.push(`${camera}@${capturedAtMs}`);
  return read;
}

test('files are merged by time, packed ones too, and each keeps its own order', async () => {
  const where = await write('merged', {
    'b.jsonl': toLine('b', 1) + toLine('b', 4) + toLine('b', 3),
    'deep/a.jsonl.gz': gzipSync(toLine('a', 2) + toLine('a', 5)),
    'later.jsonl': toLine('a', 100),
    'empty.jsonl': '\n',
    'notes.txt': 'not a log',
  });
  expect(await readAll(where)).toEqual(['b@1', 'a@2', 'b@4', 'b@3', 'a@5', 'a@100']);
});

test('of a folder that names its detections, those alone', async () => {
  const where = await write('named', {
    'kerb 1.detections.jsonl': '{"ptsMs":5,"detections":[]}\n',
    'decisions.jsonl': '{"id":"x"}\n',
  });
  expect(await readAll(where, { startMs: 1000 })).toEqual(['kerb-1@1005']);
});

test('a stretch of time and some cameras', async () => {
  const where = await write('part', {
    'all.jsonl': [1, 2, 3, 4].map((ms) => toLine('a', ms) + toLine('b', ms)).join(''),
  });
  expect(await readAll(where, { fromMs: 2, toMs: 3, cameras: ['b'] })).toEqual(['b@2', 'b@3']);
});

test('a bad line is named', async () => {
  const where = await write('bad', { 'a.jsonl': `\uFEFF${toLine('a', 1)}\r\n{"ptsMs":2}\n` });
  await expect(readAll(where)).rejects.toThrow(
    `${path.join(where, 'a.jsonl')}:3: detections: must be a list`,
  );
});

test('a line that breaks off is named', async () => {
  const where = await write('torn', { 'a.jsonl': toLine('a', 1) + toLine('a', 2).slice(0, 20) });
  await expect(readAll(where)).rejects.toThrow(/a\.jsonl:2: not JSON/);
});

test('a packed file that breaks off is named', async () => {
  const packed = gzipSync(Array.from({ length: 5000 }, (_, ms) => toLine('a', ms * 7919)).join(''));
  const where = await write('torn-gz', { 'a.jsonl.gz': packed.subarray(0, packed.length / 2) });
  await expect(readAll(where)).rejects.toThrow(/a\.jsonl\.gz: unexpected end of file/);
});

test('a folder without logs is refused', async () => {
  const where = await write('none', { 'notes.txt': 'not a log' });
  await expect(readAll(where)).rejects.toThrow('no recorded detections');
});

test('late batches find their place within the window', () => {
  const toBatch = (atMs: number) => parseBatch(toLine('a', atMs), { camera: 'a', startMs: 0 }, '');
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 50 }), { maxLength: 60 }), (delays) => {
      // sample i is taken at 10 i and comes up to 50 late
      const arriving = delays
        .map((delay, i) => ({ atMs: 10 * i, arrivesMs: 10 * i + delay }))
        .toSorted((a, b) => a.arrivesMs - b.arrivesMs);
      const sorter = createSorter(50, 'x');
      const out = [...arriving.flatMap(({ atMs }) => sorter.add([toBatch(atMs)])), ...sorter.flush()];
      expect(out.map(({ capturedAtMs }) => capturedAtMs)).toEqual(delays.map((_, i) => 10 * i));
    }),
  );
});

test('--sort through a file', async () => {
  const where = await write('late', {
    'a.jsonl': [10, 30, 20, 40, 35, 60].map((ms) => toLine('a', ms)).join(''),
  });
  expect(await readAll(where, { sortMs: 15 })).toEqual(['a@10', 'a@20', 'a@30', 'a@35', 'a@40', 'a@60']);
});
