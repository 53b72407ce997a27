import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
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

test('a holder that ended but was never waited for (a zombie) does not hold it', async () => {
  // the shell becomes a sleep that never asks how its child ended
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
  const zombie = Number(printed.toString());
  await expect.poll(() => readProcessState(zombie)).toBe('Z');
  await writeFile(
    path.join(dir, 'lock'),
    JSON.stringify({ pid: zombie, startTicks: readStartTicks(zombie) }),
  );
  expect(() => lockFolder(dir).release()).not.toThrow();
  parent.kill('SIGKILL');
  await once(parent, 'exit');
});

test("another process that got the dead one's number does not hold it", async () => {
  await writeFile(path.join(dir, 'lock'), JSON.stringify({ pid: process.pid, startTicks: '1' }));
  expect(() => lockFolder(dir).release()).not.toThrow();
});

test('of several starts that find the same stale lock, one takes it', async () => {
  const lockUrl = new URL('./folder-lock.ts', import.meta.url).href;
  const script = `import { lockFolder } from ${JSON.stringify(lockUrl)};
    process.stdout.write('ready');
    process.stdin.once('data', () => {
      try { lockFolder(process.argv[1]); process.stdout.write('|taken'); } catch (error) { process.stdout.write('|' + error.code); }
      process.stdin.resume(); process.stdin.once('end', () => process.exit());
    });`;
  const starts = [1, 2, 3].map(() =>
    spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, dir], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  const outputs = starts.map(() => '');
  for (const [i, { stdout }] of starts.entries())
    stdout.on('data', (bytes: Buffer) => (outputs[i] += bytes.toString()));
  await expect.poll(() => outputs, { timeout: 20_000 }).toEqual(['ready', 'ready', 'ready']);
  await writeFile(path.join(dir, 'lock'), JSON.stringify({ pid: process.pid, startTicks: '1' }));
  for (const { stdin } of starts) stdin.write('go');
  await expect.poll(() => outputs.every((output) => output.includes('|')), { timeout: 20_000 }).toBe(true);
  expect(outputs.filter((output) => output === 'ready|taken')).toHaveLength(1);
  expect(outputs.filter((output) => output === 'ready|data_folder_in_use')).toHaveLength(2);
  for (const start of starts) start.stdin.end();
  await Promise.all(starts.map((start) => once(start, 'exit')));
});

test('a broken lock file is nobody', async () => {
  await writeFile(path.join(dir, 'lock'), '{"pid":');
  expect(() => lockFolder(dir).release()).not.toThrow();
});

test('a folder that cannot be made is named', async () => {
  await writeFile(path.join(dir, 'file'), '');
  expect(() => lockFolder(path.join(dir, 'file/data'))).toThrow(/cannot make the folder .*file\/data: /);
});

function readProcessState(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[0];
}
