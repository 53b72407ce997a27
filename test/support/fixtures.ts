import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = path.resolve(fileURLToPath(import.meta.url), '../../..');

const fixturesRoot = process.env['XUNJIE_FIXTURES'] ?? path.join(projectRoot, '../shared/fixtures');

/** Path of a shared fixture, or `null` after printing why the tests that need it skip. */
export function findFixture(relative: string): string | null {
  const file = path.join(fixturesRoot, relative);
  if (existsSync(file)) return file;
  process.stderr.write(`skipped: ${relative} is not in ${fixturesRoot} (set XUNJIE_FIXTURES)\n`);
  return null;
}
