import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';
import { projectRoot } from './fixtures.ts';

/**
 * Bundles the process that runs the rules alone: plain JavaScript starts in a third of the time, and these are started often. The caller
 * removes the program's folder.
 */
export async function buildRulesProcess(): Promise<string> {
  const outDir = path.join(projectRoot, 'node_modules/.cache/rules-process', String(process.pid));
  await build({
    configFile: false,
    root: projectRoot,
    logLevel: 'warn',
    build: {
      ssr: path.join(projectRoot, 'test/support/rules-process.ts'),
      outDir,
      emptyOutDir: true,
      target: 'node20',
      rollupOptions: {
        treeshake: { moduleSideEffects: false },
        output: { entryFileNames: 'rules-process.mjs' },
      },
    },
  });
  return path.join(outDir, 'rules-process.mjs');
}

export interface RulesChild {
  readonly process: ChildProcess;
  /** How far it says that it is; 0 before it says so. */
  readSeq(): number;
  readonly log: readonly string[];
  readonly exited: Promise<unknown>;
}

export function startRulesChild(
  program: string,
  natsUrl: string,
  options: { shards?: number[]; saveEachMs?: number; renewMs?: number },
): RulesChild {
  const child = spawn(process.execPath, [program], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NATS_URL: natsUrl, RULES_OPTIONS: JSON.stringify(options) },
  });
  let seq = 0;
  const log: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    seq = Number(line);
  });
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  return { process: child, readSeq: () => seq, log, exited: once(child, 'close') };
}
