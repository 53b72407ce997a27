import { type Static, Type } from 'typebox';
import { type EvidenceManifest, findSchemaIssues, XunjieError } from '../domain/mod.ts';
import type { BlobStore } from '../platform/mod.ts';
import { manifestFile, toPackagePrefix } from './package-path.ts';
import { type SealOptions, sealPackage } from './seal-package.ts';

const MarkSchema = Type.Object(
  {
    v: Type.Literal(1),
    /** The package that is being stored; `null` when only leftovers are still to be removed. */
    manifestHash: Type.Union([Type.String({ pattern: '^[0-9a-f]{64}$' }), Type.Null()]),
    sealedAtMs: Type.Number(),
    /** Manifest hashes of earlier attempts that the store would not let go yet. */
    leftovers: Type.Array(Type.String({ pattern: '^[0-9a-f]{64}$' })),
  },
  { additionalProperties: false },
);

/** Lies in the store from before a package's first file until somebody knows the package. */
type Mark = Static<typeof MarkSchema>;

const marks = 'sealing/';
const toMarkKey = (candidateId: string): string => `${marks}${candidateId}.json`;

/**
 * `sealPackage` for a candidate that may come again after a crash: an attempt that was cut short is completed or removed, one that nobody
 * heard of is taken as it is, so that the store never keeps files that no one will ever delete. Whoever has noted the package calls
 * `settleSeal`. One candidate is sealed by one process at a time.
 */
export async function sealOnce(
  options: SealOptions,
): Promise<{ manifestHash: string; manifest: EvidenceManifest }> {
  const { blobs, candidate } = options;
  const begun = await readMark(blobs, candidate.id);
  const whole = begun?.manifestHash == null ? null : await readManifest(blobs, begun.manifestHash);
  if (whole !== null) return whole;
  // With the time of the first attempt the same footage gives the same package, and its files are put where they are.
  const sealedAtMs = begun?.sealedAtMs ?? options.nowMs;
  const onStoring = async (manifestHash: string): Promise<void> => {
    const leftovers = await removeLeftovers(blobs, begun, manifestHash);
    await putMark(blobs, candidate.id, { v: 1, manifestHash, sealedAtMs, leftovers });
  };
  try {
    return await sealPackage({ ...options, nowMs: sealedAtMs, onStoring });
  } catch (error) {
    if (error instanceof XunjieError && error.code === 'evidence_unavailable' && begun !== null)
      await closeMark(blobs, candidate.id, begun, null);
    throw error;
  }
}

/** The package of this candidate is known by name elsewhere: no attempt at it is to be looked for any more. */
export async function settleSeal(blobs: BlobStore, candidateId: string): Promise<void> {
  const mark = await readMark(blobs, candidateId);
  if (mark !== null) await closeMark(blobs, candidateId, mark, mark.manifestHash);
}

/**
 * Removes what attempts left behind that were begun before a time, milliseconds since the epoch: after so long nobody takes them up. A
 * whole package stays whatever its age: somebody may know it. Gives the number of candidates that are done with.
 */
export async function sweepSeals(blobs: BlobStore, begunBeforeMs: number): Promise<number> {
  let swept = 0;
  for (const key of await blobs.list(marks)) {
    const candidateId = key.slice(marks.length, -'.json'.length);
    const mark = await readMark(blobs, candidateId);
    if (mark === null || (mark.manifestHash !== null && mark.sealedAtMs >= begunBeforeMs)) continue;
    const whole = mark.manifestHash === null ? null : await readManifest(blobs, mark.manifestHash);
    if (await closeMark(blobs, candidateId, mark, whole?.manifestHash ?? null)) swept++;
  }
  return swept;
}

/** Whether nothing is left that the mark must remember. */
async function closeMark(
  blobs: BlobStore,
  candidateId: string,
  mark: Mark,
  keptHash: string | null,
): Promise<boolean> {
  const leftovers = await removeLeftovers(blobs, mark, keptHash);
  if (leftovers.length === 0) await blobs.delete(toMarkKey(candidateId));
  else await putMark(blobs, candidateId, { ...mark, manifestHash: null, leftovers });
  return leftovers.length === 0;
}

/** All packages that a mark names but the one to keep; gives those that are still retained. */
async function removeLeftovers(
  blobs: BlobStore,
  mark: Mark | null,
  keptHash: string | null,
): Promise<string[]> {
  const retained: string[] = [];
  const named = new Set([
    ...(mark?.leftovers ?? []),
    ...(mark?.manifestHash == null ? [] : [mark.manifestHash]),
  ]);
  for (const hash of named) if (hash !== keptHash && !(await removePackage(blobs, hash))) retained.push(hash);
  return retained;
}

/** The manifest first: what is left of a package after a crash is none. `false` where the store retains it. */
async function removePackage(blobs: BlobStore, manifestHash: string): Promise<boolean> {
  const prefix = toPackagePrefix(manifestHash);
  try {
    await blobs.delete(prefix + manifestFile);
    for (const key of await blobs.list(prefix)) await blobs.delete(key);
    return true;
  } catch (error) {
    if (error instanceof XunjieError && error.code === 'blob_locked') return false;
    throw error;
  }
}

async function readManifest(
  blobs: BlobStore,
  manifestHash: string,
): Promise<{ manifestHash: string; manifest: EvidenceManifest } | null> {
  const bytes = await readOrNull(blobs, toPackagePrefix(manifestHash) + manifestFile);
  // Stored as the last file, by this program: there is no need to check it again.
  return bytes === null
    ? null
    : { manifestHash, manifest: JSON.parse(Buffer.from(bytes).toString()) as EvidenceManifest };
}

/** `null` also for a mark that is none: what it was to remember is lost, and sealing goes on. */
async function readMark(blobs: BlobStore, candidateId: string): Promise<Mark | null> {
  const bytes = await readOrNull(blobs, toMarkKey(candidateId));
  if (bytes === null) return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString());
    return findSchemaIssues(MarkSchema, value).length === 0 ? (value as Mark) : null;
  } catch {
    return null;
  }
}

function putMark(blobs: BlobStore, candidateId: string, mark: Mark): Promise<void> {
  return blobs.put(toMarkKey(candidateId), Buffer.from(JSON.stringify(mark)), 'application/json');
}

async function readOrNull(blobs: BlobStore, key: string): Promise<Uint8Array | null> {
  return blobs.get(key).catch((error: unknown) => {
    if (error instanceof XunjieError && error.code === 'blob_not_found') return null;
    throw error;
  });
}
