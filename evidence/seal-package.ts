import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { CandidateFacts, EvidenceItem, EvidenceManifest, FootageReader } from '../domain/mod.ts';
import type { BlobStore, BlobStream } from '../platform/mod.ts';
import { annotatePicture } from './annotate-picture.ts';
import { toAntiForgeryCode } from './anti-forgery-code.ts';
import { toCanonicalBytes } from './canonical-json.ts';
import { digestStream } from './digest-stream.ts';
import { findFontSupport } from './fonts.ts';
import { type DetectionsReader, type MaskedStill, maskOriginal } from './mask-stills.ts';
import { chooseMoments, type Moment } from './moments.ts';
import { manifestFile, signatureFile, toPackagePrefix } from './package-path.ts';
import {
  type EndClip,
  type OriginalPicture,
  readEndClips,
  readOriginals,
  toUnavailable,
} from './read-footage.ts';
import { type Signer, toSignature } from './signer.ts';
import { readSoftwareVersion } from './software-version.ts';

export interface SealOptions {
  readonly candidate: CandidateFacts;
  readonly footage: FootageReader;
  /** Where people and vehicles were; without it there are no masked copies, and the manifest says so. */
  readonly detections?: DetectionsReader;
  readonly signer: Signer;
  readonly blobs: BlobStore;
  /** Becomes `sealedAtMs`. */
  readonly nowMs: number;
  /** Until when the store may let nobody delete the package, where it can see to that. */
  readonly retainUntilMs?: number;
  /** Told the package's name when all of it is at hand and nothing is stored yet; what it rejects with ends the sealing. */
  readonly onStoring?: (manifestHash: string) => Promise<void>;
  /** Printed on the annotated copies where a case exists already. */
  readonly caseNo?: string;
  /** Time zone of the printed times; default Asia/Shanghai. */
  readonly timeZone?: string;
}

interface PackageFile {
  readonly item: EvidenceItem;
  /** What is stored: a picture from memory, a clip from its file. */
  open(): Uint8Array | BlobStream;
}

/**
 * Gathers, hashes, signs and stores the evidence of one candidate under `packages/<manifestHash>/`.
 *
 * - Nothing is stored before every required picture and clip is at hand; otherwise it rejects with `evidence_unavailable`.
 * - The items are stored first, then the signature, the manifest last: a package without manifest does not exist.
 *   A crash in between leaves files that no reader takes for a package.
 * - The same candidate, footage, detections, key and `nowMs` on the same machine give the same bytes and the same hash, so repeating the
 *   call completes or repeats the one package. Another `nowMs` gives a second, equally valid package beside the first: a
 *   caller that is delivered a candidate twice uses `sealOnce`.
 */
export async function sealPackage(
  options: SealOptions,
): Promise<{ manifestHash: string; manifest: EvidenceManifest }> {
  const { candidate, footage, signer, nowMs } = options;
  const originals = await readOriginals(candidate, footage, chooseMoments(candidate));
  const originalFiles = originals.map(toOriginalFile);
  const antiForgeryCode = toAntiForgeryCode(
    candidate.id,
    originalFiles.map(({ item }) => item.sha256),
  );
  const { annotated, masked } = await copyOriginals(originals, antiForgeryCode, options);
  const pictures = [
    ...originalFiles,
    ...annotated,
    ...masked.flatMap(({ copy }) => (copy === null ? [] : [toPictureFile(copy.item, copy.bytes)])),
  ];
  const clips = await readEndClips(candidate, footage);
  try {
    const files = [...pictures];
    for (const clip of clips) files.push(await toClipFile(clip));
    const manifest: EvidenceManifest = {
      v: 1,
      candidate,
      items: files.map(({ item }) => item),
      clockErrorMs: toClockErrorMs(candidate, originals),
      masking: masked.map(({ masking }) => masking),
      antiForgeryCode,
      software: { name: 'xunjie', version: readSoftwareVersion() },
      sealedAtMs: nowMs,
      keyId: signer.keyId,
    };
    return { manifestHash: await storePackage(files, manifest, options), manifest };
  } finally {
    for (const { clip } of clips) await clip.discard();
  }
}

/** Signs and stores it, the manifest last; gives its hash. */
async function storePackage(
  files: readonly PackageFile[],
  manifest: EvidenceManifest,
  { signer, blobs, retainUntilMs, onStoring }: SealOptions,
): Promise<string> {
  const manifestBytes = toCanonicalBytes(manifest);
  const manifestHash = toSha256(manifestBytes);
  const signature = toSignature(signer, manifestBytes);
  await onStoring?.(manifestHash);
  const prefix = toPackagePrefix(manifestHash);
  const put = (file: string, body: Uint8Array | BlobStream, mediaType: string): Promise<void> =>
    blobs.put(prefix + file, body, mediaType, retainUntilMs === undefined ? {} : { retainUntilMs });
  for (const file of files) await put(file.item.path, file.open(), file.item.mediaType);
  await put(signatureFile, toCanonicalBytes(signature), 'application/json');
  await put(manifestFile, manifestBytes, 'application/json');
  return manifestHash;
}

const extensions = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp' } as const;

/** The widest bound of all clocks that the package's times rest on; `null` as soon as one of them is unknown. */
function toClockErrorMs(candidate: CandidateFacts, originals: readonly OriginalPicture[]): number | null {
  const bounds = originals.flatMap(({ clockErrorMs }) => (clockErrorMs === undefined ? [] : [clockErrorMs]));
  return [candidate.clockErrorMs, ...bounds].reduce((widest, bound) =>
    widest === null || bound === null ? null : Math.max(widest, bound),
  );
}

function toOriginalFile({ moment, bytes, mediaType, width, height }: OriginalPicture): PackageFile {
  const item: UnsealedItem = {
    kind: 'original',
    path: `original/${moment.name}.${extensions[mediaType]}`,
    mediaType,
    moment: moment.name,
    capturedAtMs: moment.sighting.capturedAtMs,
    ptsMs: moment.sighting.ptsMs,
    width,
    height,
  };
  return toPictureFile(item, bytes);
}

/** The annotated and the masked copy of each; an original is decoded once for both, and one at a time. */
async function copyOriginals(
  originals: readonly OriginalPicture[],
  antiForgeryCode: string,
  { candidate, detections, timeZone = 'Asia/Shanghai', caseNo }: SealOptions,
): Promise<{ annotated: PackageFile[]; masked: MaskedStill[] }> {
  const support = await findFontSupport();
  const annotated: PackageFile[] = [];
  const masked: MaskedStill[] = [];
  for (const [index, original] of originals.entries()) {
    const { moment } = original;
    const facts = {
      candidate,
      moment,
      pictureNo: index + 1,
      pictureCount: originals.length,
      antiForgeryCode,
      timeZone,
      ...(caseNo === undefined ? {} : { caseNo }),
    };
    const { raster, ...copy } = await annotatePicture(original.bytes, original, facts, support).catch(
      (error: unknown) => {
        const what = `the annotated copy of the ${moment.name} sighting`;
        throw toUnavailable(candidate, what, moment.sighting.ptsMs, error);
      },
    );
    annotated.push(toAnnotatedFile(moment, copy));
    masked.push(await maskOriginal(candidate, original, raster, detections));
  }
  return { annotated, masked };
}

function toAnnotatedFile(
  { name, sighting }: Moment,
  { bytes, width, height }: { bytes: Uint8Array; width: number; height: number },
): PackageFile {
  const item: UnsealedItem = {
    kind: 'annotated',
    path: `annotated/${name}.jpg`,
    mediaType: 'image/jpeg',
    moment: name,
    capturedAtMs: sighting.capturedAtMs,
    ptsMs: sighting.ptsMs,
    width,
    height,
  };
  return toPictureFile(item, bytes);
}

type UnsealedItem = Omit<EvidenceItem, 'sha256' | 'bytes'>;

function toPictureFile(item: UnsealedItem, bytes: Uint8Array): PackageFile {
  return { item: { ...item, sha256: toSha256(bytes), bytes: bytes.byteLength }, open: () => bytes };
}

const readChunkBytes = 1 << 20;

/** A clip is read twice, for its hash and when it is stored: so eighty of them at once take no more memory than their pieces. */
async function toClipFile({ moment, clip, capturedAtMs }: EndClip): Promise<PackageFile> {
  const openClip = () => createReadStream(clip.file, { highWaterMark: readChunkBytes });
  const { bytes, sha256 } = await digestStream(openClip());
  const item: EvidenceItem = {
    kind: 'clip',
    path: `clip/${moment}.mp4`,
    mediaType: clip.mediaType,
    sha256,
    bytes,
    moment,
    capturedAtMs,
    ptsMs: clip.fromPtsMs,
    durationMs: clip.durationMs,
  };
  return { item, open: () => ({ bytes, stream: openClip() }) };
}

function toSha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
