import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../test/support/fixtures.ts';

const historyFile = path.join(projectRoot, 'bench/history.csv');

/** Figures of one bench; the name comes first in what is printed. */
export interface Figures {
  readonly bench: string;
  readonly [figure: string]: number | string | boolean | null;
}

/** Appends the figures to `bench/history.csv` with time, commit and machine, and prints them as the last line. */
export function recordFigures(figures: Figures): void {
  if (!existsSync(historyFile)) appendFileSync(historyFile, 'time,commit,cores,cpu,bench,figures\n');
  const { bench, ...rest } = figures;
  const row = [
    new Date().toISOString(),
    readCommit(),
    String(availableParallelism()),
    cpus()[0]?.model ?? 'unknown',
    bench,
    JSON.stringify(rest),
  ];
  appendFileSync(historyFile, `${row.map(quote).join(',')}\n`);
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

/** `abc1234`, with `+` when the tree has changes that are not committed (those of the history itself aside). */
function readCommit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: projectRoot, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    const changes = git('status', '--porcelain', '--', '.', ':!bench/history.csv').trim();
    return git('rev-parse', '--short', 'HEAD').trim() + (changes === '' ? '' : '+');
  } catch {
    return 'unknown'; // a copy without its history
  }
}

function quote(field: string): string {
  return /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
