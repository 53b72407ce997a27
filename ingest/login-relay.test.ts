import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { formatResponse } from '../samples/rtsp-camera/mod.ts';
import { openLoginRelay } from './login-relay.ts';
import { parseStreamAddress, type StreamAddress } from './reach.ts';
import { askLoginWay } from './rtsp-login.ts';
import { createRtspSplitter } from './rtsp-splitter.ts';
import { guardByDigest } from './test-support/digest-guard.ts';
import { type ScriptedCamera, startScriptedCamera } from './test-support/scripted-camera/scripted-camera.ts';

const login = { user: 'viewer', password: 'right' };
const openCamera = (script: object): Promise<ScriptedCamera> =>
  startScriptedCamera({
    clips: [{ codec: 'h264', units: [], parameters: [] }],
    frameMs: 1e9,
    script,
  });
const toAddress = (port: number): StreamAddress => parseStreamAddress('gate', `rtsp://127.0.0.1:${port}/cam`);

/** What comes back for these requests, one after the other, and what came in binary packets. */
async function ask(port: number, methods: readonly string[]): Promise<{ said: string[]; binary: Buffer }> {
  const socket = connect(port, '127.0.0.1');
  const said: string[] = [];
  const packets: Buffer[] = [];
  let answered = (): void => {};
  const split = createRtspSplitter({
    onBytes: (bytes) => packets.push(bytes),
    onMessage(head) {
      said.push(head.split('\r\n')[0] ?? '');
      answered();
    },
  });
  socket.on('data', split);
  for (const [i, method] of methods.entries()) {
    const answer = new Promise<void>((resolve) => {
      answered = resolve;
    });
    const more = method === 'SETUP' ? 'Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n' : '';
    socket.write(`${method} rtsp://127.0.0.1:${port}/cam RTSP/1.0\r\nCSeq: ${i + 1}\r\n${more}\r\n`);
    await answer;
  }
  socket.destroy();
  return { said, binary: Buffer.concat(packets) };
}

const session = ['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY', 'GET_PARAMETER', 'GET_PARAMETER'];

test.each([
  { algorithms: ['SHA-256'], nonces: 'kept' },
  { algorithms: ['MD5', 'SHA-256'], nonces: 'once, stale' },
  { algorithms: ['MD5', 'SHA-256'], nonces: 'once, silent' },
] as const)('each request is logged in: $algorithms, nonces $nonces', async ({ algorithms, nonces }) => {
  const camera = await openCamera(guardByDigest({ ...login, nonces, algorithms }));
  const signal = new AbortController().signal;
  expect(await askLoginWay(toAddress(camera.port), 5000, signal)).toEqual({ kind: 'ours' });
  const relay = await openLoginRelay({ address: toAddress(camera.port), login });
  const { said } = await ask(relay.port, session);
  await relay.close();
  expect(said).toEqual(session.map(() => 'RTSP/1.0 200 OK'));
  // The camera is asked for itself, not for what lies between.
  expect(camera.requests.every((line) => line.includes(`:${camera.port}/cam `))).toBe(true);

  const wrong = await openLoginRelay({
    address: toAddress(camera.port),
    login: { user: 'viewer', password: 'wrong' },
  });
  expect((await ask(wrong.port, ['DESCRIBE'])).said).toEqual(['RTSP/1.0 401 Unauthorized']);
  await wrong.close();
  await camera.stop();
});

test.each([
  ['Basic realm="x"', { kind: 'ffmpeg' }],
  ['Digest realm="x", nonce="n"', { kind: 'ffmpeg' }],
  ['Digest realm="x", nonce="n", algorithm=SHA-512-256', { kind: 'unknown', schemes: 'Digest SHA-512-256' }],
])('what ffmpeg takes is left to it, what nobody knows is named: %s', async (challenge, way) => {
  const camera = await openCamera({
    answer: (request: Parameters<typeof formatResponse>[0]) =>
      formatResponse(request, '401 Unauthorized', { 'WWW-Authenticate': challenge }),
  });
  expect(await askLoginWay(toAddress(camera.port), 5000, new AbortController().signal)).toEqual(way);
  await camera.stop();
});

test('binary packets go through as they are, in whatever pieces they come, and so does what is no RTSP', async () => {
  const packet = Buffer.concat([
    Buffer.from([0x24, 0, 0, 200]),
    Buffer.alloc(200, 'RTSP/1.0 401 no\r\n\r\n'),
  ]);
  const noise = Buffer.from([0, 1, 2, 3, 4, 5, 6, 7]);
  const answer = Buffer.from('RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 4\r\n\r\nbody');
  const all = Buffer.concat([packet, answer, packet, noise]);
  const giveInPieces = async (socket: Socket): Promise<void> => {
    for (let at = 0; at < all.length; at += 7) {
      socket.write(all.subarray(at, at + 7));
      await setImmediate();
    }
    socket.end();
  };
  const server = createServer((socket) => {
    socket.on('error', () => {}); // the client hangs up
    socket.on('data', () => void giveInPieces(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const relay = await openLoginRelay({ address: toAddress(port), login });
  const client = connect(relay.port, '127.0.0.1');
  const got: Buffer[] = [];
  client.on('data', (bytes: Buffer) => got.push(bytes));
  client.write('OPTIONS rtsp://127.0.0.1/cam RTSP/1.0\r\nCSeq: 1\r\n\r\n');
  await once(client, 'close');
  await relay.close();
  server.close();
  expect(Buffer.concat(got).equals(all)).toBe(true);
});
