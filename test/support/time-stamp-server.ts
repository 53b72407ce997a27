import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { makeTempDir } from './temp-dir.ts';

const run = promisify(execFile);

/** A time-stamping authority of the test's own on loopback: `openssl ts` behind a small HTTP server. */
export interface TimeStampServer {
  readonly url: string;
  /** The certificate that issued the authority's, PEM. */
  readonly caPem: string;
  /** Requests that came. */
  readonly count: () => number;
  /** What it answers instead of stamping; `null`: it stamps. */
  setAnswer(answer: { readonly status: number; readonly body: Buffer } | null): void;
  /** Makes a reply to a request as the authority would. */
  reply(request: Uint8Array): Promise<Buffer>;
  stop(): Promise<void>;
}

const config = (dir: string) => `
[tsa]
default_tsa = own
[own]
dir = ${dir}
serial = ${dir}/serial
crypto_device = builtin
signer_cert = ${dir}/tsa.pem
certs = ${dir}/ca.pem
signer_key = ${dir}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;

export async function startTimeStampServer({
  keyType = 'rsa:2048',
}: {
  keyType?: 'rsa:2048' | 'ec';
} = {}): Promise<TimeStampServer> {
  const dir = await makeTempDir('time-stamps');
  const openssl = (...args: string[]) => run('openssl', args, { cwd: dir, timeout: 60_000 });
  const key =
    keyType === 'ec' ? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] : ['-newkey', keyType];
  await openssl(
    ...'req -x509 -nodes -newkey rsa:2048 -keyout ca.key -out ca.pem -days 3650 -subj /CN=Test-CA'.split(' '),
  );
  await openssl('req', '-nodes', ...key, ...'-keyout tsa.key -out tsa.csr -subj /CN=Test-TSA'.split(' '));
  await writeFile(path.join(dir, 'usage.cnf'), 'extendedKeyUsage=critical,timeStamping\n');
  await openssl(
    ...'x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 -extfile usage.cnf -out tsa.pem'.split(
      ' ',
    ),
  );
  await writeFile(path.join(dir, 'tsa.cnf'), config(dir));
  await writeFile(path.join(dir, 'serial'), '01\n');
  let answer: { readonly status: number; readonly body: Buffer } | null = null;
  let requests = 0;
  let busy: Promise<unknown> = Promise.resolve();
  const reply = (request: Uint8Array): Promise<Buffer> => {
    // One after the other: openssl keeps its serial number in a file.
    const made = busy.then(async () => {
      await writeFile(path.join(dir, 'query.tsq'), request);
      await openssl(...'ts -reply -config tsa.cnf -queryfile query.tsq -out reply.tsr'.split(' '));
      return readFile(path.join(dir, 'reply.tsr'));
    });
    busy = made.catch(() => undefined);
    return made;
  };
  const answerRequest = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const { status, body: bytes } = answer ?? { status: 200, body: await reply(body) };
    response.writeHead(status, { 'content-type': 'application/timestamp-reply' }).end(bytes);
  };
  const server = createServer((request, response) => {
    requests++;
    answerRequest(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tsa`,
    caPem: await readFile(path.join(dir, 'ca.pem'), 'utf8'),
    count: () => requests,
    setAnswer(next) {
      answer = next;
    },
    reply,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await rm(dir, { recursive: true, force: true });
    },
  };
}
