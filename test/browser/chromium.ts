import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** Path of a Chromium: CHROMIUM_PATH, else the first on PATH; `null` after printing why the tests that need it skip. */
export function findChromium(): string | null {
  const given = process.env['CHROMIUM_PATH'];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const candidates = given
    ? [given]
    : folders.flatMap((folder) => names.map((name) => path.join(folder, name)));
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  process.stderr.write(
    given
      ? `skipped: CHROMIUM_PATH names no program: ${given}\n`
      : `skipped: no Chromium on PATH (${names.join(', ')}); install Debian's chromium or set CHROMIUM_PATH\n`,
  );
  return null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
