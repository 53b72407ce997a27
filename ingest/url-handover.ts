import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { isSameUser } from './same-user.ts';

export interface UrlHandover {
  /** Goes on ffmpeg's command line in place of the address with its password. */
  readonly url: string;
  close(): Promise<void>;
}

const maxRequestBytes = 8192;
const timeoutMs = 20_000;

/**
 * Hands an address with its secrets to one ffmpeg without writing it where other users of the machine can read it (command lines are
 * public): ffmpeg is given an address on the loopback interface, and what it finds there is a redirection to the real one. After that
 * nothing passes here. The answer is given once (or as long as it is open, to a file in which ffmpeg moves about), to who knows the random path and, where the system tells (`/proc/net/tcp`), is a
 * process of the same user.
 */
export async function handOverUrl(
  target: string,
  label: string,
  uses: 'once' | 'many' = 'once',
): Promise<UrlHandover> {
  const path = `/${label}-${randomBytes(16).toString('hex')}`;
  const isHttp = /^https?:/i.test(target);
  const sockets = new Set<Socket>();
  let isGiven = false;

  const answer = async (socket: Socket, request: string): Promise<void> => {
    const [firstLine = '', ...headers] = request.split('\r\n');
    const asked = /^[A-Z]+ (?:rtsp:\/\/[^/ ]+)?(\/\S*) (?:RTSP|HTTP)\/1\.[01]$/.exec(firstLine)?.[1];
    const isOurs = asked === path && !isGiven && (await isSameUser(socket));
    if (isOurs && !isGiven) {
      isGiven = uses === 'once';
      socket.end(format(isHttp, '302 Found', headers, target));
    } else socket.end(format(isHttp, '404 Not Found', headers, null));
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    let request = '';
    socket.setTimeout(timeoutMs, () => socket.destroy());
    socket.on('error', () => {}); // its closing follows
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      if (request.includes('\r\n\r\n')) return;
      request += chunk.toString('latin1');
      if (request.length > maxRequestBytes) socket.destroy();
      else if (request.includes('\r\n\r\n')) answer(socket, request).catch(() => socket.destroy());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `${isHttp ? 'http' : 'rtsp'}://127.0.0.1:${port}${path}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function format(isHttp: boolean, status: string, headers: readonly string[], target: string | null): string {
  const lines = [`${isHttp ? 'HTTP/1.1' : 'RTSP/1.0'} ${status}`];
  const sequence = headers.find((header) => /^cseq:/i.test(header));
  if (sequence !== undefined) lines.push(sequence);
  if (target !== null) lines.push(`Location: ${target}`);
  lines.push('Content-Length: 0', 'Connection: close');
  return `${lines.join('\r\n')}\r\n\r\n`;
}
