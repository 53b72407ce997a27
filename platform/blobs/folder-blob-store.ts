import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import { checkBlobKey, checkBlobPrefix } from './blob-key.ts';
import type { BlobProtection, BlobStore, BlobStream } from './blob-store.ts';
import { checkLength } from './check-length.ts';

/** Objects as files below one folder; a write is a synced temporary file, a rename and a sync of the folder, so a crash leaves no half object. */
export function openFolderBlobStore(root: string): BlobStore {
  let swept: Promise<void> | null = null;
  return {
    protection,
    async put(key, body) {
      const file = toFile(root, key);
      try {
        await mkdir(path.dirname(file), { recursive: true });
        await mkdir(path.join(root, incoming), { recursive: true });
        swept ??= sweepIncoming(path.join(root, incoming));
        await swept;
        await placeSynced(path.join(root, incoming, randomBytes(12).toString('hex')), file, body);
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
    async open(key, range) {
      const file = toFile(root, key);
      let handle: FileHandle | null = null;
      try {
        handle = await open(file, 'r');
        const status = await handle.stat();
        if (!status.isFile()) throw Object.assign(new Error('is no file'), { code: 'ENOENT' });
        const { from, to } = range ?? { from: 0, to: status.size - 1 };
        if (range !== undefined && (from < 0 || to < from || to >= status.size))
          throw new XunjieError(
            'bad_argument',
            `${key} has ${status.size} bytes; ${from}-${to} is not in it`,
          );
        return {
          bytes: to - from + 1,
          stream: handle.createReadStream({ start: from, end: Math.max(to, 0) }),
        };
      } catch (error) {
        await handle?.close();
        if (error instanceof XunjieError) throw error;
        if (isMissing(error))
          throw new XunjieError('blob_not_found', `no object ${key} in ${root}`, { cause: error });
        throw new XunjieError('blob_store_unreachable', `cannot read ${file}: ${toMessage(error)}`, {
          cause: error,
        });
      }
    },
    async delete(key) {
      const file = toFile(root, key);
      try {
        await rm(file);
        await syncFolder(path.dirname(file));
        await removeEmptyFolders(root, path.dirname(file));
      } catch (error) {
        if (isMissing(error)) return;
        throw new XunjieError('blob_store_unreachable', `cannot delete ${file}: ${toMessage(error)}`, {
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

const protection: BlobProtection = {
  versioning: false,
  objectLock: false,
  explanation:
    'evidence lies in a folder: nothing but its permissions keeps it from being deleted; an S3 server with object lock would',
};

/** Unfinished objects lie apart: one that a crash left behind is never taken for part of what it was meant for. */
const incoming = '.incoming';

/** One that is being written to changes all the time; what has not for so long was left by a process that died. */
const abandonedMs = 3_600_000;

async function sweepIncoming(folder: string): Promise<void> {
  const before = Date.now() - abandonedMs;
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const status = await stat(file).catch(() => null);
    if (status !== null && status.isFile() && status.mtimeMs < before) await rm(file, { force: true });
  }
}

async function placeSynced(temporary: string, file: string, body: Uint8Array | BlobStream): Promise<void> {
  const handle = await open(temporary, 'wx');
  try {
    if (body instanceof Uint8Array) await handle.writeFile(body);
    else for await (const chunk of checkLength(body)) await handle.appendFile(chunk);
    await handle.sync();
    await rename(temporary, file);
  } finally {
    await handle.close();
    await rm(temporary, { force: true });
  }
  // The new name is durable only when its folder is.
  await syncFolder(path.dirname(file));
}

async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A prefix without objects is none; a folder that somebody is writing to just now stays. */
async function removeEmptyFolders(root: string, from: string): Promise<void> {
  for (let dir = from; dir !== root && dir.startsWith(root); dir = path.dirname(dir))
    if (
      !(await rmdir(dir).then(
        () => true,
        () => false,
      ))
    )
      return;
}

function toFile(root: string, key: string): string {
  checkBlobKey(key);
  return path.join(root, ...key.split('/'));
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
