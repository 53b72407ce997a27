import type { EvidenceManifest } from '../domain/mod.ts';
import type { BlobStore } from '../platform/mod.ts';
import { manifestFile, toPackagePrefix } from './package-path.ts';

export interface StoredPackage {
  readonly candidateId: string;
  readonly manifest: EvidenceManifest;
  /** Key of a file of the package in the store. */
  toKey(path: string): string;
}

/** The packages of a store, by what their manifests say; none is verified. What is no manifest is passed over. */
export async function* listStoredPackages(blobs: BlobStore): AsyncGenerator<StoredPackage> {
  for (const key of await blobs.list('packages/')) {
    const [, hash] = /^packages\/([^/]+)\//.exec(key) ?? [];
    if (hash === undefined || !key.endsWith(`/${manifestFile}`)) continue;
    const manifest = parseManifest(await blobs.get(key));
    if (manifest === null) continue;
    yield {
      candidateId: manifest.candidate.id,
      manifest,
      toKey: (path) => `${toPackagePrefix(hash)}${path}`,
    };
  }
}

function parseManifest(bytes: Uint8Array): EvidenceManifest | null {
  try {
    const manifest = JSON.parse(Buffer.from(bytes).toString('utf8')) as EvidenceManifest;
    return typeof manifest.candidate?.id === 'string' && Array.isArray(manifest.items) ? manifest : null;
  } catch {
    return null;
  }
}
