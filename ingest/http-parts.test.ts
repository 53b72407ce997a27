import { describe, expect, test } from 'vitest';
import { parsePlaylist } from './hls-playlist.ts';
import { answerChallenge } from './http-login.ts';

describe('logins', () => {
  // RFC 7616, 3.9.1
  const challenge = (algorithm: string): string =>
    `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;
  const mufasa = { user: 'Mufasa', password: 'Circle of Life' };
  const request = { method: 'GET', target: '/dir/index.html' };
  const nonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';
  test.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('Digest with %s', (algorithm, response) => {
    expect(answerChallenge(challenge(algorithm), mufasa, request, nonce)).toBe(
      `Digest username="Mufasa", realm="http-auth@example.org", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", uri="/dir/index.html", response="${response}", algorithm=${algorithm}, qop=auth, nc=00000001, cnonce="${nonce}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
    );
  });

  test('Digest is preferred to Basic; what is not known is not answered', () => {
    expect(answerChallenge(`Basic realm="x", ${challenge('MD5')}`, mufasa, request)).toMatch(/^Digest /);
    expect(answerChallenge('Basic realm="x"', { user: 'a', password: 'b:c' }, request)).toBe(
      `Basic ${Buffer.from('a:b:c').toString('base64')}`,
    );
    expect(answerChallenge('Negotiate', mufasa, request)).toBeNull();
    expect(answerChallenge(challenge('MD5-sess'), mufasa, request)).toBeNull();
  });
});

describe('playlists', () => {
  const base = 'https://cam.example/live/list.m3u8?t=1';
  test.each<[string, string, object]>([
    [
      'live',
      '#EXT-X-TARGETDURATION:6\n#EXTINF:6,\na.ts',
      { kind: 'media', targetMs: 6000, isComplete: false },
    ],
    [
      'complete, with CRLF',
      '#EXT-X-TARGETDURATION:2\r\n#EXTINF:2,\r\n../a.ts\r\n#EXT-X-ENDLIST\r\n',
      { kind: 'media', targetMs: 2000, isComplete: true },
    ],
    [
      'variants: the richest with pictures',
      '#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=9000,BANDWIDTH=10\n1.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=99,CODECS="mp4a.40.2"\n2.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=20,CODECS="avc1.4d,mp4a.40.2"\n\n/3.m3u8',
      { kind: 'master', url: 'https://cam.example/3.m3u8' },
    ],
    [
      'sound alone',
      '#EXT-X-STREAM-INF:BANDWIDTH=99,CODECS="mp4a.40.2"\n2.m3u8',
      { kind: 'refused', reason: 'its playlist names no stream with pictures' },
    ],
    ['a local file', '#EXTINF:6,\nfile:///etc/passwd', { kind: 'refused' }],
    ['a local file in a tag', '#EXT-X-MAP:URI="FILE:///etc/passwd"\n#EXTINF:1,\na.ts', { kind: 'refused' }],
    ["ffmpeg's own protocols", '#EXTINF:6,\nconcat:a.ts|b.ts', { kind: 'refused' }],
    [
      'a key in the playlist',
      '#EXT-X-KEY:METHOD=AES-128,URI="data:;base64,AAAA"\n#EXTINF:1,\na.ts',
      { kind: 'media' },
    ],
  ])('%s', (_name, lines, expected) => {
    expect(parsePlaylist(`#EXTM3U\n${lines}\n`, base)).toMatchObject(expected);
  });
});
