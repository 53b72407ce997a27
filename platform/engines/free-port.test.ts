import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { findFreePort } from './free-port.ts';

const rangeFile = '/proc/sys/net/ipv4/ip_local_port_range';

test('a free port can be listened on, and no outgoing connection takes it first', async () => {
  const port = await findFreePort();
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    expect(server.address()).toMatchObject({ port });
    if (!existsSync(rangeFile)) return;
    const [start = 0, end = 0] = readFileSync(rangeFile, 'utf8').trim().split(/\s+/).map(Number);
    if (start > 20_000) expect(port < start || port > end).toBe(true);
  } finally {
    server.close();
  }
});
