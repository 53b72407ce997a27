import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeTempDir } from '../../test/support/temp-dir.ts';
import { toCameraName, toRunSource } from './run-source.ts';

let dir: string;
beforeAll(async () => {
  dir = await makeTempDir('run-source');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('a URL, a folder', async () => {
  expect(await toRunSource('rtsp://u:p@10.0.0.1/s', { transport: 'udp' })).toEqual({
    kind: 'rtsp',
    url: 'rtsp://u:p@10.0.0.1/s',
    transport: 'udp',
  });
  expect(await toRunSource('http://10.0.0.1/live.m3u8', {})).toEqual({
    kind: 'http',
    url: 'http://10.0.0.1/live.m3u8',
  });
  expect(await toRunSource(dir, { times: 't.csv', timeZone: 'UTC' })).toEqual({
    kind: 'stills',
    path: dir,
    timesFile: path.resolve('t.csv'),
    timeZone: 'UTC',
  });
});

describe('refused in one line', () => {
  test.each<[string, object, RegExp]>([
    ['ftp://10.0.0.1/x', {}, /ftp:\/\/ is no source/],
    ['rtsp://u:1/2@10.0.0.1/x', {}, /has an @ after its host/],
    ['none.mp4', {}, /none\.mp4: no such file/],
    ['none.mp4', { times: 't.csv' }, /--times is for folders of stills/],
    ['http://10.0.0.1/x', { transport: 'udp' }, /--transport is for rtsp/],
  ])('%s %j', async (what, options, message) => {
    await expect(toRunSource(what, options)).rejects.toThrow(message);
  });
  test('a zone that does not exist', async () => {
    await expect(toRunSource(dir, { timeZone: 'Mars/Base' })).rejects.toThrow(/"Mars\/Base" is no time zone/);
  });
});

test.each([
  ['Kerb van (1).mp4', 'Kerb-van-1'],
  ['/data/gate 3/', 'gate-3'],
  ['rtsp://user:secret@10.0.0.1:554/main', '10-0-0-1-main'],
  ['(((', 'clip'],
])('%s is called %s', (what, name) => {
  expect(toCameraName(what)).toBe(name);
});
