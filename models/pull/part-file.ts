import { readFile, rm, stat, writeFile } from 'node:fs/promises';

/** Where a download stands: its bytes so far, and what identifies the file they belong to. */
export interface PartFile {
  readonly path: string;
  readonly bytes: number;
  /** Address they came from and its strong ETag or date; `null` when nothing is known. */
  readonly origin: { readonly url: string; readonly validator: string } | null;
}

/** Reads what an earlier run left, killed or not: the file's length says how far it came. */
export async function readPart(path: string): Promise<PartFile> {
  const bytes = await stat(path).then(
    (facts) => facts.size,
    () => 0,
  );
  const origin = await readFile(`${path}.json`, 'utf8').then(parseOrigin, () => null);
  return { path, bytes, origin };
}

function parseOrigin(text: string): PartFile['origin'] {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    const { url, validator } = value as Record<string, unknown>;
    return typeof url === 'string' && typeof validator === 'string' ? { url, validator } : null;
  } catch {
    return null; // cut short by a crash
  }
}

export async function writeOrigin(path: string, origin: PartFile['origin']): Promise<void> {
  if (origin === null) await rm(`${path}.json`, { force: true });
  else await writeFile(`${path}.json`, JSON.stringify(origin));
}

export async function dropPart(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.json`, { force: true });
}
