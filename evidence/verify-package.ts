import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { type EvidenceItem, timeStampFile, toMessage, XunjieError } from '../domain/mod.ts';
import type { BlobStore } from '../platform/mod.ts';
import { checkManifest } from './check-manifest.ts';
import { findSignatureProblem } from './check-signature.ts';
import { type AuthorityTrust, type CheckedTimeStamp, checkTimeStamp } from './check-time-stamp.ts';
import { manifestFile, signatureFile } from './package-path.ts';
import { openFolderSource, openStoredSource, type PackageSource } from './package-source.ts';

export interface Verdict {
  readonly ok: boolean;
  /** The first thing that is wrong, naming the file; `null` when nothing is. */
  readonly problem: string | null;
  /** SHA-256 of `manifest.json` as it lies there; empty where there is none. */
  readonly manifestHash: string;
  /** The key the manifest names; whether it may be trusted is for the reader to know. */
  readonly keyId: string | null;
  readonly candidateId: string | null;
  /** Files found right, manifest and signature included. */
  readonly files: number;
  /** When and by whom it was time-stamped; `null` where there is no time stamp. */
  readonly timeStamp: CheckedTimeStamp['timeStamp'];
}

/** Without any trust a package that someone else made and signed with a key of their own verifies, too: compare `keyId`. */
export type VerifyOptions = AuthorityTrust;

const maxManifestBytes = 4 << 20;
const maxSignatureBytes = 64 << 10;
const maxTokenBytes = 64 << 10;
const hashPattern = /^[0-9a-f]{64}$/i;

/**
 * Checks a package in a folder, with nothing but the folder: manifest, its name, signature, then every file.
 * A folder named by a hash must be named by its manifest's. Never rejects for a broken package; the verdict says what is wrong.
 */
export async function verifyPackage(dir: string, options: VerifyOptions = {}): Promise<Verdict> {
  const status = await stat(dir).catch(() => null);
  if (status === null) return toVerdict(`${dir} does not exist`);
  if (!status.isDirectory())
    return toVerdict(`${dir} is not a folder; a package is a folder with a ${manifestFile}`);
  const name = path.basename(path.resolve(dir));
  try {
    return await verifySource(
      openFolderSource(dir),
      hashPattern.test(name) ? name.toLowerCase() : null,
      options,
    );
  } catch (error) {
    return toVerdict(`${dir} cannot be read: ${toMessage(error)}`);
  }
}

/** Checks a package where it is stored. Rejects only when the store itself does not answer. */
export async function verifyStoredPackage(
  blobs: BlobStore,
  manifestHash: string,
  options: VerifyOptions = {},
): Promise<Verdict> {
  if (!/^[0-9a-f]{64}$/.test(manifestHash))
    throw new XunjieError('bad_argument', `"${manifestHash}" is no package name: 64 hexadecimal digits`);
  return verifySource(openStoredSource(blobs, manifestHash), manifestHash, options);
}

async function verifySource(
  source: PackageSource,
  expectedHash: string | null,
  options: VerifyOptions,
): Promise<Verdict> {
  const manifestBytes = await source.readSmall(manifestFile, maxManifestBytes);
  if (manifestBytes === null)
    return toVerdict(`${source.place} is not a package: no ${manifestFile} of a sensible size in it`);
  const manifestHash = createHash('sha256').update(manifestBytes).digest('hex');
  const { manifest, problem: manifestProblem } = checkManifest(manifestBytes);
  if (manifest === null) return toVerdict(manifestProblem, { manifestHash });
  const known = { manifestHash, keyId: manifest.keyId, candidateId: manifest.candidate.id };
  if (expectedHash !== null && expectedHash !== manifestHash)
    return toVerdict(
      `${manifestFile} has SHA-256 ${manifestHash}, the package is named ${expectedHash}`,
      known,
    );
  const signatureBytes = await source.readSmall(signatureFile, maxSignatureBytes);
  if (signatureBytes === null) return toVerdict(`${signatureFile} is missing`, known);
  const signatureProblem = findSignatureProblem(signatureBytes, manifestBytes, manifest, options);
  if (signatureProblem !== null) return toVerdict(signatureProblem, known);
  const tokenBytes = await source.readSmall(timeStampFile, maxTokenBytes);
  const { timeStamp, problem: timeStampProblem } =
    tokenBytes === null ? noTimeStamp : checkTimeStamp(tokenBytes, manifestHash, options);
  if (timeStampProblem !== null) return toVerdict(timeStampProblem, known);
  return { ...toVerdict(null, known), timeStamp, ...(await checkFiles(source, manifest.items, timeStamp)) };
}

const noTimeStamp: CheckedTimeStamp = { timeStamp: null, problem: null };

async function checkFiles(
  source: PackageSource,
  items: readonly EvidenceItem[],
  timeStamp: Verdict['timeStamp'],
): Promise<Pick<Verdict, 'ok' | 'problem' | 'files'>> {
  const { files, folders, others } = await source.list();
  const present = new Set(files);
  const apart = [manifestFile, signatureFile, ...(timeStamp === null ? [] : [timeStampFile])];
  let right = apart.length;
  const toResult = (problem: string | null) => ({ ok: problem === null, problem, files: right });
  if (others[0] !== undefined) return toResult(`${toShown(others[0])} is not a plain file`);
  for (const item of items) {
    if (!present.has(item.path)) return toResult(`${item.path} is missing`);
    const problem = await findFileProblem(source, item);
    if (problem !== null) return toResult(problem);
    right++;
  }
  const expected = new Set([...apart, ...items.map((item) => item.path)]);
  const extra = files.find((file) => !expected.has(file));
  if (extra !== undefined)
    return toResult(`${toShown(extra)} is not part of the package: ${manifestFile} does not list it`);
  const idle = folders.find((folder) => ![...expected].some((file) => file.startsWith(`${folder}/`)));
  if (idle !== undefined)
    return toResult(`${toShown(idle)} is not part of the package: a folder without any of its files`);
  return toResult(null);
}

/** A name as it is, or with quotes and escapes where it could break the line or pass for another. */
function toShown(name: string): string {
  return /^[\w./-]+$/.test(name)
    ? name
    : JSON.stringify(name).replaceAll(/[\u007f-\u009f\u200b-\u200f\u2028-\u202e]/g, '?');
}

async function findFileProblem(source: PackageSource, item: EvidenceItem): Promise<string | null> {
  let found: { bytes: number; sha256: string };
  try {
    found = await source.digest(item.path);
  } catch (error) {
    if (error instanceof XunjieError && error.code === 'blob_store_unreachable') throw error;
    return `${item.path} cannot be read: ${toMessage(error)}`;
  }
  if (found.bytes !== item.bytes)
    return `${item.path} has ${found.bytes} bytes, ${manifestFile} says ${item.bytes}`;
  if (found.sha256 !== item.sha256)
    return `${item.path} has SHA-256 ${found.sha256}, ${manifestFile} says ${item.sha256}`;
  return null;
}

function toVerdict(problem: string | null, known: Partial<Verdict> = {}): Verdict {
  return {
    manifestHash: '',
    keyId: null,
    candidateId: null,
    files: 0,
    timeStamp: null,
    ...known,
    ok: problem === null,
    problem,
  };
}
