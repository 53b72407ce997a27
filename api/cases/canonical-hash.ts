import { createHash } from 'node:crypto';
import imported from 'canonicalize';

// Its types describe an ES module, the package is CommonJS: what arrives is the function itself.
const canonicalize = imported as unknown as (value: unknown) => string;

/** SHA-256, lower-case hex, over the canonical JSON (RFC 8785) of a value. */
export function toCanonicalHash(value: unknown): string {
  return createHash('sha256').update(canonicalize(value)).digest('hex');
}
