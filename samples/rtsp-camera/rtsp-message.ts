/** A request or a response: first line, headers by lower-case name, body. */
export interface RtspMessage {
  readonly firstLine: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface RtspHandlers {
  onMessage(message: RtspMessage): void;
  /** A binary packet on a channel of the connection, with its four bytes of framing. */
  onPacket(channel: number, framed: Buffer): void;
}

const packetMark = 0x24;
const maxHeaderBytes = 16 * 1024;
const maxBodyBytes = 64 * 1024;

/**
 * Takes an RTSP 1.0 connection apart (RFC 2326, interleaved packets: section 10.12). The returned function takes bytes as they come
 * and throws when they are no RTSP.
 */
export function createRtspReader(handlers: RtspHandlers): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    for (let used = readOne(rest, handlers); used > 0; used = readOne(rest, handlers))
      rest = rest.subarray(used);
  };
}

/** Hands over the packet or message at the start of the bytes; returns how many bytes it took, 0 when it is not complete yet. */
function readOne(bytes: Buffer, handlers: RtspHandlers): number {
  if (bytes.length < 4) return 0;
  if (bytes[0] === packetMark) {
    const end = 4 + bytes.readUInt16BE(2);
    if (bytes.length < end) return 0;
    handlers.onPacket(bytes.readUInt8(1), bytes.subarray(0, end));
    return end;
  }
  const headerEnd = bytes.indexOf('\r\n\r\n');
  if (headerEnd < 0) {
    if (bytes.length > maxHeaderBytes) throw new Error('no RTSP: a header without an end');
    return 0;
  }
  const [firstLine = '', ...lines] = bytes.toString('latin1', 0, headerEnd).split('\r\n');
  const headers = new Map(lines.map(parseHeader));
  const bodyBytes = Number(headers.get('content-length') ?? 0);
  if (!(bodyBytes >= 0 && bodyBytes <= maxBodyBytes))
    throw new Error(`no RTSP: a body of ${bodyBytes} bytes`);
  const end = headerEnd + 4 + bodyBytes;
  if (bytes.length < end) return 0;
  handlers.onMessage({ firstLine, headers, body: bytes.toString('utf8', headerEnd + 4, end) });
  return end;
}

function parseHeader(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
}

/** Writes the answer to a request. */
export function formatResponse(
  request: RtspMessage,
  status: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): string {
  const all: Record<string, string> = { CSeq: request.headers.get('cseq') ?? '0', ...headers };
  if (body !== '') all['Content-Length'] = String(Buffer.byteLength(body));
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `RTSP/1.0 ${status}\r\n${lines.join('')}\r\n${body}`;
}
