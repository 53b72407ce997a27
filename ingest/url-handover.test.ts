import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { handOverUrl } from './url-handover.ts';

async function ask(url: string, line: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`${line}\r\nCSeq: 7\r\n\r\n`);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString();
  });
  await once(socket, 'close');
  return answer;
}

test('the address is given once, to who knows the path', async () => {
  const target = 'rtsp://viewer:secret@10.0.0.9/stream';
  const handover = await handOverUrl(target, 'gate-7');
  const { url } = handover;
  expect(url).toMatch(/^rtsp:\/\/127\.0\.0\.1:\d+\/gate-7-[0-9a-f]{32}$/);
  for (const guess of [url.replace(/[0-9a-f]{32}$/, '0'.repeat(32)), `${url}/`, url.slice(0, -1)])
    expect(await ask(url, `OPTIONS ${guess} RTSP/1.0`)).toMatch(/^RTSP\/1\.0 404 /);
  expect(await ask(url, `OPTIONS ${url} RTSP/1.0`)).toBe(
    `RTSP/1.0 302 Found\r\nCSeq: 7\r\nLocation: ${target}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  );
  expect(await ask(url, `OPTIONS ${url} RTSP/1.0`)).toMatch(/^RTSP\/1\.0 404 /);
  await handover.close();
  await expect(ask(url, `OPTIONS ${url} RTSP/1.0`)).rejects.toThrow('ECONNREFUSED');
});

test('over HTTP too', async () => {
  const target = 'http://viewer:secret@10.0.0.9/live.m3u8';
  const handover = await handOverUrl(target, 'gate-7');
  const { url } = handover;
  expect(await ask(url, `GET ${new URL(url).pathname} HTTP/1.1`)).toContain(`Location: ${target}\r\n`);
  await handover.close();
});
