import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { words } from '../words.ts';

const ffmpeg = 'ffmpeg';

/** What one path of the server gives. */
export type HttpRoute = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface HttpCamera {
  readonly port: number;
  /** Every request that came: method, path and whether it carried a login. */
  readonly requests: { readonly path: string; readonly authorization: string | undefined }[];
  toUrl(path: string, login?: string): string;
  stop(): Promise<void>;
}

/** An HTTP server on loopback; a route ends with `*` to take all below it. */
export async function startHttpCamera(routes: Readonly<Record<string, HttpRoute>>): Promise<HttpCamera> {
  const requests: HttpCamera['requests'] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    requests.push({ path: request.url ?? '', authorization: request.headers.authorization });
    const route =
      routes[pathname] ??
      Object.entries(routes).find(
        ([name]) => name.endsWith('*') && pathname.startsWith(name.slice(0, -1)),
      )?.[1];
    if (route === undefined) response.writeHead(404).end('nothing here');
    else void Promise.resolve(route(request, response)).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    requests,
    toUrl: (where, login) => `http://${login === undefined ? '' : `${login}@`}127.0.0.1:${port}${where}`,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A clip in real time, again and again, as ffmpeg muxes it for each client. */
export function serveLive(
  clip: string,
  mediaType: string,
  options: readonly string[],
  loop = true,
): HttpRoute {
  return (_request, response) => {
    const input = [...words('-v error -re'), ...(loop ? words('-stream_loop -1') : []), '-i', clip];
    const sender = spawn(ffmpeg, [...input, ...options, '-'], { stdio: ['ignore', 'pipe', 'ignore'] });
    response.writeHead(200, { 'content-type': mediaType });
    sender.stdout.pipe(response);
    response.on('close', () => sender.kill('SIGKILL'));
  };
}

/** Files of a folder, with ranges. */
export function serveFolder(dir: string): HttpRoute {
  return async (request, response) => {
    const file = path.join(dir, path.basename(new URL(request.url ?? '/', 'http://localhost').pathname));
    const found = await stat(file).catch(() => null);
    if (found === null) {
      response.writeHead(404).end();
      return;
    }
    const type = file.endsWith('.m3u8') ? 'application/vnd.apple.mpegurl' : 'application/octet-stream';
    if (file.endsWith('.m3u8')) {
      response.writeHead(200, { 'content-type': type }).end(await readFile(file));
      return;
    }
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(request.headers.range === undefined ? 200 : 206, {
      'content-type': type,
      'accept-ranges': 'bytes',
      'content-length': found.size - start,
      ...(request.headers.range && { 'content-range': `bytes ${start}-${found.size - 1}/${found.size}` }),
    });
    createReadStream(file, { start }).pipe(response);
  };
}

/** Refuses who brings no or another `Authorization` header than `isRight` accepts. */
export function guard(challenge: string, isRight: (header: string) => boolean, route: HttpRoute): HttpRoute {
  return (request, response) => {
    if (isRight(request.headers.authorization ?? '')) return route(request, response);
    response.writeHead(401, { 'www-authenticate': challenge }).end('who are you?');
    return undefined;
  };
}

/** Starts an ffmpeg that writes a live HLS playlist into a folder and resolves once it is there. */
export async function startHlsWriter(clip: string, dir: string): Promise<ChildProcess> {
  const writer = spawn(
    ffmpeg,
    [
      ...words('-v error -re -stream_loop -1 -i'),
      clip,
      ...words('-c copy -f hls -hls_time 2 -hls_list_size 4 -hls_flags delete_segments+temp_file'),
      path.join(dir, 'live.m3u8'),
    ],
    { stdio: 'ignore' },
  );
  const isThere = (): Promise<boolean> =>
    readFile(path.join(dir, 'live.m3u8'), 'utf8').then(
      (text) => text.split('#EXTINF').length > 3,
      () => false,
    );
  while (!(await isThere())) await new Promise((resolve) => setTimeout(resolve, 100));
  return writer;
}
