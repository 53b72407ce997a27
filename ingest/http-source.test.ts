import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCounterClip, readCounter } from './test-support/counter-clip.ts';
import {
  guard,
  type HttpRoute,
  serveFolder,
  serveLive,
  startHlsWriter,
  startHttpCamera,
} from './test-support/http-camera.ts';
import { type WatchedSource, watchSource } from './test-support/watch-source.ts';
import { words } from './words.ts';

const run = promisify(execFile);
let folder = '';
let clip = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-http-'));
  clip = await makeCounterClip({ file: path.join(folder, 'clip.mp4'), seconds: 12, gop: 25, bFrames: 2 });
  await run('ffmpeg', [
    ...words('-v error -t 6 -i'),
    clip,
    ...words('-c copy'),
    path.join(folder, 'short.mp4'),
  ]);
  await mkdir(path.join(folder, 'vod'));
  const hls = words('-c copy -f hls -hls_time 2 -hls_playlist_type vod -hls_segment_filename');
  await run('ffmpeg', [
    ...words('-v error -t 6 -i'),
    clip,
    ...hls,
    path.join(folder, 'vod/part%d.dat'),
    path.join(folder, 'vod/list.m3u8'),
  ]);
  const variants =
    '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2"\nsound.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=100\npoor.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=5000\nlist.m3u8\n';
  await writeFile(path.join(folder, 'vod/master.m3u8'), variants);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const toRing = (name: string) => ({ dir: path.join(folder, name), maxAgeMs: 600_000, maxBytes: 1e9 });
const read = (frame: WatchedSource['frames'][0]): number =>
  readCounter(frame.pixels, frame.pixelWidth, frame.pixelHeight);

/** The ring gives each frame back, and the frames' times are as far apart as their numbers say. */
async function expectTrueFrames(watched: WatchedSource, toleranceMs: number): Promise<void> {
  const { frames, camera } = watched;
  for (const [i, frame] of frames.slice(1).entries()) {
    const before = frames[i] as (typeof frames)[0];
    const steps = read(frame) - read(before);
    // A clip that is looped begins again.
    if (steps > 0) expect(Math.abs(frame.ptsMs - before.ptsMs - steps * 40)).toBeLessThanOrEqual(toleranceMs);
  }
  for (const frame of [frames[0], frames.at(-1)] as WatchedSource['frames']) {
    const { bytes, ptsMs } = await camera.footage.readFrame(frame.ptsMs);
    const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect(ptsMs).toBe(frame.ptsMs);
    expect(readCounter(data, info.width, info.height)).toBe(read(frame));
  }
}

// Most of each test is waiting for a stream in real time.
describe.concurrent('live streams', { timeout: 120_000 }, () => {
  test.each([
    { name: 'MPEG-TS', type: 'video/mp2t', options: words('-c copy -f mpegts'), toleranceMs: 2 },
    { name: 'FLV', type: 'video/x-flv', options: words('-c copy -f flv'), toleranceMs: 2 },
    {
      name: 'fragmented MP4',
      type: 'video/mp4',
      options: words('-c copy -f mp4 -movflags empty_moov+default_base_moof+frag_keyframe'),
      toleranceMs: 2,
    },
    {
      name: 'MJPEG, whose times are those of arrival',
      type: 'multipart/x-mixed-replace;boundary=ffmpeg',
      options: words('-c:v mjpeg -q:v 3 -r 5 -f mpjpeg'),
      toleranceMs: 4000,
    },
  ])('$name', async ({ name, type, options, toleranceMs }) => {
    const server = await startHttpCamera({ '/cam': serveLive(clip, type, options) });
    const watched = await watchSource(
      { kind: 'http', url: server.toUrl('/cam') },
      { ring: toRing(`ring-${name}`) },
    );
    await watched.waitUntil((health, frames) => health.state === 'live' && frames.length >= 3);
    await expectTrueFrames(watched, toleranceMs);
    // What it may be off by is declared.
    expect(watched.frames[0]?.clockErrorMs).toBeGreaterThanOrEqual(Math.min(toleranceMs, 4000));
    const from = watched.frames[0]?.ptsMs ?? 0;
    const cut = await watched.camera.footage.readClip(from, from + 2000);
    expect(cut.durationMs).toBeGreaterThan(1000);
    await watched.camera.stop();
    await server.stop();
  });

  test('HLS, live: begun at its newest segment, its bursts taken as they come', async () => {
    const dir = path.join(folder, 'live');
    await mkdir(dir);
    const writer = await startHlsWriter(clip, dir);
    const server = await startHttpCamera({ '/hls/*': serveFolder(dir) });
    const watched = await watchSource(
      { kind: 'http', url: server.toUrl('/hls/live.m3u8') },
      { ring: toRing('ring-hls') },
    );
    await watched.waitUntil((_health, frames) => frames.length >= 5);
    await expectTrueFrames(watched, 2);
    expect(watched.healths.map(({ state }) => state)).not.toContain('down');
    // A segment and its announcement: two of 2 s, and the second of any network.
    expect(watched.frames[0]?.clockErrorMs).toBeGreaterThanOrEqual(5000);
    await watched.camera.stop();
    await server.stop();
    writer.kill('SIGKILL');
  });
});

test.concurrent('a stream that falls silent is stalled, and connected to again; a server that is gone is down', async () => {
  let isMute = false;
  const sender = serveLive(clip, 'video/mp2t', words('-c copy -f mpegts'));
  const server = await startHttpCamera({
    '/cam': (request, response) => {
      const write = response.write.bind(response) as (chunk: Buffer) => boolean;
      response.write = (chunk: Buffer) => isMute || write(chunk);
      return sender(request, response);
    },
  });
  const watched = await watchSource({ kind: 'http', url: server.toUrl('/cam') });
  await watched.waitUntil((health, frames) => health.state === 'live' && frames.length >= 2);
  isMute = true;
  await watched.waitUntil(({ state }) => state === 'stalled');
  expect(watched.camera.health().reason).toMatch(/^(?:no picture|nothing came) for \d+ s$/);
  isMute = false;
  await watched.waitUntil(({ state }) => state === 'live');
  await server.stop();
  await watched.waitUntil(({ state }) => state === 'down');
  await watched.camera.stop();
  const times = watched.frames.map(({ ptsMs }) => ptsMs);
  expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
}, 120_000);

describe.concurrent('recordings end as a stream does, at their own pace', { timeout: 120_000 }, () => {
  test.each([
    { name: 'HLS by its list of variants, segments named oddly', where: '/vod/master.m3u8', lastsMs: 6000 },
    { name: 'a file', where: '/short.mp4', lastsMs: 6000 },
  ])('$name', async ({ name, where, lastsMs }) => {
    const server = await startHttpCamera({
      '/vod/*': serveFolder(path.join(folder, 'vod')),
      '/short.mp4': serveFolder(folder),
    });
    const startedAtMs = Date.now();
    const watched = await watchSource(
      { kind: 'http', url: server.toUrl(where) },
      { restart: 'until_end', ring: toRing(`ring-${name}`) },
    );
    await watched.camera.done;
    expect(Date.now() - startedAtMs).toBeGreaterThan(lastsMs - 2500);
    expect(watched.camera.health()).toMatchObject({ state: 'ended', reason: '' });
    expect(watched.frames.length).toBeGreaterThanOrEqual(lastsMs / 2000);
    await expectTrueFrames(watched, 2);
    expect(server.requests.map((request) => request.path)).not.toContain('/vod/poor.m3u8');
    await watched.camera.stop();
    await server.stop();
  });
});

const live = (): HttpRoute => serveLive(clip, 'video/mp2t', words('-c copy -f mpegts'));
const secret = 'p@ss/w:o#rd';
const basic = `Basic ${Buffer.from(`viewer:${secret}`).toString('base64')}`;
const login = `viewer:${encodeURIComponent(secret)}`;

describe.concurrent('logins', { timeout: 120_000 }, () => {
  test.each([
    { name: 'basic', challenge: 'Basic realm="cam"', isRight: (header: string) => header === basic },
    {
      name: 'digest',
      challenge: 'Digest realm="cam", nonce="abc", qop="auth"',
      isRight: (header: string) => /^Digest .*username="viewer".*response="[0-9a-f]{32}"/.test(header),
    },
  ])('$name; the password is nowhere to be read', async ({ challenge, isRight }) => {
    const server = await startHttpCamera({
      '/cam': guard(challenge, isRight, live()),
      '/hls/*': guard(challenge, isRight, serveFolder(path.join(folder, 'vod'))),
    });
    for (const where of ['/cam', '/hls/list.m3u8']) {
      const right = await watchSource({ kind: 'http', url: server.toUrl(where, login) });
      await right.waitUntil((health, frames) => health.state === 'live' && frames.length >= 2);
      await right.camera.stop();
      expect(right.printed.join('\n')).not.toContain(encodeURIComponent(secret));
    }
    const wrong = await watchSource({ kind: 'http', url: server.toUrl('/cam') });
    await wrong.waitUntil(({ state }) => state === 'unauthorized');
    expect(wrong.camera.health().reason).toBe('user or password is wrong (401)');
    await wrong.camera.stop();
    await server.stop();
  });

  test('another host is not told the password', async () => {
    const other = await startHttpCamera({ '/cam': live() });
    const first = await startHttpCamera({
      '/cam': (_request, response) => void response.writeHead(302, { location: other.toUrl('/cam') }).end(),
    });
    const watched = await watchSource({ kind: 'http', url: first.toUrl('/cam', login) });
    await watched.waitUntil((health) => health.state === 'live');
    await watched.camera.stop();
    expect(other.requests.map(({ authorization }) => authorization)).not.toContain(basic);
    expect(other.requests.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
    await first.stop();
    await other.stop();
  });
});

describe.concurrent('what is no stream is said in words, and tried again', { timeout: 60_000 }, () => {
  const text =
    (type: string, body: string): HttpRoute =>
    (_request, response) =>
      void response.writeHead(200, { 'content-type': type }).end(body);
  const to =
    (location: string): HttpRoute =>
    (_request, response) =>
      void response.writeHead(302, { location }).end();
  const media = (line: string): string => `#EXTM3U\n#EXT-X-TARGETDURATION:2\n${line}\n`;
  test.each<[string, HttpRoute, RegExp, string?]>([
    ['a page', text('text/html; charset=utf-8', '<html>'), /^it gives text\/html, which is no stream/],
    ['a picture', text('image/jpeg', '\u00ff\u00d8'), /^it gives image\/jpeg/],
    ['another list', text('text/plain', 'ffconcat version 1.0\nfile /etc/passwd\n'), /^it gives text\/plain/],
    ['a file in a playlist', text('x/y', media('#EXTINF:2,\nfile:///etc/passwd')), /names a file: address/],
    [
      'a key in a file',
      text('x/y', media('#EXT-X-KEY:METHOD=AES-128,URI="file:///k"')),
      /names a file: address/,
    ],
    [
      'a path that is not there',
      (_request, response) => void response.writeHead(404).end(),
      /no such path \(404\)/,
    ],
    ['no access', (_request, response) => void response.writeHead(403).end(), /\(403\)/, 'unauthorized'],
    ['redirections without end', to('/again'), /redirects more than 5 times/],
    ['another protocol', to('file:///etc/passwd'), /redirects to file:\/\/, which is not read/],
    ['a fault', (_request, response) => void response.writeHead(500).end(), /the camera answers 500/],
    ['an answer that breaks off', (_request, response) => void response.destroy(), /socket hang up/],
  ])('%s', async (_name, route, reason, state = 'down') => {
    const server = await startHttpCamera({ '/cam': route, '/again': to('/again') });
    const watched = await watchSource({ kind: 'http', url: server.toUrl('/cam') });
    await watched.waitUntil((health) => health.state === state);
    expect(watched.camera.health().reason).toMatch(reason);
    await watched.camera.stop();
    await server.stop();
  });
});
