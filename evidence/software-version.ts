import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { XunjieError } from '../domain/mod.ts';

/** The version in the project's `package.json`: the nearest one above this file, from the sources and from a build alike. */
export function readSoftwareVersion(): string {
  for (const up of ['..', '../..', '../../..']) {
    const file = fileURLToPath(new URL(`${up}/package.json`, import.meta.url));
    const version = readVersionOf(file);
    if (version !== null) return version;
  }
  throw new XunjieError('internal', 'the package.json of xunjie is missing from this installation');
}

function readVersionOf(file: string): string | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null; // no such file at this level: the next one up is tried
  }
  const found = JSON.parse(text) as { name?: unknown; version?: unknown };
  return found.name === 'xunjie' && typeof found.version === 'string' ? found.version : null;
}
