/** One packet of a Matroska stream with one track. */
export interface MatroskaPacket {
  /** In the stream's own unit. */
  readonly ticks: number;
  readonly isKey: boolean;
  readonly data: Buffer;
}

export interface MatroskaTaker {
  /** All before the first packet, and the track's private data; called once. */
  onHeader(header: Buffer, codecPrivate: Buffer | null): void;
  onPacket(packet: MatroskaPacket): void;
}

/** Element ids: RFC 9559 (Matroska), RFC 8794 (EBML). */
const ids = {
  segment: 0x18538067,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  codecPrivate: 0x63a2,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
} as const;

/** Larger elements are no camera's pictures. */
const maxElementBytes = 64 * 1024 * 1024;
const longestHeadBytes = 12;

interface Element {
  readonly id: number;
  readonly headBytes: number;
  /** Of what follows the head; `null`: until the end. */
  readonly bytes: number | null;
}

/**
 * Takes apart the Matroska stream that ffmpeg writes into a pipe, a cluster at a time. The returned function takes bytes as they come and
 * throws when they are no such stream.
 */
export function createMatroskaReader(taker: MatroskaTaker): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let header: Buffer[] | null = [];
  let codecPrivate: Buffer | null = null;
  const takeElement = (element: Element, whole: Buffer): void => {
    const body = whole.subarray(element.headBytes);
    if (element.id === ids.cluster) {
      if (header !== null) taker.onHeader(Buffer.concat(header), codecPrivate);
      header = null;
      readCluster(body, taker);
    }
    if (element.id === ids.tracks) codecPrivate = findCodecPrivate(body);
    header?.push(Buffer.from(whole));
  };
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    for (;;) {
      const element = readHead(rest, 0);
      if (element === null) return;
      if (element.id === ids.segment) {
        header?.push(Buffer.from(rest.subarray(0, element.headBytes)));
        rest = rest.subarray(element.headBytes);
        continue;
      }
      if (element.bytes === null || element.bytes > maxElementBytes)
        throw new Error(`no such Matroska stream: an element ${element.id.toString(16)} without an end`);
      const length = element.headBytes + element.bytes;
      if (rest.length < length) return;
      takeElement(element, rest.subarray(0, length));
      rest = rest.subarray(length);
    }
  };
}

/** A packet as a cluster of its own. */
export function toCluster({ ticks, isKey, data }: MatroskaPacket): Buffer {
  const head = Buffer.alloc(35);
  head.writeUInt32BE(ids.cluster, 0);
  writeSize(head, 4, head.length - 12 + data.length);
  head.writeUInt8(ids.timestamp, 12);
  head.writeUInt8(0x88, 13);
  head.writeBigUInt64BE(BigInt(ticks), 14);
  head.writeUInt8(ids.simpleBlock, 22);
  writeSize(head, 23, head.length - 31 + data.length);
  head.writeUInt8(0x81, 31); // the first track
  head.writeUInt16BE(0, 32);
  head.writeUInt8(isKey ? 0x80 : 0, 34);
  return Buffer.concat([head, data]);
}

function writeSize(head: Buffer, at: number, bytes: number): void {
  head.writeBigUInt64BE((1n << 56n) | BigInt(bytes), at);
}

function readCluster(body: Buffer, taker: MatroskaTaker): void {
  let clusterTicks = 0;
  for (const { element, content } of listElements(body)) {
    if (element.id === ids.timestamp) clusterTicks = Number(BigInt(`0x${content.toString('hex')}`));
    if (element.id === ids.blockGroup) throw new Error('no such Matroska stream: it has groups of blocks');
    if (element.id !== ids.simpleBlock) continue;
    // Track number (one byte: there is one track), time since the cluster's, flags.
    const ticks = clusterTicks + content.readInt16BE(1);
    taker.onPacket({
      ticks,
      isKey: (content.readUInt8(3) & 0x80) !== 0,
      data: Buffer.from(content.subarray(4)),
    });
  }
}

function findCodecPrivate(tracks: Buffer): Buffer | null {
  for (const entry of listElements(tracks)) {
    if (entry.element.id !== ids.trackEntry) continue;
    for (const { element, content } of listElements(entry.content))
      if (element.id === ids.codecPrivate) return Buffer.from(content);
  }
  return null;
}

function* listElements(body: Buffer): Generator<{ element: Element; content: Buffer }> {
  for (let at = 0; at < body.length; ) {
    const element = readHead(body, at);
    if (element === null || element.bytes === null) return;
    const from = at + element.headBytes;
    yield { element, content: body.subarray(from, from + element.bytes) };
    at = from + element.bytes;
  }
}

/** `null`: more bytes are needed. */
function readHead(bytes: Buffer, at: number): Element | null {
  const idBytes = toLength(bytes[at]);
  if (idBytes === null || bytes.length < at + idBytes + 1) return null;
  const sizeBytes = toLength(bytes[at + idBytes]);
  if (sizeBytes === null || bytes.length < at + idBytes + sizeBytes) return null;
  if (idBytes > 4 || idBytes + sizeBytes > longestHeadBytes)
    throw new Error('no such Matroska stream: an element without a beginning');
  const coded = BigInt(`0x${bytes.toString('hex', at + idBytes, at + idBytes + sizeBytes)}`);
  const mask = (1n << BigInt(7 * sizeBytes)) - 1n;
  const size = coded & mask;
  return {
    id: bytes.readUIntBE(at, idBytes),
    headBytes: idBytes + sizeBytes,
    bytes: size === mask ? null : Number(size),
  };
}

/** How many bytes a number takes that begins with this one; `null`: there is none yet. */
function toLength(first: number | undefined): number | null {
  if (first === undefined) return null;
  const length = Math.clz32(first) - 23;
  if (length > 8) throw new Error('no such Matroska stream: a number of more than eight bytes');
  return length;
}
