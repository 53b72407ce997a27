import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toMessage } from '../../domain/mod.ts';
import { redact } from '../../platform/mod.ts';
import { makeTempDir } from '../../test/support/temp-dir.ts';
import { readAddress } from './camera-address.ts';
import { loadProgramConfig } from './program-config.ts';

describe('an address by the book is left as it is', () => {
  test.each([
    'rtsp://10.0.0.1/s',
    'rtsp://admin:p%40ss%23@10.0.0.1:554/Streaming/Channels/101?transportmode=unicast',
    'rtsp://u:p@cam.city.cn/live@main',
    'rtsp://u:p@mediamtx:8554/from@10.1.2.3',
    'rtsp://10.0.0.1:554/user=admin&channel=1@2',
    'http://10.0.0.9:1984/api/stream.mp4?src=rtsp://u:p@10.0.0.1/s',
    'rtsp://[fd00::7]:554/live@main',
    'https://cam.local/live.m3u8#t=1',
  ])('%s', (url) => {
    expect(readAddress(url)).toEqual({ kind: 'url', url, note: null });
  });
});

describe('what a URL may not hold before its host is encoded', () => {
  test.each([
    ['rtsp://admin:p@ss@10.0.0.1/s', 'rtsp://admin:p%40ss@10.0.0.1/s'],
    ['rtsp://admin:it\'s "1"<2>@10.0.0.1/s', 'rtsp://admin:it%27s%20%221%22%3C2%3E@10.0.0.1/s'],
    ['rtsp://admin:100%@10.0.0.1/s', 'rtsp://admin:100%25@10.0.0.1/s'],
    ['rtsp://管理:密码@10.0.0.1/s', 'rtsp://%E7%AE%A1%E7%90%86:%E5%AF%86%E7%A0%81@10.0.0.1/s'],
    ['rtsp://u:a\ud800b@10.0.0.1/s', 'rtsp://u:a%EF%BF%BDb@10.0.0.1/s'],
  ])('%s', (text, url) => {
    expect(readAddress(text)).toEqual({ kind: 'url', url, note: null });
  });
});

describe('a password as people paste it is taken where only one reading names a host', () => {
  test.each([
    ['rtsp://admin:pa#ss/w?rd@10.0.0.1/ch1', 'rtsp://admin:pa%23ss%2Fw%3Frd@10.0.0.1/ch1'],
    ['rtsp://admin:12345#@10.0.0.1:554/ch1?a=b', 'rtsp://admin:12345%23@10.0.0.1:554/ch1?a=b'],
    ['rtsp://admin:Abc@123#@10.0.0.1/ch1', 'rtsp://admin:Abc%40123%23@10.0.0.1/ch1'],
    ['rtsp://admin:a/b@cam-7.city.cn/s', 'rtsp://admin:a%2Fb@cam-7.city.cn/s'],
    ['rtsp://admin:a/b:c@[fd00::7]:554/s', 'rtsp://admin:a%2Fb:c@[fd00::7]:554/s'],
    ['rtsp://admin:a/b@c/d@10.0.0.1/s', 'rtsp://admin:a%2Fb%40c%2Fd@10.0.0.1/s'],
    ['http://admin:a\\b@10.0.0.1/s', 'http://admin:a%5Cb@10.0.0.1/s'],
    ['rtsp://admin:99%#1@10.0.0.1', 'rtsp://admin:99%25%231@10.0.0.1'],
  ])('%s', (text, url) => {
    const reading = readAddress(text);
    expect(reading).toMatchObject({ kind: 'url', url });
    const note = reading.kind === 'url' ? reading.note : null;
    expect(note).toContain(`read as ${redact(url)}, with all before the last @`);
    expect(note).not.toMatch(/admin|pa#|Abc|%23ss/);
  });
});

describe('what may be read in two ways, or in none, is refused without its password', () => {
  test.each([
    [
      'rtsp://u:1/2@10.0.0.1/s',
      /"rtsp:\/\/\*\*\*@10\.0\.0\.1\/s" has an @ after its host; .*\/ %2F, \? %3F, # %23/,
    ],
    ['rtsp://admin:Sec@ret/w@10.0.0.1/s', /can be read in two ways/],
    ['http://go2rtc:1984/api?src=rtsp://u:secret@10.0.0.1/s', /can be read in two ways/],
    ['rtsp://cam.city.cn/secret@main', /can be read in two ways/],
    ['rtsp://admin:sec%23r#et@10.0.0.1/s', /percent-encoded in part/],
    ['rtsp://admin:secret', /"rtsp:\/\/\*\*\*" is no URL; .*put an address that holds a # in quotes/],
    ['rtsp://admin:secret/10.0.0.1', /"rtsp:\/\/\*\*\*" is no URL/],
    ['rtsp://admin：secret＠10.0.0.1/s', /"rtsp:\/\/\*\*\*@10\.0\.0\.1\/s" has a full-width ＠/],
    ['rtsp:/admin:secret@10.0.0.1/s', /an address begins with rtsp:\/\//],
    ['admin:secret@10.0.0.1/s', /an address begins with rtsp:\/\//],
    ['admin:secret@cam:554', /an address begins with rtsp:\/\//],
    ['rtsp://u:secret@/s', /is no URL/],
    ['ftp://u:secret@10.0.0.1/s', /ftp:\/\/ is no source/],
  ])('%s', (text, expected) => {
    const reading = readAddress(text);
    const problem = reading.kind === 'bad' ? reading.problem : 'taken';
    expect(problem).toMatch(expected);
    expect(problem).not.toMatch(/sec|ret/i);
  });
});

test.each(['clips/a.mp4', '/data/a@b.mp4', 'a:b.mp4', 'C:/clips/a.mp4', 'rtsp-recordings/'])(
  '%s is a path',
  (text) => {
    expect(readAddress(text)).toEqual({ kind: 'path' });
  },
);

describe('in xunjie.yaml', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await makeTempDir('camera-address');
    await writeFile(
      path.join(dir, 'scene.yaml'),
      'zones: {a: [[0,0],[1,0],[1,1]]}\nrules: [{offence: clutter, zone: a}]\n',
    );
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  test('a note says where and how an address was understood', async () => {
    const file = path.join(dir, 'noted.yaml');
    await writeFile(
      file,
      'cameras:\n  - id: road\n    source: rtsp://admin:pa#ss@10.0.0.1/s\n    scene: scene.yaml\n',
    );
    const { cameras, notes } = await loadProgramConfig(file);
    expect(cameras[0]?.source).toEqual({ kind: 'rtsp', url: 'rtsp://admin:pa%23ss@10.0.0.1/s' });
    expect(notes).toEqual([
      expect.stringMatching(/noted\.yaml:3:5: cameras\[0\]\.source: read as rtsp:\/\/\*\*\*@10/),
    ]);
  });

  test('no mark in a password, in any style, brings a part of it into a message', async () => {
    const file = path.join(dir, 'marks.yaml');
    const said: string[] = [];
    let taken = 0;
    for (const mark of [
      ...Array.from(' \t!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~，＠'),
      ' #',
      ': ',
      ', ',
      '" ',
      '}, {',
    ])
      for (const style of [
        (url: string) => `- id: road\n    source: ${url}\n    scene: scene.yaml\n`,
        (url: string) => `- {id: road, source: ${url}, scene: scene.yaml}\n`,
        (url: string) => `- {id: road, source: "${url}", scene: scene.yaml}\n`,
        (url: string) => `- {id: road, source: '${url}', scene: scene.yaml}\n`,
        (url: string) => `- {id: ${url}, source: '${url}', scene: scene.yaml}\n`,
      ]) {
        await writeFile(file, `cameras:\n  ${style(`rtsp://admin:Qx7k${mark}Zv9j@10.0.0.1:554/ch1`)}`);
        const message = await loadProgramConfig(file).then(
          ({ notes }) => [`taken ${++taken}`, ...notes].join(' '),
          toMessage,
        );
        said.push(redact(message));
      }
    expect(taken).toBeGreaterThan(100);
    expect(said.filter((message) => /Qx7k|Zv9j/.test(message))).toEqual([]);
  });
});
