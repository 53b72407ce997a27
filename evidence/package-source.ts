import { createReadStream } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { XunjieError } from '../domain/mod.ts';
import type { BlobStore } from '../platform/mod.ts';
import { digestStream } from './digest-stream.ts';
import { toPackagePrefix } from './package-path.ts';

/** Paths inside a package, sorted. */
export interface PackageListing {
  readonly files: readonly string[];
  readonly folders: readonly string[];
  /** Links, sockets and whatever else is neither. */
  readonly others: readonly string[];
}

/** A package as a verifier sees it: named files, wherever they lie. */
export interface PackageSource {
  /** Where it lies, for messages. */
  readonly place: string;
  list(): Promise<PackageListing>;
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
      const pick = (isWanted: (entry: (typeof entries)[number]) => boolean): string[] =>
        entries.filter(isWanted).map(toPath).toSorted();
      return {
        files: pick((entry) => entry.isFile()),
        folders: pick((entry) => entry.isDirectory()),
        others: pick((entry) => !entry.isFile() && !entry.isDirectory()),
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

const readChunkBytes = 1 << 20;

/** A package in a blob store. */
export function openStoredSource(blobs: BlobStore, manifestHash: string): PackageSource {
  const prefix = toPackagePrefix(manifestHash);
  return {
    place: prefix,
    async list() {
      const files = (await blobs.list(prefix)).map((key) => key.slice(prefix.length));
      return { files, folders: [], others: [] };
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
