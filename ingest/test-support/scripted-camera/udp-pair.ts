import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

/** Two UDP sockets on the loopback interface, from which a camera sends RTP and RTCP to whoever set it up. */
export interface UdpPair {
  readonly ports: readonly [number, number];
  send(which: 'rtp' | 'rtcp', bytes: Buffer, toPort: number): void;
  close(): void;
}

export async function openUdpPair(): Promise<UdpPair> {
  const [rtp, rtcp] = [await bind(), await bind()];
  return {
    ports: [rtp.address().port, rtcp.address().port],
    send(which, bytes, toPort) {
      const socket = which === 'rtp' ? rtp : rtcp;
      socket.send(bytes, toPort, '127.0.0.1', () => {}); // who does not listen any more does not get it
    },
    close() {
      rtp.close();
      rtcp.close();
    },
  };
}

async function bind(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('error', () => {}); // refusals by ports that were closed
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}
