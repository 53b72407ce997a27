// `npm run check`: types, lint, format, dead code. Every check runs, whatever the others say.
import { findPackageBin, projectRoot, runThrough, setUp } from './setup.mjs';

setUp({ build: false });
const checks = [
  ['types', 'typescript', 'tsc', ['-p', 'tsconfig.json', '--noEmit']],
  ['types of the console', 'typescript', 'tsc', ['-p', 'web/tsconfig.json', '--noEmit']],
  ['lint', 'oxlint', 'oxlint', ['--type-aware', '--deny-warnings']],
  ['format', '@biomejs/biome', 'biome', ['check', '--linter-enabled=false', projectRoot]],
  ['dead code', 'knip', 'knip', []],
];
for (const [name, packageName, command, args] of checks) {
  const code = runThrough(process.execPath, [findPackageBin(packageName, command), ...args]);
  process.stdout.write(`check ${name}: ${code === 0 ? 'good' : 'FAILED'}\n`);
  if (code !== 0) process.exitCode = 1;
}
