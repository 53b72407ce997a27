import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface FileServer {
  readonly url: string;
  /** What was asked, with the range. */
  readonly asked: { path: string; range: string | undefined; ifRange: string | undefined }[];
}

export interface ServerManners {
  /** Bytes that an answer gives before the connection is cut, by turn; `undefined`: all. */
  readonly cuts?: readonly (number | undefined)[];
  /** Statuses that come in place of an answer, by turn. */
  readonly statuses?: readonly (number | undefined)[];
  /** Says nothing after so many bytes, by turn. */
  readonly silentAfter?: readonly (number | undefined)[];
  readonly ignoresRanges?: boolean;
  readonly redirectTo?: string;
  /** By turn; default one that never changes. */
  readonly etags?: readonly string[];
}

/** A local server of one file that misbehaves as told, closed with the test. */
export async function serveFile(body: Buffer, manners: ServerManners = {}): Promise<FileServer> {
  const asked: FileServer['asked'] = [];
  const server = createServer((request, response) => {
    const turn = asked.length;
    const { range } = request.headers;
    asked.push({ path: request.url ?? '', range, ifRange: header(request, 'if-range') });
    if (manners.redirectTo !== undefined && request.url !== '/moved.onnx') {
      response.writeHead(302, { location: manners.redirectTo }).end();
      return;
    }
    const status = manners.statuses?.[turn];
    if (status !== undefined) response.writeHead(status).end('no');
    else answer(request, response, body, manners, turn);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.onnx`, asked };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  manners: ServerManners,
  turn: number,
): void {
  const etag = manners.etags?.[turn] ?? '"one"';
  const ifRange = header(request, 'if-range');
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const isPart = start > 0 && !manners.ignoresRanges && (ifRange === undefined || ifRange === etag);
  const part = isPart ? body.subarray(start) : body;
  response.writeHead(isPart ? 206 : 200, {
    etag,
    'content-length': part.length,
    ...(isPart && { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` }),
  });
  const cut = manners.cuts?.[turn];
  const silent = manners.silentAfter?.[turn];
  if (silent !== undefined) response.write(part.subarray(0, silent));
  else if (cut === undefined) response.end(part);
  else response.write(part.subarray(0, cut), () => setTimeout(() => response.destroy(), 20));
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
