import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findGstProblem, makeCertificate, startGstRtspServer } from './gst-rtsp-server.ts';
import { makeTempDir } from './temp-dir.ts';

const run = promisify(execFile);
const problem = findGstProblem();
if (problem !== null) process.stdout.write(`skipped: ${problem}\n`);

describe.skipIf(problem !== null)('the GStreamer server that tests pull from', () => {
  let clip: string;
  let dir: string;

  beforeAll(async () => {
    dir = await makeTempDir('gst');
    clip = path.join(dir, 'clip.mp4');
    await run('ffmpeg', [
      ...'-v error -y -f lavfi -i testsrc2=s=320x180:r=10 -t 20 -c:v libx264 -g 10 -bf 0'.split(' '),
      clip,
    ]);
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  async function countPackets(url: string): Promise<string> {
    const { stdout } = await run(
      'ffmpeg',
      [...'-v error -rtsp_transport tcp -i'.split(' '), url, ...'-t 1 -c copy -f framecrc -'.split(' ')],
      { timeout: 20_000 },
    );
    return stdout;
  }

  test('serves with digest over TLS, refuses a wrong password, and ends when told', async () => {
    const server = await startGstRtspServer({
      mounts: [{ path: '/a', file: clip }],
      auth: { method: 'digest', user: 'u', password: 'p' },
      tls: makeCertificate(dir),
    });
    try {
      const url = new URL(server.toUrl('/a'));
      url.username = 'u';
      url.password = 'p';
      expect((await countPackets(url.href)).split('\n').length).toBeGreaterThan(5);
      url.password = 'wrong';
      await expect(countPackets(url.href)).rejects.toThrow(/401/);
    } finally {
      await server.stop();
    }
    expect(() => process.kill(server.pid, 0)).toThrow(/ESRCH/);
  });
});
