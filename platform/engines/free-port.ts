import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

/** Above what well-known services take, below what any system gives to outgoing connections unless it was told otherwise. */
const lowest = 20_000;
const usualEphemeral = 32_768;
const tries = 20;

/**
 * A loopback port that was free a moment ago. It lies outside the range that the system takes for outgoing connections, where that
 * leaves room: who listens on it later than at once, or again after a crash, would otherwise find it taken by one of the many
 * connections to cameras.
 */
export async function findFreePort(): Promise<number> {
  const below = Math.min(await readEphemeralStart(), usualEphemeral);
  const outside = below > lowest ? tries : 0;
  for (let i = 0; i < outside; i++) {
    const port = await tryPort(randomInt(lowest, below));
    if (port !== null) return port;
  }
  const port = await tryPort(0);
  if (port === null) throw new Error('no port is free on 127.0.0.1');
  return port;
}

/** The port when it could be listened on; 0 asks the system for one. Rejects with what is no matter of this port. */
function tryPort(wanted: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(null);
      else reject(error);
    });
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === 'object' ? address.port : null));
    });
  });
}

/** Linux tells; the others begin higher than Linux does. */
async function readEphemeralStart(): Promise<number> {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '');
  return Number(/^\d+/.exec(range)?.[0] ?? usualEphemeral);
}
