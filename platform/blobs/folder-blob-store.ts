import { randomBytes } from 'node:crypto';
import { access, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import type { BlobStore } from './blob-store.ts';

/** Objects as files below one folder; a write is a synced temporary file and a rename, so a crash leaves no half object. */
export function openFolderBlobStore(root: string): BlobStore {
  return {
    async put(key, bytes) {
      const file = toFile(root, key);
      const temporary = `${file}.${randomBytes(6).toString('hex')}.part`;
      try {
        await mkdir(path.dirname(file), { recursive: true });
        await writeSynced(temporary, bytes);
        await rename(temporary, file);
      } catch (error) {
        await rm(temporary, { force: true });
        throw new XunjieError('blob_store_unreachable', `cannot write ${file}: ${toMessage(error)}`, { cause: error });
      }
    },
    async get(key) {
      const file = toFile(root, key);
      try {
        return await readFile(file);
      } catch (error) {
        if (isMissing(error)) throw new XunjieError('blob_not_found', `no object ${key} in ${root}`, { cause: error });
        throw new XunjieError('blob_store_unreachable', `cannot read ${file}: ${toMessage(error)}`, { cause: error });
      }
    },
    async has(key) {
      return access(toFile(root, key)).then(
        () => true,
        () => false,
      );
    },
    async list(prefix) {
      const entries = await readdir(path.join(root, prefix), { recursive: true, withFileTypes: true }).catch((error) => {
        if (isMissing(error)) return [];
        throw error;
      });
      return entries
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.part'))
        .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
        .toSorted();
    },
    async close() {},
  };
}

async function writeSynced(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function toFile(root: string, key: string): string {
  const parts = key.split('/');
  if (!/^[A-Za-z0-9._/-]+$/.test(key) || parts.some((part) => part === '' || part === '.' || part === '..'))
    throw new XunjieError('bad_argument', `"${key}" is no blob key: letters, digits, ".", "_", "-" and "/" only`);
  return path.join(root, ...parts);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
