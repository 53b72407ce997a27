import { derTags, toDer, toDerInteger, toDerOid } from './der.ts';

const sha256Oid = '2.16.840.1.101.3.4.2.1';

/** `AlgorithmIdentifier` of SHA-256. */
export const sha256Algorithm = toDer(derTags.sequence, toDerOid(sha256Oid), toDer(derTags.null));

/** Asks for a time stamp over a SHA-256 (RFC 3161, 2.4.1): `TimeStampReq` in DER, with a nonce, and the authority's certificate wanted. */
export function toTimeStampRequest(sha256: Uint8Array, nonce: Uint8Array): Buffer {
  return toDer(
    derTags.sequence,
    toDerInteger(Buffer.from([1])),
    toDer(derTags.sequence, sha256Algorithm, toDer(derTags.octetString, sha256)),
    toDerInteger(nonce),
    toDer(derTags.boolean, Buffer.from([0xff])),
  );
}
