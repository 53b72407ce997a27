import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCounterClip, readCounter } from './test-support/counter-clip.ts';
import { type HttpRoute, startHttpCamera } from './test-support/http-camera.ts';
import { listFfmpegCommands, watchSource } from './test-support/watch-source.ts';
import { words } from './words.ts';

const ffmpeg = 'ffmpeg';
let folder = '';
let clip = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-pair-'));
  clip = await makeCounterClip({ file: path.join(folder, 'clip.mp4'), seconds: 90, gop: 25 });
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A camera with two live streams of one lens: the clip stretched to 4:3, and the clip at twice its size. */
function startTwoStreams(): { sub: HttpRoute; main: HttpRoute; stop(): void } {
  const encode = '-c:v libx264 -preset ultrafast -tune zerolatency -g 25 -f mpegts';
  const camera = spawn(
    ffmpeg,
    [
      ...words('-v error -re -i'),
      clip,
      ...words(`-vf scale=320:240 ${encode} pipe:1 -vf scale=640:360 ${encode} pipe:3`),
    ],
    { stdio: ['ignore', 'pipe', 'ignore', 'pipe'] },
  );
  const broadcast = (stream: Readable): HttpRoute => {
    const clients = new Set<ServerResponse>();
    stream.on('data', (chunk: Buffer) => {
      for (const client of clients) client.write(chunk);
    });
    return (_request, response) => {
      response.writeHead(200, { 'content-type': 'video/mp2t' });
      clients.add(response);
      response.on('close', () => clients.delete(response));
    };
  };
  return {
    sub: broadcast(camera.stdout as Readable),
    main: broadcast(camera.stdio[3] as Readable),
    stop: () => void camera.kill('SIGKILL'),
  };
}

test('the sub-stream is looked at, the main stream is kept; evidence is its nearest frame under its own time', async () => {
  const streams = startTwoStreams();
  const [subServer, mainServer] = [
    await startHttpCamera({ '/sub': streams.sub }),
    await startHttpCamera({ '/main': streams.main }),
  ];
  const watched = await watchSource(
    {
      kind: 'http',
      url: subServer.toUrl('/sub'),
      evidence: { kind: 'http', url: mainServer.toUrl('/main') },
    },
    { ring: { dir: path.join(folder, 'ring'), maxAgeMs: 600_000, maxBytes: 1e9 } },
  );
  await watched.waitUntil(
    (health, frames) => frames.length >= 6 && !health.reason.includes('no evidence is recorded'),
  );
  const commands = await listFfmpegCommands();
  const own = commands.filter((line) => line.includes('gate-7'));
  expect(own.length).toBe(2);
  expect(own.filter((line) => line.includes('rawvideo')).length).toBe(1);
  expect(own.filter((line) => line.includes('-f segment')).length).toBe(1);
  expect(own.filter((line) => line.includes('rawvideo') && line.includes('-f segment'))).toEqual([]);

  const frame = watched.frames.at(-1) as (typeof watched.frames)[0];
  expect(frame).toMatchObject({ width: 320, height: 240 });
  const found = await watched.camera.footage.readFrame(frame.ptsMs);
  const { data, info } = await sharp(found.bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([640, 360]);
  expect(found.clockErrorMs).toBeGreaterThanOrEqual(1000);
  expect(Math.abs(found.ptsMs - frame.ptsMs)).toBeLessThanOrEqual(60);
  // What differs is how long the two were on their way.
  const apartMs =
    (readCounter(data, info.width, info.height) -
      readCounter(frame.pixels, frame.pixelWidth, frame.pixelHeight)) *
    40;
  expect(Math.abs(apartMs - (found.ptsMs - frame.ptsMs))).toBeLessThanOrEqual(1000);
  const cut = await watched.camera.footage.readClip(frame.ptsMs - 1000, frame.ptsMs);
  expect(cut.durationMs).toBeGreaterThan(500);

  const { reason, state } = watched.camera.health();
  expect(state).toBe('live');
  expect(reason).toMatch(/sub-stream's shape \(320x240\) is not the main stream's \(640x360\)/);

  // Without its main stream the camera goes on, and says that there is no evidence.
  await mainServer.stop();
  await watched.waitUntil((health) =>
    /no evidence is recorded: the main stream is down: /.test(health.reason),
  );
  const seen = watched.frames.length;
  await watched.waitUntil((_health, frames) => frames.length >= seen + 2);
  expect(watched.camera.health().state).toBe('live');
  const later = watched.frames.at(-1)?.ptsMs ?? 0;
  await expect(watched.camera.footage.readFrame(later)).rejects.toMatchObject({
    code: 'evidence_unavailable',
  });
  expect((await watched.camera.footage.readFrame(frame.ptsMs)).ptsMs).toBe(found.ptsMs);
  await watched.camera.stop();
  expect((await listFfmpegCommands()).filter((line) => line.includes('gate-7'))).toEqual([]);
  expect(watched.camera.health().state).toBe('ended');
  await subServer.stop();
  streams.stop();
}, 180_000);
