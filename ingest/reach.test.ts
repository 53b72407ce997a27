import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { createAddressGuard } from './address-guard.ts';
import { askHttp } from './http-ask.ts';
import { findReachProblem, parseStreamAddress } from './reach.ts';

const waits = { reachMs: 900, silentMs: 1200 };
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

/** A camera whose connections are handled so, in the order in which they come. */
async function listen(handle: (socket: Socket, index: number) => void, host = '127.0.0.1'): Promise<number> {
  let count = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {}); // the asker hangs up
    handle(socket, count++);
  });
  servers.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as { port: number }).port;
}
const ask = (url: string): ReturnType<typeof findReachProblem> =>
  findReachProblem(parseStreamAddress('gate', url), waits, new AbortController().signal);
const answer = (socket: Socket): void =>
  void socket.on('data', () => socket.write('RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n'));

test.concurrent('a camera that is well again is found, though it never answers what it was asked before', async () => {
  const port = await listen((socket, index) => (index < 2 ? socket.resume() : answer(socket)));
  expect(await ask(`rtsp://127.0.0.1:${port}/cam`)).toBeNull();
});

test.concurrent('a camera that takes its time, and no second connection meanwhile, is there', async () => {
  const port = await listen((socket, index) => {
    if (index > 0) socket.destroy();
    else setTimeout(() => socket.write('RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n'), 800);
  });
  expect(await ask(`rtsp://127.0.0.1:${port}/cam`)).toBeNull();
});

test.concurrent.each([
  ['rtsp', 1200],
  ['rtsps', 900],
])('%s: who accepts connections and says nothing is mute', async (scheme, ms) => {
  const port = await listen((socket) => socket.resume());
  expect(await ask(`${scheme}://127.0.0.1:${port}/cam`)).toEqual({
    kind: 'mute',
    reason: `127.0.0.1:${port} accepts connections and says nothing for ${Math.round(ms / 1000)} s`,
  });
});

test.concurrent('and so it is over HTTP', async () => {
  const port = await listen((socket) => socket.resume());
  const url = `http://127.0.0.1:${port}/cam`;
  const guard = createAddressGuard(new URL(url), undefined);
  const found = await askHttp({ url, tls: undefined, guard, timeoutMs: 500, wants: () => 1 });
  expect(found).toEqual({
    kind: 'stalled',
    reason: `127.0.0.1:${port} accepts connections and says nothing for 1 s`,
  });
});

test.concurrent('an IPv6 address is named as addresses have it', async () => {
  const port = await listen(answer, '::1');
  servers.pop()?.close();
  expect(await ask(`rtsp://[::1]:${port}/cam`)).toEqual({
    kind: 'away',
    reason: `[::1]:${port} refuses connections`,
  });
});
