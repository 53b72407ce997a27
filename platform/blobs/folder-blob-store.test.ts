import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openFolderBlobStore } from './folder-blob-store.ts';

test('what a process that died was writing is removed, what another one is writing is not', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'xunjie-blobs-'));
  try {
    const incoming = path.join(root, '.incoming');
    await mkdir(incoming);
    for (const name of ['abandoned', 'growing']) await writeFile(path.join(incoming, name), 'half a clip');
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    await utimes(path.join(incoming, 'abandoned'), longAgo, longAgo);
    const blobs = openFolderBlobStore(root);
    await blobs.put('a/b', Buffer.from('whole'), 'text/plain');
    expect(await readdir(incoming)).toEqual(['growing']);
    expect(await blobs.list('a/')).toEqual(['a/b']);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
