/** One field of a protobuf message; `raw` are its bytes as they came, tag and all. */
export interface WireField {
  readonly number: number;
  /** Of a varint; 0 otherwise. */
  readonly value: bigint;
  /** Of a length-delimited field; empty otherwise. */
  readonly bytes: Buffer;
  readonly raw: Buffer;
}

const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;
const fixed32 = 5;

/** Takes a message apart, nothing lost: the `raw` parts in their order are the message. @throws Error on other bytes. */
export function parseFields(message: Buffer): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message[at++];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new Error('no protobuf: a number does not end');
  };
  while (at < message.length) {
    const start = at;
    const tag = Number(readVarint());
    let value = 0n;
    let bytes: Buffer = Buffer.alloc(0);
    switch (tag & 7) {
      case varint:
        value = readVarint();
        break;
      case fixed64:
        at += 8;
        break;
      case fixed32:
        at += 4;
        break;
      case lengthDelimited: {
        const length = Number(readVarint());
        bytes = message.subarray(at, at + length);
        at += length;
        break;
      }
      default:
        throw new Error(`no protobuf: wire type ${tag & 7}`);
    }
    if (at > message.length) throw new Error('no protobuf: a field is longer than the message');
    fields.push({ number: tag >>> 3, value, bytes, raw: message.subarray(start, at) });
  }
  return fields;
}

export function toVarintField(number: number, value: number | bigint): Buffer {
  return Buffer.concat([toVarint(number * 8 + varint), toVarint(value)]);
}

export function toBytesField(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([toVarint(number * 8 + lengthDelimited), toVarint(bytes.length), bytes]);
}

export function toTextField(number: number, text: string): Buffer {
  return toBytesField(number, Buffer.from(text, 'utf8'));
}

/** Negative numbers are written as 64-bit two's complement. */
function toVarint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}

/** Repeated whole numbers, packed or one by one. */
export function readNumbers(fields: readonly WireField[], number: number): number[] {
  return fields.flatMap((field) => {
    if (field.number !== number) return [];
    return field.bytes.length === 0 ? [Number(field.value)] : unpack(field.bytes);
  });
}

function unpack(bytes: Buffer): number[] {
  const numbers: number[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte >= 0x80) continue;
    numbers.push(Number(BigInt.asIntN(64, value)));
    value = 0n;
    shift = 0n;
  }
  return numbers;
}
