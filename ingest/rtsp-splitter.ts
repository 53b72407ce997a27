export interface RtspPieces {
  /** Binary packets, or a part of one, with their framing. */
  onBytes(bytes: Buffer): void;
  /** A request or a response: first line and headers without the empty line behind them, and the body. */
  onMessage(head: string, body: Buffer): void;
}

const packetMark = 0x24;
const maxHeadBytes = 64 * 1024;
const maxBodyBytes = 1024 * 1024;
const headEnd = '\r\n\r\n';

/**
 * Takes what comes over an RTSP connection apart (RFC 2326 with interleaved packets, section 10.12). Binary packets are handed on as they
 * come, uncopied. What is neither, as when a framing is damaged, is handed on as well, and all behind it: who reads it has to say.
 */
export function createRtspSplitter(pieces: RtspPieces): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let packetBytes = 0;
  let isLost = false;

  /** How many bytes were taken; 0: more are needed. */
  const takeOne = (bytes: Buffer): number => {
    if (isLost) return handOn(bytes, bytes.length);
    if (packetBytes > 0) {
      const taken = Math.min(packetBytes, bytes.length);
      packetBytes -= taken;
      return handOn(bytes, taken);
    }
    if (bytes.length < 4) return 0;
    if (bytes[0] === packetMark) {
      packetBytes = 4 + bytes.readUInt16BE(2);
      return takeOne(bytes);
    }
    const end = bytes.indexOf(headEnd);
    if (end < 0 && bytes.length <= maxHeadBytes && isText(bytes)) return 0;
    const head = bytes.toString('latin1', 0, Math.max(0, end));
    const bodyBytes = Number(/^content-length:\s*(\d+)\s*$/im.exec(head)?.[1] ?? 0);
    if (end < 0 || bodyBytes > maxBodyBytes || !isText(bytes)) {
      isLost = true;
      return takeOne(bytes);
    }
    const bodyAt = end + headEnd.length;
    if (bytes.length < bodyAt + bodyBytes) return 0;
    pieces.onMessage(head, Buffer.from(bytes.subarray(bodyAt, bodyAt + bodyBytes)));
    return bodyAt + bodyBytes;
  };
  const handOn = (bytes: Buffer, taken: number): number => {
    if (taken > 0) pieces.onBytes(bytes.subarray(0, taken));
    return taken;
  };

  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (rest.length > 0) {
      const taken = takeOne(rest);
      if (taken === 0) return;
      rest = rest.subarray(taken);
    }
  };
}

/** Methods and versions begin with capital letters. */
function isText(bytes: Buffer): boolean {
  return /^[A-Z]{2}/.test(bytes.toString('latin1', 0, 2));
}
