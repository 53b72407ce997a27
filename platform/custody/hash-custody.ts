import { createHash } from 'node:crypto';
import imported from 'canonicalize';
import type { CustodyEndRecord, CustodyLine, CustodyRecord, CustodyRootRecord } from '../../domain/mod.ts';

// Its types describe an ES module, the package is CommonJS: what arrives is the function itself.
const canonicalize = imported as unknown as (value: unknown) => string;

/** The hash that an entry, a root or the end must have: SHA-256, lower-case hex, over its canonical JSON (RFC 8785) without hash and seal. */
export function hashCustody(record: CustodyRecord | CustodyRootRecord | CustodyEndRecord): string {
  return createHash('sha256').update(canonicalize(record)).digest('hex');
}

/** One line of an exported log: canonical JSON, so that a record has exactly one form. */
export function toCustodyLine(record: CustodyLine): string {
  return canonicalize(record);
}

/** What is signed of a root or an end: its kind and hash, so that no signature serves for anything else. */
export function toSealedBytes(type: 'root' | 'end', hash: string): Uint8Array {
  return new TextEncoder().encode(`xunjie custody ${type}\n${hash}\n`);
}
