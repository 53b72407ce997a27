import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import { checkBlobKey, checkBlobPrefix } from './blob-key.ts';
import type { BlobStore } from './blob-store.ts';

/** Objects as files below one folder; a write is a synced temporary file, a rename and a sync of the folder, so a crash leaves no half object. */
export function openFolderBlobStore(root: string): BlobStore {
  return {
    async put(key, bytes) {
      const file = toFile(root, key);
      try {
        await mkdir(path.dirname(file), { recursive: true });
        await mkdir(path.join(root, incoming), { recursive: true });
        await placeSynced(path.join(root, incoming, randomBytes(12).toString('hex')), file, bytes);
      } catch (error) {
        throw new XunjieError('blob_store_unreachable', `cannot write ${file}: ${toMessage(error)}`, {
          cause: error,
        });
      }
    },
    async get(key) {
      const file = toFile(root, key);
      try {
        return await readFile(file);
      } catch (error) {
        if (isMissing(error))
          throw new XunjieError('blob_not_found', `no object ${key} in ${root}`, { cause: error });
        throw new XunjieError('blob_store_unreachable', `cannot read ${file}: ${toMessage(error)}`, {
          cause: error,
        });
      }
    },
    async has(key) {
      const file = toFile(root, key);
      try {
        return (await stat(file)).isFile();
      } catch (error) {
        if (isMissing(error)) return false;
        throw new XunjieError('blob_store_unreachable', `cannot look for ${file}: ${toMessage(error)}`, {
          cause: error,
        });
      }
    },
    async list(prefix) {
      checkBlobPrefix(prefix);
      const folder = path.join(root, prefix);
      try {
        const entries = await readdir(folder, { recursive: true, withFileTypes: true });
        return entries
          .filter((entry) => entry.isFile())
          .map((entry) =>
            path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'),
          )
          .toSorted();
      } catch (error) {
        if (isMissing(error)) return [];
        throw new XunjieError('blob_store_unreachable', `cannot list ${folder}: ${toMessage(error)}`, {
          cause: error,
        });
      }
    },
    async close() {},
  };
}

/** Unfinished objects lie apart: one that a crash left behind is never taken for part of what it was meant for. */
const incoming = '.incoming';

async function placeSynced(temporary: string, file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(temporary, 'wx');
  try {
    await handle.writeFile(bytes).then(() => handle.sync());
    await rename(temporary, file);
  } finally {
    await handle.close();
    await rm(temporary, { force: true });
  }
  // The new name is durable only when its folder is.
  const folder = await open(path.dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function toFile(root: string, key: string): string {
  checkBlobKey(key);
  return path.join(root, ...key.split('/'));
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
