import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from './fixtures.ts';

export interface RunningProgram {
  readonly child: ChildProcess;
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** Of stderr what nobody expects: from each November on it says, until they are entered, that the next year's days off are missing. */
  listComplaints(): string[];
  /** Resolves with the first line on stdout that matches; rejects when the program ends before. */
  waitForLine(pattern: RegExp): Promise<string>;
  /** Exit code, or -1 after a signal. */
  readonly exited: Promise<number>;
}

/** Runs `xunjie` with these arguments as it is run by hand: compiled, anew where a source has changed. The caller stops it. */
export function runProgram(args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningProgram {
  const child = spawn(process.execPath, [path.join(projectRoot, 'app/bin/xunjie.mjs'), ...args], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, npm_lifecycle_event: undefined, ...env },
  });
  const stdout: string[] = [];
  const stderr: string[] = [];
  const listeners = new Set<(line: string) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    stdout.push(line);
    for (const listener of listeners) listener(line);
  });
  createInterface({ input: child.stderr }).on('line', (line) => stderr.push(line));
  const exited = once(child, 'close').then(([code]) => (typeof code === 'number' ? code : -1));
  return {
    child,
    stdout,
    stderr,
    exited,
    listComplaints: () => stderr.filter((line) => !line.includes('days off and make-up days of a year')),
    async waitForLine(pattern) {
      const known = stdout.find((line) => pattern.test(line));
      if (known !== undefined) return known;
      let listener: (line: string) => void = () => undefined;
      const found = new Promise<string>((resolve) => {
        listener = (line) => {
          if (pattern.test(line)) resolve(line);
        };
        listeners.add(listener);
      });
      const ended = exited.then((code) => {
        throw new Error(
          `the program ended with ${code} before a line matched ${pattern}:\n${[...stdout, ...stderr].join('\n')}`,
        );
      });
      try {
        return await Promise.race([found, ended]);
      } finally {
        listeners.delete(listener);
        ended.catch(() => undefined); // it may end later: then nobody waits any more
      }
    },
  };
}

/** No model looks: the demo uses its recorded detections, which are there at once and always the same. */
export const withoutWeights: NodeJS.ProcessEnv = { XUNJIE_MODEL: 'none' };
