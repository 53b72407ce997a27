import { createHash } from 'node:crypto';
import imported from 'canonicalize';
import type { CustodyRecord, CustodyRootRecord } from '../../domain/mod.ts';

// Its types describe an ES module, the package is CommonJS: what arrives is the function itself.
const canonicalize = imported as unknown as (value: unknown) => string;

/** The hash that an entry or a root must have: SHA-256, lower-case hex, over its canonical JSON (RFC 8785) without the hash. */
export function hashCustody(record: CustodyRecord | CustodyRootRecord): string {
  return createHash('sha256').update(canonicalize(record)).digest('hex');
}

/** One line of an exported log: canonical JSON, so that a record has exactly one form. */
export function toCustodyLine(record: object): string {
  return canonicalize(record);
}
