import { createHash, createPublicKey, verify } from 'node:crypto';
import {
  type EvidenceManifest,
  type EvidenceSignature,
  findSchemaIssues,
  formatPath,
} from '../domain/mod.ts';
import { parseCanonicalBytes } from './canonical-json.ts';
import { SignatureSchema } from './manifest-schema.ts';
import { manifestFile, signatureFile } from './package-path.ts';
import type { PublicKeyRecord } from './public-key-record.ts';
import { toKeyId } from './signer.ts';

const publicKeyBytes = 32;
const signatureBytes = 64;

export interface KeyTrust {
  /** The id (16 hexadecimal digits) or the whole SHA-256 (64) of the only public key that is accepted. */
  readonly trustedKeyId?: string;
  /** Public keys that are accepted, each for what was sealed until it was retired. */
  readonly trustedKeys?: readonly PublicKeyRecord[];
}

/** What is wrong with a signature over the manifest's bytes, or `null`. Without trust any key will do. */
export function findSignatureProblem(
  bytes: Uint8Array,
  manifestBytes: Uint8Array,
  manifest: EvidenceManifest,
  { trustedKeyId, trustedKeys }: KeyTrust,
): string | null {
  const parsed = parseCanonicalBytes(bytes);
  if (parsed.problem !== null) return `${signatureFile} ${parsed.problem}`;
  const issue = findSchemaIssues(SignatureSchema, parsed.value)[0];
  if (issue !== undefined) return `${signatureFile} ${formatPath(issue.path) || 'content'}: ${issue.message}`;
  const { keyId, publicKey: publicKeyText, signature: signatureText } = parsed.value as EvidenceSignature;
  const publicKey = decodeBase64(publicKeyText, publicKeyBytes);
  if (publicKey === null) return `${signatureFile} publicKey: is not ${publicKeyBytes} bytes in base64`;
  const signature = decodeBase64(signatureText, signatureBytes);
  if (signature === null) return `${signatureFile} signature: is not ${signatureBytes} bytes in base64`;
  if (toKeyId(publicKey) !== keyId)
    return `${signatureFile} keyId: ${keyId} is not the id of its public key, which is ${toKeyId(publicKey)}`;
  if (manifest.keyId !== keyId)
    return `${signatureFile} is by key ${keyId}, ${manifestFile} was sealed by key ${manifest.keyId}`;
  if (trustedKeyId !== undefined && !isKeyNamed(publicKey, trustedKeyId))
    return `${signatureFile} is by key ${keyId}, not by the trusted key ${trustedKeyId}`;
  const distrust = trustedKeys === undefined ? null : findDistrust(publicKey, manifest, trustedKeys);
  if (distrust !== null) return distrust;
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') },
    format: 'jwk',
  });
  return verify(null, manifestBytes, key, signature)
    ? null
    : `${signatureFile} does not match ${manifestFile}: one of them was changed after signing`;
}

function findDistrust(
  publicKey: Uint8Array,
  { sealedAtMs, keyId }: EvidenceManifest,
  trustedKeys: readonly PublicKeyRecord[],
): string | null {
  const known = trustedKeys.find((record) => record.publicKey === Buffer.from(publicKey).toString('base64'));
  if (known === undefined)
    return `${signatureFile} is by key ${keyId}, which is none of the trusted keys (${trustedKeys.map((record) => record.keyId).join(', ') || 'there are none'})`;
  if (known.retiredAtMs === null || sealedAtMs <= known.retiredAtMs) return null;
  return `${signatureFile} is by key ${keyId}, which was retired at ${new Date(known.retiredAtMs).toISOString()}, before the package was sealed (${new Date(sealedAtMs).toISOString()})`;
}

/** Strict: another base64 spelling of the same bytes is refused, so no bit of the file is free. */
function decodeBase64(text: string, length: number): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.byteLength === length && bytes.toString('base64') === text ? bytes : null;
}

function isKeyNamed(publicKey: Uint8Array, trustedKeyId: string): boolean {
  const trusted = trustedKeyId.toLowerCase();
  return trusted === toKeyId(publicKey) || trusted === createHash('sha256').update(publicKey).digest('hex');
}
