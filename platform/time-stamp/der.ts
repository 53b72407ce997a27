/** One element of DER (X.690): its tag byte, its content, and all of it with the header. */
export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

export const derTags = {
  boolean: 0x01,
  integer: 0x02,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  /** `[0]` with content of its own. */
  context0: 0xa0,
} as const;

/** The elements that lie one after the other in these bytes. Throws where a header is cut off, of indefinite length, or says too much. */
export function readElements(bytes: Uint8Array): DerElement[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const elements: DerElement[] = [];
  let at = 0;
  while (at < buffer.length) {
    const element = readElement(buffer, at);
    elements.push(element);
    at += element.whole.length;
  }
  return elements;
}

function readElement(buffer: Buffer, at: number): DerElement {
  const tag = buffer[at];
  const first = buffer[at + 1];
  if (tag === undefined || first === undefined) throw new Error('DER is cut off');
  if ((tag & 0x1f) === 0x1f) throw new Error('DER tag of several bytes');
  let length = first;
  let from = at + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 4 || from + count > buffer.length)
      throw new Error('DER length is not understood');
    length = buffer.readUIntBE(from, count);
    from += count;
  }
  if (from + length > buffer.length) throw new Error('DER is cut off');
  return { tag, content: buffer.subarray(from, from + length), whole: buffer.subarray(at, from + length) };
}

/** The only element of these bytes, which must have this tag. */
export function readOnly(bytes: Uint8Array, tag: number): DerElement {
  const [element, ...rest] = readElements(bytes);
  if (element === undefined || rest.length > 0 || element.tag !== tag)
    throw new Error(`DER: one element with tag ${tag.toString(16)} is expected`);
  return element;
}

/** The element at this place among several, which must have this tag. */
export function pick(elements: readonly DerElement[], index: number, tag: number): DerElement {
  const element = elements[index];
  if (element?.tag !== tag) throw new Error(`DER: tag ${tag.toString(16)} is expected at place ${index}`);
  return element;
}

/** One element from its tag and the pieces of its content. */
export function toDer(tag: number, ...pieces: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(pieces);
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const significant = length.subarray(length.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.from([tag, 0x80 | significant.length]), significant, content]);
}

/** A number that is not negative, from its big-endian bytes. */
export function toDerInteger(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const significant = start === -1 ? Buffer.from([0]) : Buffer.from(bytes.subarray(start));
  const isHigh = ((significant[0] ?? 0) & 0x80) !== 0;
  return toDer(derTags.integer, isHigh ? Buffer.concat([Buffer.from([0]), significant]) : significant);
}

/** `1.2.840.…` as DER. */
export function toDerOid(oid: string): Buffer {
  const [first = 0, second = 0, ...rest] = oid.split('.').map(Number);
  return toDer(derTags.oid, Buffer.from([first * 40 + second, ...rest.flatMap(toBase128)]));
}

function toBase128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128))
    digits.unshift((left & 0x7f) | 0x80);
  return digits;
}
