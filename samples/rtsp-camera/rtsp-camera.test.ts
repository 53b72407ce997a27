import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from '../../platform/mod.ts';
import { startRtspCamera } from './mod.ts';

const run = promisify(execFile);
const logger = createLogger('silent');
let folder = '';
let clip = '';
let heavy = '';

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-rtsp-'));
  clip = path.join(folder, 'small.mp4');
  heavy = path.join(folder, 'heavy.mp4');
  await make(
    clip,
    'testsrc2=s=320x180:r=25:d=2',
    '-c:v libx264 -preset veryfast -g 25 -bf 2 -pix_fmt yuv420p',
  );
  const noise = 'testsrc2=s=1920x1080:r=25:d=3,noise=alls=40:allf=t';
  await make(
    heavy,
    noise,
    '-c:v libx264 -preset ultrafast -g 25 -b:v 4M -maxrate 4M -bufsize 4M -pix_fmt yuv420p',
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function make(file: string, source: string, options: string): Promise<unknown> {
  return run('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', source, ...options.split(' '), file]);
}

function probe(url: string): Promise<unknown> {
  return run('ffprobe', ['-loglevel', 'error', '-rtsp_transport', 'tcp', '-i', url], { timeout: 20_000 });
}

/** SHA-256 of all coded slices, in order; what RTP may leave out or repeat (parameter sets, SEI, delimiters) is not counted. */
async function hashStream(input: string, options: readonly string[]): Promise<string> {
  const args = ['-loglevel', 'error', ...options, '-i', input, '-map', '0:v', '-c', 'copy'];
  const bsf = ['-bsf:v', 'h264_mp4toannexb,filter_units=remove_types=6|7|8|9', '-f', 'streamhash', '-'];
  const { stdout } = await run('ffmpeg', [...args, ...bsf], { timeout: 20_000 });
  return stdout.trim();
}

test('every byte of a 1080p stream of 4 Mbit/s arrives, then the connection closes orderly', async () => {
  const camera = await startRtspCamera({ clip: heavy, loop: false, logger });
  const received = await hashStream(camera.url, ['-rtsp_transport', 'tcp']);
  expect(received).toMatch(/SHA256=[0-9a-f]{64}/);
  expect(received).toBe(await hashStream(heavy, []));
  await camera.played;
  await camera.stop();
  expect(camera.senderPids()).toEqual([]);
});

test('a session can begin where the clip would be by now', async () => {
  const camera = await startRtspCamera({ clip, loop: false, positionS: async () => 1.2, logger });
  const received = await hashStream(camera.url, ['-rtsp_transport', 'tcp']);
  expect(received).toBe(await hashStream(clip, ['-ss', '1.2']));
  expect(received).not.toBe(await hashStream(clip, []));
  await camera.stop();
});

test('a looping clip goes on past its end; stop ends client and sender', async () => {
  const camera = await startRtspCamera({ clip, loop: true, logger });
  const args = `-loglevel error -rtsp_transport tcp -i ${camera.url} -t 3 -f null -stats -`.split(' ');
  const { stderr } = await run('ffmpeg', args, { timeout: 20_000 });
  expect(Number(/frame= *(\d+)/.exec(stderr.split('\r').at(-1) ?? '')?.[1])).toBeGreaterThanOrEqual(70);
  await camera.stop();
  await camera.played;
});

test('a wrong password is refused, the right one plays', async () => {
  const credentials = { user: 'viewer', password: 'p@ss/word' };
  const camera = await startRtspCamera({ clip, loop: false, credentials, logger });
  await expect(probe(camera.url.replace('viewer:', 'viewer:x'))).rejects.toThrow('401');
  await expect(probe(camera.url.replace(/\/\/.*@/, '//'))).rejects.toThrow('401');
  await probe(camera.url);
  await camera.stop();
});

test('two clients are played the clip from its beginning, each by itself', async () => {
  const camera = await startRtspCamera({ clip, loop: false, logger });
  const [first, second] = await Promise.all([hashStream(camera.url, []), hashStream(camera.url, [])]);
  const whole = await hashStream(clip, []);
  expect([first, second]).toEqual([whole, whole]);
  await camera.stop();
});

test('a taken port and a file without pictures are named', async () => {
  const camera = await startRtspCamera({ clip, loop: false, logger });
  const port = Number(new URL(camera.url).port);
  await expect(startRtspCamera({ clip, port, loop: false, logger })).rejects.toMatchObject({
    code: 'port_in_use',
  });
  await camera.stop();
  const text = path.resolve('package.json');
  const started = startRtspCamera({ clip: text, loop: false, logger });
  await expect(started).rejects.toMatchObject({ code: 'not_a_video' });
  await expect(started).rejects.toThrow('package.json');
});

test.each([
  [
    'UDP is not served',
    'SETUP rtsp://h/stream/streamid=0 RTSP/1.0\r\nCSeq: 7\r\nTransport: RTP/AVP;unicast',
    '461',
  ],
  ['another path', 'DESCRIBE rtsp://h/other RTSP/1.0\r\nCSeq: 7', '404'],
  ['playing before setting up', 'PLAY rtsp://h/stream RTSP/1.0\r\nCSeq: 7', '455'],
  ['an unknown method', 'SING rtsp://h/stream RTSP/1.0\r\nCSeq: 7', '501'],
  ['keeping alive', 'GET_PARAMETER rtsp://h/stream RTSP/1.0\r\nCSeq: 7', '200'],
])('answers %s', async (_name, request, status) => {
  const camera = await startRtspCamera({ clip, loop: false, logger });
  const socket = connect(Number(new URL(camera.url).port), '127.0.0.1');
  socket.write(`${request}\r\n\r\n`);
  const answer = await new Promise<string>((resolve, reject) => {
    socket.once('data', (bytes) => resolve(bytes.toString()));
    socket.once('error', reject);
  });
  expect(answer).toMatch(new RegExp(`^RTSP/1.0 ${status} .*\r\nCSeq: 7\r\n`));
  socket.destroy();
  await camera.stop();
});
