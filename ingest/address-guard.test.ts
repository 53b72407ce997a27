import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findBadNetwork } from '../platform/mod.ts';
import { createAddressGuard } from './address-guard.ts';
import { createHttpSource } from './http-source.ts';
import { createRtspSource } from './rtsp-source.ts';

const check = (address: string, configured = 'rtsp://10.1.2.3/s', networks?: readonly string[]) =>
  createAddressGuard(new URL(configured), networks).check(new URL(address));

describe('an address that no camera has is refused', () => {
  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'rtsp://169.254.1.1/s',
    'http://100.100.100.200/latest/meta-data/',
    'http://0.0.0.0/',
    'rtsp://0.1.2.3/s',
    'rtsp://224.0.0.1/s',
    'rtsp://239.255.255.250/s',
    'rtsp://255.255.255.255/s',
    'http://[fe80::1]/',
    'http://[ff02::1]/',
    'http://[::]/',
    'http://[fd00:ec2::254]/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[2002:a9fe:a9fe::]/',
    'http://[::a9fe:a9fe]/',
  ])('%s', async (address) => {
    expect(await check(address)).toMatch(/where no camera is/);
  });

  test.each([
    'rtsp://2130706433/s',
    'rtsp://017700000001/s',
    'rtsp://0x7f000001/s',
    'rtsp://127.1/s',
    'rtsp://0x7f.1/s',
    'rtsp://10.0.0.010/s',
    'rtsp://%31%32%37.1/s',
  ])('%s, because nobody can say how it is read', async (address) => {
    expect(await check(address)).toMatch(/four decimal numbers|this machine itself/);
  });
});

describe('this machine itself', () => {
  test.each([
    'http://127.0.0.1/',
    'http://127.8.8.8/',
    'http://localhost/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://2130706433/', // which URL has turned into 127.0.0.1
  ])('%s is reached from a camera that was configured there, and from no other', async (address) => {
    expect(await check(address)).toMatch(/this machine itself/);
    expect(await check(address, 'rtsp://127.0.0.1:8554/s')).toBeNull();
    expect(await check(address, 'rtsp://localhost/s')).toBeNull();
  });
});

test.each([
  'rtsp://10.1.2.3/s',
  'rtsp://192.168.1.64:554/s',
  'rtsps://172.16.0.9/s',
  'http://[fd12:3456::1]/',
  'http://8.8.8.8/',
])('%s is where cameras are', async (address) => {
  expect(await check(address)).toBeNull();
});

test('with networks given, what lies outside them is refused', async () => {
  const networks = ['10.20.0.0/16', 'fd12::/16'];
  expect(await check('rtsp://10.20.3.4/s', 'rtsp://10.20.3.4/s', networks)).toBeNull();
  expect(await check('http://[fd12::9]/', 'rtsp://10.20.3.4/s', networks)).toBeNull();
  expect(await check('rtsp://10.21.3.4/s', 'rtsp://10.20.3.4/s', networks)).toMatch(/outside the networks/);
  expect(await check('rtsp://127.0.0.1/s', 'rtsp://127.0.0.1/s', networks)).toMatch(/outside the networks/);
  expect(findBadNetwork(networks)).toBeNull();
  for (const bad of ['10.0.0.0', '10.0.0.0/33', 'x/8', '10.0.0.0/8/8', '::/129'])
    expect(findBadNetwork([bad])).toBe(bad);
});

test('an IPv4 address is judged the same in every form of IPv6 that carries it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.ipV4(), async (ip) => {
      const plain = (await check(`http://${ip}/`)) === null;
      for (const form of [`::ffff:${ip}`, `64:ff9b::${ip}`]) {
        expect((await check(`http://[${form}]/`)) === null).toBe(plain);
      }
    }),
    { numRuns: 300 },
  );
});

describe('the sources ask', () => {
  const open = (source: { open(timeoutMs: number, signal: AbortSignal): Promise<object> }) =>
    source.open(2_000, AbortSignal.timeout(5_000));

  test('before RTSP is opened', async () => {
    const source = createRtspSource('a', { kind: 'rtsp', url: 'rtsp://u:secret@169.254.169.254/s' });
    const problem = await open(source);
    expect(problem).toMatchObject({ kind: 'lost', reason: expect.stringMatching(/no camera is/) });
    expect(JSON.stringify(problem)).not.toContain('secret');
  });

  test('before HTTP is opened, and at each redirection', async () => {
    expect(
      await open(createHttpSource('a', { kind: 'http', url: 'http://169.254.169.254/x' })),
    ).toMatchObject({
      reason: expect.stringMatching(/no camera is/),
    });
    const server = createServer((_request, response) => {
      response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(
      await open(createHttpSource('a', { kind: 'http', url: `http://127.0.0.1:${port}/` })),
    ).toMatchObject({
      reason: expect.stringMatching(/no camera is/),
    });
    server.close();
  });
});
