import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { type AddressInfo, createServer } from 'node:net';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startTimeStampServer, type TimeStampServer } from '../../test/support/time-stamp-server.ts';
import { readElements, toDer, toDerInteger, toDerOid } from './der.ts';
import { openTimeStampAuthority } from './time-stamp-authority.ts';
import { toTimeStampRequest } from './time-stamp-request.ts';
import { readTimeStampToken } from './time-stamp-token.ts';

const hash = createHash('sha256').update('a manifest').digest();

describe('DER', () => {
  test.each<[Buffer, string]>([
    [toDerInteger(Buffer.from([0])), '020100'],
    [toDerInteger(Buffer.from([0, 0, 1])), '020101'],
    [toDerInteger(Buffer.from([0x80])), '02020080'],
    [toDerOid('2.16.840.1.101.3.4.2.1'), '0609608648016503040201'],
    [toDerOid('1.2.840.113549.1.7.2'), '06092a864886f70d010702'],
    [toDer(4, Buffer.alloc(128)).subarray(0, 3), '048180'],
    [toDer(4, Buffer.alloc(300)).subarray(0, 4), '0482012c'],
  ])('%s is %s', (bytes, hex) => {
    expect(bytes.toString('hex')).toBe(hex);
  });

  test('what is written is read again; what is cut off is refused', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 4 }), (contents) => {
        const bytes = Buffer.concat(contents.map((content) => toDer(4, content)));
        expect(readElements(bytes).map(({ content }) => [...content])).toEqual(
          contents.map((one) => [...one]),
        );
        if (bytes.length > 0)
          expect(() => readElements(bytes.subarray(0, -1))).toThrow(/cut off|not understood/);
      }),
    );
  });
});

describe('an authority', () => {
  let server: TimeStampServer;
  let ca: X509Certificate;
  beforeAll(async () => {
    server = await startTimeStampServer();
    ca = new X509Certificate(server.caPem);
  });
  afterAll(() => server?.stop());

  test('stamps a hash; the token says when and who, and proves it', async () => {
    const before = Date.now();
    const { token, timeStamp } = await openTimeStampAuthority({ url: server.url, trusted: [ca] }).stamp(hash);
    expect(timeStamp).toMatchObject({ sha256: hash.toString('hex'), authority: 'CN=Test-TSA' });
    expect(timeStamp.genTimeMs).toBeGreaterThanOrEqual(before - 2_000);
    expect(timeStamp.genTimeMs).toBeLessThanOrEqual(Date.now() + 2_000);
    expect(readTimeStampToken(token, [ca])).toEqual(timeStamp);
    expect(readTimeStampToken(token)).toEqual(timeStamp);
  });

  test('with every byte of its token changed in turn nothing else is ever proved', async () => {
    const { token, timeStamp } = await openTimeStampAuthority({ url: server.url }).stamp(hash);
    let refused = 0;
    for (let at = 0; at < token.length; at += 7) {
      const changed = Uint8Array.from(token);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      try {
        // What is not signed (other certificates in it) may change; what it says may not.
        const read = readTimeStampToken(changed, [ca]);
        expect(read).toEqual(timeStamp);
      } catch {
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(token.length / 7 / 3);
  });

  test('that nobody trusts is refused', async () => {
    const other = await startTimeStampServer({ keyType: 'ec' });
    onTestFinished(() => other.stop());
    const stranger = openTimeStampAuthority({ url: other.url, trusted: [ca] });
    await expect(stranger.stamp(hash)).rejects.toMatchObject({
      code: 'time_stamp_failed',
      message: expect.stringContaining('by an authority that is not trusted'),
    });
    // With its own certificate trusted it is good: another kind of key is no hindrance.
    const known = openTimeStampAuthority({ url: other.url, trusted: [new X509Certificate(other.caPem)] });
    expect((await known.stamp(hash)).timeStamp.authority).toBe('CN=Test-TSA');
  });

  test('an answer to another request is refused', async () => {
    onTestFinished(() => server.setAnswer(null));
    const authority = openTimeStampAuthority({ url: server.url });
    for (const [request, message] of [
      [toTimeStampRequest(randomBytes(32), randomBytes(8)), 'is over another hash'],
      [toTimeStampRequest(hash, randomBytes(8)), 'answers another request'],
    ] as const) {
      server.setAnswer({ status: 200, body: await server.reply(request) });
      await expect(authority.stamp(hash)).rejects.toMatchObject({
        message: expect.stringContaining(message),
      });
    }
  });

  test.each<[string, { status: number; body: Buffer }, RegExp]>([
    ['an error', { status: 503, body: Buffer.from('later') }, /it answers 503/],
    ['a web page', { status: 200, body: Buffer.from('<html>') }, /DER/],
    ['nothing', { status: 200, body: Buffer.alloc(0) }, /DER/],
    [
      'a refusal',
      { status: 200, body: toDer(0x30, toDer(0x30, toDerInteger(Buffer.from([2])))) },
      /refuses \(status 2\)/,
    ],
    ['too much', { status: 200, body: Buffer.alloc(70_000) }, /larger than 65536 bytes/],
  ])('that answers with %s is said to', async (_, answer, message) => {
    onTestFinished(() => server.setAnswer(null));
    server.setAnswer(answer);
    await expect(openTimeStampAuthority({ url: server.url }).stamp(hash)).rejects.toMatchObject({
      code: 'time_stamp_failed',
      message: expect.stringMatching(message),
    });
  });
});

test('one that takes the connection and is silent is given up', async () => {
  const silent = createServer((socket) => socket.resume());
  await new Promise<void>((resolve) => {
    silent.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void silent.close());
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
  await expect(openTimeStampAuthority({ url, timeoutMs: 200 }).stamp(hash)).rejects.toMatchObject({
    code: 'time_stamp_failed',
    message: expect.stringContaining('did not answer in time'),
  });
});

test.each(['', 'tsa.example', 'ftp://host/tsa'])('%j is no URL of an authority', (url) => {
  expect(() => openTimeStampAuthority({ url })).toThrow(/not of the form http/);
});
