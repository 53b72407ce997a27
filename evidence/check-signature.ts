import {
  type EvidenceManifest,
  type EvidenceSignature,
  findSchemaIssues,
  formatPath,
} from '../domain/mod.ts';
import { parseCanonicalBytes } from './canonical-json.ts';
import { findSealProblem, type KeyTrust } from './check-seal.ts';
import { SignatureSchema } from './manifest-schema.ts';
import { manifestFile, signatureFile } from './package-path.ts';

/** What is wrong with a signature over the manifest's bytes, or `null`. Without trust any key will do. */
export function findSignatureProblem(
  bytes: Uint8Array,
  manifestBytes: Uint8Array,
  manifest: EvidenceManifest,
  trust: KeyTrust,
): string | null {
  const parsed = parseCanonicalBytes(bytes);
  if (parsed.problem !== null) return `${signatureFile} ${parsed.problem}`;
  const issue = findSchemaIssues(SignatureSchema, parsed.value)[0];
  if (issue !== undefined) return `${signatureFile} ${formatPath(issue.path) || 'content'}: ${issue.message}`;
  const seal = parsed.value as EvidenceSignature;
  const { sealedAtMs } = manifest;
  const sealed = { bytes: manifestBytes, sealedAtMs, place: manifestFile, thing: 'the package' };
  const problem = findSealProblem(seal, sealed, trust);
  if (problem !== null) return `${signatureFile} ${problem}`;
  return manifest.keyId === seal.keyId
    ? null
    : `${signatureFile} is by key ${seal.keyId}, ${manifestFile} was sealed by key ${manifest.keyId}`;
}
