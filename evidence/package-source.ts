import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { XunjieError } from '../domain/mod.ts';
import type { BlobStore } from '../platform/mod.ts';
import { toPackagePrefix } from './package-path.ts';

/** A package as a verifier sees it: named files, wherever they lie. */
export interface PackageSource {
  /** Where it lies, for messages. */
  readonly place: string;
  /** Paths of all files, sorted, and of entries that are no plain files. */
  list(): Promise<{ files: string[]; others: string[] }>;
  /** A small file as a whole; `null` when it is missing or larger than `maxBytes`. */
  readSmall(file: string, maxBytes: number): Promise<Uint8Array | null>;
  /** Size and SHA-256 of a file that is listed. */
  digest(file: string): Promise<{ bytes: number; sha256: string }>;
}

/** A package in a folder. Files are hashed as streams: their size does not matter. */
export function openFolderSource(dir: string): PackageSource {
  return {
    place: dir,
    async list() {
      const entries = await readdir(dir, { recursive: true, withFileTypes: true });
      const toPath = (entry: (typeof entries)[number]) =>
        path.relative(dir, path.join(entry.parentPath, entry.name)).split(path.sep).join('/');
      return {
        files: entries
          .filter((entry) => entry.isFile())
          .map(toPath)
          .toSorted(),
        others: entries
          .filter((entry) => !entry.isFile() && !entry.isDirectory())
          .map(toPath)
          .toSorted(),
      };
    },
    async readSmall(file, maxBytes) {
      const status = await lstat(path.join(dir, file)).catch(() => null);
      if (!status?.isFile() || status.size > maxBytes) return null;
      const handle = await open(path.join(dir, file));
      try {
        return await handle.readFile();
      } finally {
        await handle.close();
      }
    },
    async digest(file) {
      return digestStream(createReadStream(path.join(dir, file), { highWaterMark: readChunkBytes }));
    },
  };
}

async function digestStream(stream: Readable): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of stream) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).byteLength;
  }
  return { bytes, sha256: hash.digest('hex') };
}

const readChunkBytes = 1 << 20;

/** A package in a blob store. */
export function openStoredSource(blobs: BlobStore, manifestHash: string): PackageSource {
  const prefix = toPackagePrefix(manifestHash);
  return {
    place: prefix,
    async list() {
      return { files: (await blobs.list(prefix)).map((key) => key.slice(prefix.length)), others: [] };
    },
    async readSmall(file, maxBytes) {
      const bytes = await blobs.get(prefix + file).catch((error: unknown) => {
        if (error instanceof XunjieError && error.code === 'blob_not_found') return null;
        throw error;
      });
      return bytes === null || bytes.byteLength > maxBytes ? null : bytes;
    },
    async digest(file) {
      return digestStream((await blobs.open(prefix + file)).stream);
    },
  };
}
