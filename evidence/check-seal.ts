import { createHash, createPublicKey, verify } from 'node:crypto';
import type { EvidenceSignature } from '../domain/mod.ts';
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

/** What a seal should be over. */
export interface Sealed {
  readonly bytes: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly sealedAtMs: number;
  /** For messages: where the bytes lie, and the thing as a whole. */
  readonly place: string;
  readonly thing: string;
}

/** What is wrong with a seal, in words that follow its name, or `null`. Without trust any key will do. */
export function findSealProblem(
  seal: EvidenceSignature,
  sealed: Sealed,
  { trustedKeyId, trustedKeys }: KeyTrust,
): string | null {
  const { keyId } = seal;
  const publicKey = decodeBase64(seal.publicKey, publicKeyBytes);
  if (publicKey === null) return `publicKey: is not ${publicKeyBytes} bytes in base64`;
  const signature = decodeBase64(seal.signature, signatureBytes);
  if (signature === null) return `signature: is not ${signatureBytes} bytes in base64`;
  if (toKeyId(publicKey) !== keyId)
    return `keyId: ${keyId} is not the id of its public key, which is ${toKeyId(publicKey)}`;
  if (trustedKeyId !== undefined && !isKeyNamed(publicKey, trustedKeyId))
    return `is by key ${keyId}, not by the trusted key ${trustedKeyId}`;
  const distrust = trustedKeys === undefined ? null : findDistrust(seal, sealed, trustedKeys);
  if (distrust !== null) return distrust;
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') },
    format: 'jwk',
  });
  return verify(null, sealed.bytes, key, signature)
    ? null
    : `does not match ${sealed.place}: one of them was changed after signing`;
}

function findDistrust(
  { keyId, publicKey }: EvidenceSignature,
  { sealedAtMs, thing }: Sealed,
  trustedKeys: readonly PublicKeyRecord[],
): string | null {
  const known = trustedKeys.find((record) => record.publicKey === publicKey);
  if (known === undefined)
    return `is by key ${keyId}, which is none of the trusted keys (${trustedKeys.map((record) => record.keyId).join(', ') || 'there are none'})`;
  if (known.retiredAtMs === null || sealedAtMs <= known.retiredAtMs) return null;
  return `is by key ${keyId}, which was retired at ${new Date(known.retiredAtMs).toISOString()}, before ${thing} was sealed (${new Date(sealedAtMs).toISOString()})`;
}

/** Strict: another base64 spelling of the same bytes is refused, so no bit of the text is free. */
function decodeBase64(text: string, length: number): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.byteLength === length && bytes.toString('base64') === text ? bytes : null;
}

function isKeyNamed(publicKey: Uint8Array, trustedKeyId: string): boolean {
  const trusted = trustedKeyId.toLowerCase();
  return trusted === toKeyId(publicKey) || trusted === createHash('sha256').update(publicKey).digest('hex');
}
