import { readFile, rm, writeFile } from 'node:fs/promises';
import { XunjieError } from '../../domain/mod.ts';

/** Keeps two runs from writing one file; what a killed run left is taken over. @throws XunjieError `conflict`. */
export async function lockPull(file: string): Promise<{ release(): Promise<void> }> {
  for (let attempt = 0; ; attempt++) {
    try {
      await writeFile(file, String(process.pid), { flag: 'wx' });
      return { release: () => rm(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (attempt > 0 || isAlive(holder))
      throw new XunjieError('conflict', `process ${holder} is fetching this model already (${file})`);
    await rm(file, { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
