import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeScratchFolder, sweepScratch, toScratchPrefix } from './scratch-folder.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'xunjie-sweep-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function makeFolder(prefix: string): string {
  const folder = mkdtempSync(path.join(root, prefix));
  writeFileSync(path.join(folder, 'file'), '');
  return folder;
}

describe('folders for temporary files', () => {
  test("are this user's own, apart from each other, and short enough for a socket", () => {
    const [one, other] = [makeScratchFolder('clock', 'socket'), makeScratchFolder('clock', 'socket')];
    expect(one).not.toBe(other);
    expect(path.dirname(one)).toBe(path.dirname(other));
    for (const folder of [one, path.dirname(one)]) expect(statSync(folder).mode & 0o077).toBe(0);
    expect(Buffer.byteLength(path.join(one, '12345678'))).toBeLessThanOrEqual(107);
    rmSync(path.dirname(one), { recursive: true });
    expect(existsSync(makeScratchFolder('clip'))).toBe(true);
  });

  test('go when their process is gone, however it ended, and no sooner', async () => {
    const sleeper = spawn('sleep', ['60']);
    await once(sleeper, 'spawn');
    const folder = makeFolder(toScratchPrefix(sleeper.pid as number));
    const mine = makeFolder(toScratchPrefix(process.pid));
    sweepScratch(root);
    expect(existsSync(folder)).toBe(true);
    sleeper.kill('SIGKILL');
    await once(sleeper, 'exit');
    sweepScratch(root);
    expect(existsSync(folder)).toBe(false);
    expect(existsSync(mine)).toBe(true);
  });

  test('a process number that was given again does not keep them', () => {
    const folder = makeFolder(toScratchPrefix(process.pid).replace(/-\d+-$/, '-1-'));
    sweepScratch(root);
    expect(existsSync(folder)).toBe(false);
  });

  test('what is none of them stays: other names, other containers, links', () => {
    const others = [
      makeFolder('xunjie-clip-'),
      makeFolder('else-of-1-2-3-'),
      makeFolder(toScratchPrefix(process.pid).replace(/^(xunjie-of-)\w+-\d+/, '$11-4000000')),
    ];
    const link = path.join(root, `${toScratchPrefix(process.pid).replace(/-\d+-$/, '-1-')}abcdef`);
    symlinkSync(others[0] as string, link);
    sweepScratch(root);
    for (const folder of others) expect(existsSync(path.join(folder, 'file'))).toBe(true);
    expect(existsSync(link)).toBe(true);
  });
});
