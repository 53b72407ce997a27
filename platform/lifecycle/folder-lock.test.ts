import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFolder } from './folder-lock.ts';
import { readStartTicks } from './process-identity.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'xunjie-lock-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('a folder is taken once, and free again after release', async () => {
  const lock = lockFolder(path.join(dir, 'data'));
  expect(() => lockFolder(path.join(dir, 'data'))).toThrow(new RegExp(`in use by process ${process.pid}`));
  lock.release();
  lockFolder(path.join(dir, 'data')).release();
  expect(await readdir(path.join(dir, 'data'))).toEqual([]);
});

test('a lock of a living process holds, and goes over when it is killed', async () => {
  const holder = spawn('sleep', ['60']);
  await once(holder, 'spawn');
  await writeFile(
    path.join(dir, 'lock'),
    JSON.stringify({ pid: holder.pid, startTicks: readStartTicks(holder.pid ?? 0) }),
  );
  expect(() => lockFolder(dir)).toThrow(/in use by process/);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  lockFolder(dir).release();
});

test("another process that got the dead one's number does not hold it", async () => {
  await writeFile(path.join(dir, 'lock'), JSON.stringify({ pid: process.pid, startTicks: '1' }));
  expect(() => lockFolder(dir).release()).not.toThrow();
});

test('a broken lock file is nobody', async () => {
  await writeFile(path.join(dir, 'lock'), '{"pid":');
  expect(() => lockFolder(dir).release()).not.toThrow();
});

test('a folder that cannot be made is named', async () => {
  await writeFile(path.join(dir, 'file'), '');
  expect(() => lockFolder(path.join(dir, 'file/data'))).toThrow(
    /cannot write to the data folder .*file\/data: /,
  );
});
