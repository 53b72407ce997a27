import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Changes what the server sends: one RTP or RTCP packet with its frame ("$", channel, length), or, in `raw` mode, bytes as they come. */
export type Damage = (bytes: Buffer) => Buffer;

/** A TCP relay on the loopback interface between a client and an RTSP server. */
export interface TcpProxy {
  readonly port: number;
  /** Connections accepted so far. */
  readonly accepted: () => number;
  /** Later connections go there. */
  setTarget(port: number): void;
  /** `null`: nothing is changed. `raw` damages framing and answers too. */
  setDamage(damage: Damage | null, mode?: 'packets' | 'raw'): void;
  /** Cuts all connections. */
  cut(): void;
  stop(): Promise<void>;
}

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  let target = targetPort;
  let accepted = 0;
  let damage: Damage | null = null;
  let mode: 'packets' | 'raw' = 'packets';
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((client) => {
    accepted++;
    const upstream = connect(target, '127.0.0.1');
    keep(client);
    keep(upstream);
    client.on('data', (bytes) => upstream.write(bytes));
    const split = createSplitter((packet) =>
      damage !== null && mode === 'packets' ? damage(packet) : packet,
    );
    upstream.on('data', (bytes) => {
      const whole = split(bytes);
      const sent = damage !== null && mode === 'raw' ? damage(Buffer.from(whole)) : whole;
      if (!client.write(sent)) {
        upstream.pause();
        client.once('drain', () => upstream.resume());
      }
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    accepted: () => accepted,
    setTarget(port) {
      target = port;
    },
    setDamage(next, how = 'packets') {
      damage = next;
      mode = how;
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Hands on whole answers and whole packets only (RFC 2326, 10.12); packets pass through `change`. */
function createSplitter(change: (packet: Buffer) => Buffer): (bytes: Buffer) => Buffer {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    const out: Buffer[] = [];
    for (;;) {
      const length =
        rest.length === 0 ? null : rest[0] === 0x24 ? toPacketLength(rest) : toAnswerLength(rest);
      if (length === null || length > rest.length) return Buffer.concat(out);
      const part = rest.subarray(0, length);
      out.push(part[0] === 0x24 ? change(Buffer.from(part)) : part);
      rest = rest.subarray(length);
    }
  };
}

function toPacketLength(bytes: Buffer): number | null {
  return bytes.length < 4 ? null : 4 + bytes.readUInt16BE(2);
}

function toAnswerLength(bytes: Buffer): number | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const body = /^content-length: *(\d+)/im.exec(bytes.subarray(0, end).toString('latin1'));
  return end + 4 + Number(body?.[1] ?? 0);
}

const rtpHeaderBytes = 4 + 12;

/** Replaces this share of the bytes, from `from` on: by default the payload of RTP packets alone. */
export function flipBytes(share: number, from = rtpHeaderBytes): Damage {
  return (bytes) => {
    for (let at = from; at < bytes.length; at++)
      if (Math.random() < share) bytes[at] = (bytes[at] ?? 0) ^ (1 + Math.floor(Math.random() * 255));
    return bytes;
  };
}
