import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findGstProblem, makeCertificate, startGstRtspServer } from '../test/support/gst-rtsp-server.ts';
import { makeCounterClip, readCounter } from './test-support/counter-clip.ts';
import { listFfmpegCommands, type WatchedSource, watchSource } from './test-support/watch-source.ts';

const problem = findGstProblem();
if (problem !== null) process.stdout.write(`skipped: ${problem}\n`);

let folder = '';
let clip = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-rtsp-source-'));
  clip = await makeCounterClip({ file: path.join(folder, 'clip.mp4'), seconds: 30, gop: 25 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const password = 'p@ss:w/o#r d%?&1';
const auth = { user: 'viewer', password };
const login = `viewer:${encodeURIComponent(password)}@`;
const withLogin = (url: string, as = login): string => url.replace('://', `://${as}`);

/** Frames whose times are as far apart as the numbers burnt into them say. */
function expectTrueTimes({ frames }: WatchedSource): void {
  const [first] = frames;
  for (const frame of frames) {
    const steps = read(frame) - read(first as (typeof frames)[0]);
    expect(Math.abs(frame.ptsMs - (first?.ptsMs ?? 0) - steps * 40)).toBeLessThanOrEqual(2);
  }
}
const read = (frame: WatchedSource['frames'][0]): number =>
  readCounter(frame.pixels, frame.pixelWidth, frame.pixelHeight);

describe.skipIf(problem !== null)('a GStreamer camera', { timeout: 120_000 }, () => {
  test.each([
    { method: 'basic', transport: 'tcp' },
    { method: 'digest', transport: 'tcp' },
    { method: 'digest', transport: 'udp' },
  ] as const)(
    '$method authentication over $transport; the password is nowhere to be read',
    async ({ method, transport }) => {
      const server = await startGstRtspServer({
        mounts: [{ path: '/cam', file: clip }],
        auth: { method, ...auth },
        protocols: [transport],
      });
      const url = withLogin(server.toUrl('/cam'));
      const watched = await watchSource({ kind: 'rtsp', url, transport });
      await watched.waitUntil((health, frames) => health.state === 'live' && frames.length >= 4);
      const commands = await listFfmpegCommands();
      await watched.camera.stop();
      await server.stop();
      expect(commands.length).toBe(1);
      expect(commands[0]).toContain('gate-7');
      for (const text of [...commands, ...watched.printed]) {
        expect(text).not.toContain(encodeURIComponent(password));
        expect(text).not.toContain(password);
      }
      expectTrueTimes(watched);
    },
  );

  test('a wrong password is "unauthorized", a wrong path is told apart', async () => {
    const server = await startGstRtspServer({
      mounts: [{ path: '/cam', file: clip }],
      auth: { method: 'digest', ...auth },
    });
    for (const url of [withLogin(server.toUrl('/cam'), 'viewer:nearly@'), server.toUrl('/cam')]) {
      const watched = await watchSource({ kind: 'rtsp', url });
      await watched.waitUntil(({ state }) => state === 'unauthorized');
      expect(watched.camera.health().reason).toBe('user or password is wrong (401)');
      await watched.camera.stop();
    }
    const lost = await watchSource({ kind: 'rtsp', url: withLogin(server.toUrl('/other')) });
    await lost.waitUntil(({ state }) => state === 'down');
    expect(lost.camera.health().reason).toBe('the camera has no such path (404)');
    await lost.camera.stop();
    await server.stop();
  });

  test('a camera that offers UDP alone says so to one who asks for TCP', async () => {
    const server = await startGstRtspServer({ mounts: [{ path: '/cam', file: clip }], protocols: ['udp'] });
    const watched = await watchSource({ kind: 'rtsp', url: server.toUrl('/cam') });
    await watched.waitUntil(({ state }) => state === 'down');
    expect(watched.camera.health().reason).toMatch(/transport, TCP or UDP \(461\)/);
    await watched.camera.stop();
    await server.stop();
  });

  test('rtsps with a certificate that the camera signed itself: taken, or checked when asked for', async () => {
    const tls = makeCertificate(folder);
    await mkdir(path.join(folder, 'other'), { recursive: true });
    const other = makeCertificate(path.join(folder, 'other'));
    const server = await startGstRtspServer({
      mounts: [{ path: '/cam', file: clip }],
      auth: { method: 'basic', ...auth },
      tls,
    });
    const url = withLogin(server.toUrl('/cam'));
    expect(url).toMatch(/^rtsps:/);
    for (const policy of [undefined, { verify: true, caFile: tls.certificate }]) {
      const watched = await watchSource({ kind: 'rtsp', url, ...(policy && { tls: policy }) });
      await watched.waitUntil((health, frames) => health.state === 'live' && frames.length >= 3);
      await watched.camera.stop();
      expectTrueTimes(watched);
    }
    for (const caFile of [null, other.certificate]) {
      const watched = await watchSource({ kind: 'rtsp', url, tls: { verify: true, caFile } });
      await watched.waitUntil(({ state }) => state === 'down');
      expect(watched.camera.health().reason).toMatch(
        /^the certificate is self-signed and not in tls\.caFile$/,
      );
      await watched.camera.stop();
    }
    await server.stop();
  });
});

test('a user who may not see the stream is told apart from a wrong password', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      const text = chunk.toString();
      const sequence = /CSeq: *\d+/i.exec(text)?.[0] ?? '';
      const status = text.startsWith('OPTIONS') ? '200 OK' : '403 Forbidden';
      socket.write(`RTSP/1.0 ${status}\r\n${sequence}\r\nPublic: OPTIONS, DESCRIBE\r\n\r\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const watched = await watchSource({ kind: 'rtsp', url: `rtsp://a:b@127.0.0.1:${port}/x` });
  await watched.waitUntil(({ state }) => state === 'unauthorized');
  expect(watched.camera.health().reason).toBe('this user may not see the stream (403)');
  await watched.camera.stop();
  server.close();
});

test('a login that ffmpeg would cut off is refused', async () => {
  const url = `rtsp://viewer:${'x'.repeat(130)}@127.0.0.1/cam`;
  await expect(watchSource({ kind: 'rtsp', url })).rejects.toThrow(/too long: 137 bytes.*takes 127/);
});
