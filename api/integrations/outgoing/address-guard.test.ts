import type { LookupAddress } from 'node:dns';
import { describe, expect, test } from 'vitest';
import { createAddressGuard } from './address-guard.ts';
import { sendGuarded } from './guarded-request.ts';

describe('where what people type in may be sent', () => {
  test.each([
    'http://127.0.0.1:8080/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://[64:ff9b::a00:1]/',
    'http://[fd00::1]/',
    'http://[fe80::1]/',
    'http://10.1.2.3/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://0.0.0.0/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://localhost/',
    'http://a.localhost/',
    'https://user:secret@example.org/',
    'ftp://example.org/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'no url',
  ])('%s is refused', (url) => {
    expect(() => createAddressGuard([]).checkUrl(url, 'body.url')).toThrow(/^body\.url: /);
  });

  test.each(['https://example.org/hook', 'http://93.184.216.34/', 'https://[2606:2800:220:1::1]/'])(
    '%s is allowed',
    (url) => {
      expect(createAddressGuard([]).checkUrl(url, 'body.url').href).toBe(url);
    },
  );

  test("the city's own networks are opened by name, the machine's metadata never", () => {
    const guard = createAddressGuard(['10.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16']);
    const wide = createAddressGuard(['0.0.0.0/0', '::/0']);
    for (const host of ['100.100.100.200', '[fd00:ec2::254]', '[64:ff9b::a9fe:a9fe]', '[2002:a9fe:a9fe::1]'])
      expect(() => wide.checkUrl(`http://${host}/`, 'url')).toThrow('closed network');
    expect(guard.checkUrl('http://10.1.2.3/', 'url').host).toBe('10.1.2.3');
    expect(guard.checkUrl('http://localhost/', 'url').host).toBe('localhost');
    expect(() => guard.checkUrl('http://192.168.0.1/', 'url')).toThrow('closed network');
    expect(() => guard.checkUrl('http://169.254.169.254/', 'url')).toThrow('closed network');
    expect(() => createAddressGuard(['10.0.0.0'])).toThrow('INTEGRATION_NETWORKS: "10.0.0.0"');
    expect(() => createAddressGuard(['10.0.0.0/64'])).toThrow('INTEGRATION_NETWORKS');
  });

  test('a name is judged by what it resolves to, at the moment of connecting', async () => {
    const resolve = (open: string[]) =>
      new Promise<string | LookupAddress[]>((done, fail) =>
        createAddressGuard(open).lookup('localhost', { all: true }, (error, addresses) =>
          error === null ? done(addresses) : fail(error),
        ),
      );
    await expect(resolve([])).rejects.toThrow('localhost is an address inside a closed network');
    expect(await resolve(['127.0.0.0/8', '::1/128'])).not.toEqual([]);
    // Past the first check, as a name that points inside would be.
    const blind = { ...createAddressGuard([]), checkUrl: (url: string) => new URL(url) };
    await expect(
      sendGuarded(blind, new URL('http://localhost:9/'), { method: 'GET', headers: {} }),
    ).rejects.toThrow('closed network');
  });
});
