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
import { toKeyId } from './signer.ts';

const publicKeyBytes = 32;
const signatureBytes = 64;

/**
 * What is wrong with a signature over the manifest's bytes, or `null`.
 * `trustedKeyId`: the id (16 hexadecimal digits) or the whole SHA-256 (64) of the only public key that is accepted.
 */
export function findSignatureProblem(
  bytes: Uint8Array,
  manifestBytes: Uint8Array,
  manifest: EvidenceManifest,
  trustedKeyId: string | undefined,
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
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') },
    format: 'jwk',
  });
  return verify(null, manifestBytes, key, signature)
    ? null
    : `${signatureFile} does not match ${manifestFile}: one of them was changed after signing`;
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
