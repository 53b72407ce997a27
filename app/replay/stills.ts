import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type CandidateFacts,
  type FootageReader,
  type Sighting,
  toMessage,
  XunjieError,
} from '../../domain/mod.ts';
import { drawStill, listStoredPackages, type StoredPackage } from '../../evidence/mod.ts';
import { openClipFootage, openStoredFootage } from '../../ingest/mod.ts';
import { type BlobStore, openFolderBlobStore } from '../../platform/mod.ts';

export interface StillsOptions {
  /** Where the pictures go, in `stills/`. */
  readonly out: string;
  /** A clip for all cameras, or a folder with `<camera>.mp4` (or .mkv, .mov, .avi, .ts); `null`: none was named. */
  readonly footage: string | null;
  /** Data folder: its packages and recordings are used where they are. */
  readonly dataDir: string;
  readonly timeZone: string;
}

export interface Still {
  /** Relative to the report. */
  readonly href: string;
  readonly title: string;
}

export interface Stills {
  readonly of: ReadonlyMap<string, readonly Still[]>;
  /** Why some candidates have none, in a line each. */
  readonly problems: readonly string[];
}

/** More would make the report unreadable, and each costs a run of the decoder. */
const maxCandidates = 200;
const clipEndings = ['.mp4', '.mkv', '.mov', '.avi', '.ts'];

/** Pictures of candidates at first sight and when they were raised: from their sealed packages, else from footage. */
export async function writeStills(
  candidates: readonly CandidateFacts[],
  options: StillsOptions,
): Promise<Stills> {
  const { dataDir, out } = options;
  const of = new Map<string, Still[]>();
  const problems = new Map<string, number>();
  const blame = (problem: string): void => void problems.set(problem, (problems.get(problem) ?? 0) + 1);
  const blobs = openFolderBlobStore(path.join(dataDir, 'blobs'));
  const packages = (await isFolder(path.join(dataDir, 'blobs/packages')))
    ? await findPackages(candidates, blobs)
    : null;
  const footage = new Map<string, Promise<FootageReader | null>>();
  const findFootage = (camera: string): Promise<FootageReader | null> => {
    const found = footage.get(camera) ?? openFootage(camera, options);
    footage.set(camera, found);
    return found;
  };
  await mkdir(path.join(out, 'stills'), { recursive: true });
  for (const candidate of candidates.slice(0, maxCandidates)) {
    const stored = packages?.get(candidate.id);
    const reader = stored === undefined ? await findFootage(candidate.camera) : null;
    if (stored === undefined && reader === null) {
      blame(`no footage of ${candidate.camera}: name some with --footage`);
      continue;
    }
    try {
      const stills =
        stored === undefined
          ? await drawStills(candidate, reader as FootageReader, options)
          : await copyStills(candidate, stored, blobs, out);
      of.set(candidate.id, stills);
    } catch (error) {
      if (error instanceof XunjieError && error.code === 'engine_missing') throw error;
      blame(`${candidate.camera}: ${toMessage(error)}`);
    }
  }
  if (candidates.length > maxCandidates)
    blame(`only the first ${maxCandidates} of ${candidates.length} candidates have pictures`);
  return {
    of,
    problems: [...problems].map(([problem, times]) => (times > 1 ? `${problem} (${times} times)` : problem)),
  };
}

async function findPackages(
  candidates: readonly CandidateFacts[],
  blobs: BlobStore,
): Promise<ReadonlyMap<string, StoredPackage>> {
  const wanted = new Set(candidates.map(({ id }) => id));
  const found = new Map<string, StoredPackage>();
  for await (const stored of listStoredPackages(blobs))
    if (wanted.has(stored.candidateId)) found.set(stored.candidateId, stored);
  return found;
}

async function copyStills(
  candidate: CandidateFacts,
  stored: StoredPackage,
  blobs: BlobStore,
  out: string,
): Promise<Still[]> {
  const stills: Still[] = [];
  for (const item of stored.manifest.items) {
    if (item.kind !== 'annotated' || item.moment === 'middle') continue;
    const href = `stills/${candidate.id}-${item.moment}${path.posix.extname(item.path)}`;
    await writeFile(path.join(out, href), await blobs.get(stored.toKey(item.path)));
    stills.push({ href, title: `${item.moment} picture of the sealed package` });
  }
  return stills;
}

async function drawStills(
  candidate: CandidateFacts,
  footage: FootageReader,
  { out, timeZone }: StillsOptions,
): Promise<Still[]> {
  const moments: { name: 'first' | 'last'; sighting: Sighting; title: string }[] = [
    { name: 'first', sighting: candidate.first, title: 'first seen' },
    { name: 'last', sighting: candidate.last, title: 'when it was raised' },
  ];
  const stills: Still[] = [];
  for (const { name, sighting, title } of moments) {
    const { bytes } = await footage.readFrame(sighting.ptsMs);
    const href = `stills/${candidate.id}-${name}.jpg`;
    await writeFile(path.join(out, href), await drawStill(bytes, candidate, { name, sighting }, timeZone));
    stills.push({ href, title });
  }
  return stills;
}

async function openFootage(
  camera: string,
  { footage, dataDir }: StillsOptions,
): Promise<FootageReader | null> {
  if (footage !== null) {
    if (!(await isFolder(footage))) return openClipFootage(footage);
    for (const ending of clipEndings) {
      const clip = path.join(footage, `${camera}${ending}`);
      if ((await stat(clip).catch(() => null))?.isFile()) return openClipFootage(clip);
    }
  }
  const ring = path.join(dataDir, 'ring', camera);
  return (await isFolder(ring)) ? openStoredFootage(ring) : null;
}

async function isFolder(where: string): Promise<boolean> {
  return (await stat(where).catch(() => null))?.isDirectory() ?? false;
}
