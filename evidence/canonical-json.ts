import imported from 'canonicalize';

// The package's types describe an ES module, the package is CommonJS: what arrives here is the function itself.
const serialize = imported as unknown as (value: unknown) => string | undefined;

/** UTF-8 bytes of a plain value as canonical JSON (RFC 8785): one value has exactly one byte form. */
export function toCanonicalBytes(value: unknown): Uint8Array {
  const text = serialize(value);
  if (text === undefined) throw new TypeError('nothing to write as JSON');
  return new TextEncoder().encode(text);
}

/** The one escape of this kind that comes out of writing: of a surrogate without its other half, for which the standard has no form. */
const loneSurrogate = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** Parses bytes that must be canonical JSON; any other byte form of the same value is refused. */
export function parseCanonicalBytes(
  bytes: Uint8Array,
): { value: unknown; problem: null } | { problem: string } {
  let value: unknown;
  let canonical: Uint8Array;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    canonical = toCanonicalBytes(value);
  } catch {
    // Parser messages quote the content, which may be binary; the fact alone is clearer.
    return { problem: 'is not JSON' };
  }
  if (Buffer.compare(bytes, canonical) !== 0)
    return { problem: 'is not canonical JSON (RFC 8785): its bytes were rewritten' };
  if (loneSurrogate.test(Buffer.from(canonical).toString('latin1')))
    return { problem: 'is not canonical JSON (RFC 8785): a text holds half a character' };
  return { value, problem: null };
}
