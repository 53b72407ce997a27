// `npm test` and `npm run test:e2e`: set up, run vitest, and close with one line `N passed, N failed, N skipped`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findPackageBin, runThrough, setUp } from './setup.mjs';

setUp();
const dir = mkdtempSync(path.join(tmpdir(), 'xunjie-test-'));
const report = path.join(dir, 'report.json');
const args = [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--reporter=${path.join(import.meta.dirname, 'flaky-reporter.mjs')}`,
  // the check on a clean clone may try a failed test again, since one red test among thousands would refuse all the rest; it is named
  `--retry=${process.env.XUNJIE_TEST_RETRY ?? 0}`,
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
];
const code = runThrough(process.execPath, [findPackageBin('vitest', 'vitest'), ...args]);
try {
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
    readFileSync(report, 'utf8'),
  );
  // a file that does not even load has no failed test in it, but has failed
  const brokenFiles = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  process.stdout.write(
    `${numPassedTests} passed, ${numFailedTests + brokenFiles} failed, ${numPendingTests} skipped\n`,
  );
} catch {
  process.stdout.write('0 passed, 1 failed\n'); // vitest ended before it could report
}
rmSync(dir, { recursive: true, force: true });
process.exitCode = code;
