import { createHash } from 'node:crypto';

const crockfordDigits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const digitCount = 12;

/**
 * The code printed on annotated copies: 60 bits of a SHA-256 over the candidate's id and its originals' hashes (first to last),
 * as twelve Crockford base-32 digits in groups of four. A printed copy can be traced to its originals and to no others.
 */
export function toAntiForgeryCode(candidateId: string, originalHashes: readonly string[]): string {
  const digest = createHash('sha256')
    .update(['xunjie anti-forgery 1', candidateId, ...originalHashes].join('\n'))
    .digest();
  let bits = digest.readBigUInt64BE() >> 4n;
  let digits = '';
  for (let i = 0; i < digitCount; i++) {
    digits = crockfordDigits.charAt(Number(bits & 31n)) + digits;
    bits >>= 5n;
  }
  return digits.replaceAll(/(.{4})(?=.)/g, '$1-');
}
