import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLogger } from '../platform/mod.ts';
import { type Frame, openCamera } from './mod.ts';
import { listStills } from './still-list.ts';
import { createTimeReader } from './still-time.ts';
import { pickDue } from './stills-camera.ts';
import { watchSource } from './test-support/watch-source.ts';
import { readTimesFile } from './times-file.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-stills-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const noonMs = Date.UTC(2024, 10, 24, 7, 30, 12); // 15:30:12 in Shanghai

describe('times in names, Shanghai where they say nothing', () => {
  const read = createTimeReader('Asia/Shanghai');
  test.each<[string, number | null]>([
    ['20241124_153012', noonMs],
    ['20241124153012', noonMs],
    ['cam1_20241124153012', noonMs],
    ['cam1_20241124153012500', noonMs + 500],
    ['gate 2024-11-24 15.30.12', noonMs],
    ['2024-11-24T15-30-12.500Z', noonMs + 8 * 3_600_000 + 500],
    ['2024-11-24T15:30:12+08:00', noonMs],
    ['2024-11-24T15:30:12,25+0800', noonMs + 250],
    ['2024-11-24T17-30-12+10', noonMs],
    ['20241124T073012Z', noonMs],
    ['2024-11-24_15-30-12_007', noonMs + 7],
    ['2024_11_24_15_30_12', noonMs],
    ['2024.11.24-15.30.12.123456', noonMs + 123],
    ['20241124_153012_0001', noonMs],
    ['20241124_153012-0001', noonMs],
    ['20241124_153012(2)', noonMs],
    ['192.168.1.64_01_20241124153012000_MOTION', noonMs],
    ['1732433412', noonMs],
    ['cam-1732433412345', noonMs + 345],
    ['1732433412.5', noonMs + 500],
    ['1732433412345678', noonMs + 345],
    ['IMG_20241124_153012_123', noonMs + 123],
    ['2024/11/24 15:30:12', noonMs],
    ['2024/1/3 9:05:07.5', Date.UTC(2024, 0, 3, 1, 5, 7, 500)],
    ['2024-1-3T9:05:07+08:00', Date.UTC(2024, 0, 3, 1, 5, 7)],
    ['门口2024年11月24日15时30分12秒', noonMs],
    ['2024年1月3日 9:05:07', Date.UTC(2024, 0, 3, 1, 5, 7)],
    ['2024/11/24 15:30', null],
    ['2024/13/24 15:30:12', null],
    ['2024/1-3 9:05:07', null],
    ['frame_000123', null],
    ['20241324_153012', null],
    ['20240230_153012', null],
    ['20241124_253012', null],
    ['20241124', null],
    ['0000000001', null],
    ['120241124153012', null],
  ])('%s', (name, expected) => {
    expect(read(name)).toBe(expected);
  });

  test('a change of clocks', () => {
    const berlin = createTimeReader('Europe/Berlin');
    expect(berlin('20240331_015959')).toBe(Date.UTC(2024, 2, 31, 0, 59, 59));
    expect(berlin('20240331_030001')).toBe(Date.UTC(2024, 2, 31, 1, 0, 1));
  });
});

describe('times in a table', () => {
  const readText = async (text: string) => {
    const file = path.join(folder, 'times.csv');
    await writeFile(file, text);
    return readTimesFile(file, createTimeReader('Asia/Shanghai'));
  };
  test.each<[string, string]>([
    ['plain', 'a.jpg,2024-11-24 15:30:12\nb.jpg,1732433413\n'],
    [
      'with a header and a byte order mark',
      '\uFEFFfile,time\na.jpg,2024-11-24T15:30:12\nb.jpg,1732433413000\n',
    ],
    ['of a spreadsheet', '文件名,时间\r\na.jpg,2024/11/24 15:30:12\r\nb.jpg,2024年11月24日 15:30:13\r\n'],
    [
      'other order, quotes, CRLF, semicolons',
      '"timestamp";"filename"\r\n"2024-11-24T07:30:12Z";"a.jpg"\r\n1732433413;b.jpg',
    ],
  ])('%s', async (_name, text) => {
    const { rows, problems } = await readText(text);
    expect(problems).toEqual([]);
    expect(rows.map(({ file, capturedAtMs }) => [file, capturedAtMs])).toEqual([
      ['a.jpg', noonMs],
      ['b.jpg', noonMs + 1000],
    ]);
  });

  test.each([
    ['GB 18030', Buffer.from([0xc3, 0xc5, 0xbf, 0xda])],
    ['UTF-8', Buffer.from('门口')],
  ])('a name in %s', async (_name, gate) => {
    const file = path.join(folder, 'encoded.csv');
    await writeFile(file, Buffer.concat([gate, Buffer.from('.jpg,2024/11/24 15:30:12\r\n')]));
    const { rows } = await readTimesFile(file, createTimeReader('Asia/Shanghai'));
    expect(rows).toEqual([{ file: '门口.jpg', capturedAtMs: noonMs, line: 1 }]);
  });

  test('lines that say nothing are named by their number', async () => {
    const { rows, problems } = await readText(
      'file,time\n"a ""1"", x.jpg",20241124_153012\nb.jpg,soon\n\n../c.jpg,1732433413\n,1732433413\n',
    );
    expect(rows).toEqual([{ file: 'a "1", x.jpg', capturedAtMs: noonMs, line: 2 }]);
    expect(problems).toEqual([
      'line 3: "soon" is no time',
      'line 5: "../c.jpg" is not inside the folder',
      'line 6: names no file',
    ]);
    await expect(readText('file,time\n')).rejects.toThrow(/no line names a file and its time/);
  });
});

/** A picture whose red value is `level`. */
function paint(level: number, width = 800, height = 450): Sharp {
  return sharp({ create: { width, height, channels: 3, background: { r: level, g: 10, b: 10 } } });
}

async function makeStills(): Promise<string> {
  const dir = path.join(folder, 'gate');
  await mkdir(path.join(dir, 'sub'), { recursive: true });
  await paint(10).jpeg().toFile(path.join(dir, 'gate_20241124_153012.jpg'));
  await paint(60).png().toFile(path.join(dir, 'z 20241124_153042.png'));
  await paint(110).webp({ lossless: true }).toFile(path.join(dir, 'a_1732433472.webp'));
  // As a telephone writes it: lying, and with a word on how to turn it.
  const lying = paint(160).rotate(90).jpeg().withMetadata({ orientation: 8 });
  await lying.toFile(path.join(dir, '20241124_153142500.JPG'));
  await paint(200).jpeg().toFile(path.join(dir, 'gate_20241124_153012(1).jpg'));
  await writeFile(path.join(dir, '20241124_153122.jpg'), 'no picture');
  await writeFile(path.join(dir, 'cover.jpg'), 'no time');
  await writeFile(path.join(dir, 'readme.txt'), 'no picture');
  return dir;
}
const times = [0, 30_000, 60_000, 90_500].map((ms) => noonMs + ms);
const redOf = (frame: Frame): number => frame.pixels[0] ?? -1;

test('a folder in order of time; what cannot be used is named and counted', async () => {
  const dir = await makeStills();
  const watched = await watchSource(
    { kind: 'stills', path: dir, timesFile: null, timeZone: 'Asia/Shanghai' },
    { restart: 'until_end' },
  );
  await watched.camera.done;
  expect(watched.frames.map(({ capturedAtMs }) => capturedAtMs)).toEqual(times);
  for (const [i, frame] of watched.frames.entries()) {
    expect(frame).toMatchObject({ ptsMs: times[i], clockErrorMs: null, width: 800, height: 450 });
    expect([frame.pixelWidth, frame.pixelHeight]).toEqual([160, 90]);
    expect(Math.abs(redOf(frame) - (10 + 50 * i))).toBeLessThanOrEqual(2);
  }
  const health = watched.camera.health();
  expect(health).toMatchObject({ state: 'ended', framesSampled: 4, clockSource: 'container' });
  expect(health.reason).toMatch(
    /^3 stills are passed over: cover\.jpg: no time in its name; gate_.*\(1\)\.jpg: has the time of gate_20241124_153012\.jpg, /,
  );
  expect(watched.printed.join('\n')).toMatch(/20241124_153122\.jpg: cannot be read/);

  const { footage } = watched.camera;
  for (const [i, type] of ['jpeg', 'png', 'webp', 'jpeg'].entries()) {
    const { bytes, ptsMs } = await footage.readFrame(times[i] ?? 0);
    expect(ptsMs).toBe(times[i]);
    expect(await sharp(bytes).metadata()).toMatchObject({
      format: type,
      autoOrient: { width: 800, height: 450 },
    });
  }
  await expect(footage.readFrame(noonMs + 1)).rejects.toMatchObject({ code: 'evidence_unavailable' });

  const clip = await footage.readClip(noonMs - 5000, noonMs + 60_000);
  expect(clip).toMatchObject({ mediaType: 'video/mp4', fromPtsMs: noonMs });
  expect(await readClipTimes(clip.file)).toEqual([
    [0, 10],
    [30_000, 60],
  ]);
  expect(clip.durationMs).toBeGreaterThanOrEqual(30_001);
  await clip.discard();
  const short = await footage.readClip(noonMs + 58_000, noonMs + 68_000);
  expect(short.fromPtsMs).toBe(noonMs + 60_000);
  expect(short.durationMs).toBe(2000);
  await expect(footage.readClip(noonMs + 1, noonMs + 20_000)).rejects.toMatchObject({
    code: 'evidence_unavailable',
  });
});

/** Time and red value of each frame of a clip. */
async function readClipTimes(file: string): Promise<[number, number][]> {
  const found: [number, number][] = [];
  const camera = await openCamera({
    id: 'check',
    source: { kind: 'file', path: file, realTime: false, startedAtMs: 0 },
    ring: null,
    maxPixelWidth: 64,
    maxPixelHeight: 64,
    onsetMs: 1000,
    async onFrame(frame) {
      found.push([frame.ptsMs, Math.round(redOf(frame) / 10) * 10]);
    },
    onHealth() {},
    restart: 'until_end',
    logger: createLogger('silent'),
  });
  await camera.done;
  return found;
}

test('a table gives the times, also of names without one', async () => {
  const dir = path.join(folder, 'numbered');
  await mkdir(path.join(dir, 'day'), { recursive: true });
  for (const [i, name] of ['2.png', 'day/1.png', '3.png'].entries())
    await paint(50 * i)
      .png()
      .toFile(path.join(dir, name));
  const timesFile = path.join(dir, 'times.csv');
  await writeFile(
    timesFile,
    'file,time\nday/1.png,1732433412\n2.png,1732433422\n9.png,1732433432\n2.png,1732433442\n',
  );
  const list = await listStills({ path: dir, timesFile, timeZone: 'UTC' });
  expect(
    list.stills.map(({ file, capturedAtMs }) => [path.relative(dir, file), capturedAtMs - noonMs]),
  ).toEqual([
    ['day/1.png', 0],
    ['2.png', 10_000],
  ]);
  expect(list.problems).toEqual([
    'times.csv line 4: 9.png is not in the folder',
    'times.csv line 5: 2.png was named before',
    '3.png: is not in times.csv',
  ]);
});

test('what is no folder of stills is refused in one line', async () => {
  const empty = path.join(folder, 'empty');
  const nameless = path.join(folder, 'nameless');
  await mkdir(empty);
  await mkdir(nameless);
  await writeFile(path.join(nameless, 'a.jpg'), '');
  await writeFile(path.join(folder, 'file.jpg'), '');
  const open = (dir: string) => listStills({ path: dir, timesFile: null, timeZone: 'UTC' });
  await expect(open(path.join(folder, 'absent'))).rejects.toThrow(/absent: no such folder$/);
  await expect(open(path.join(folder, 'file.jpg'))).rejects.toThrow(/is a file, not a folder/);
  await expect(open(empty)).rejects.toThrow(/holds no pictures/);
  await expect(open(nameless)).rejects.toThrow(
    /none of its 1 pictures has a time in its name, such as cam1_20241124_153012\.jpg, .*; or give a CSV/,
  );
});

test('100,000 stills are listed and thinned without being opened', async () => {
  const dir = path.join(folder, 'many');
  await mkdir(dir);
  const name = (i: number): string => path.join(dir, `cam_${noonMs + i * 100}.jpg`);
  for (let at = 0; at < 100_000; at += 1000)
    await Promise.all(Array.from({ length: 1000 }, (_, i) => writeFile(name(at + i), '')));
  const { stills, problems } = await listStills({ path: dir, timesFile: null, timeZone: 'UTC' });
  expect([stills.length, problems.length]).toEqual([100_000, 0]);
  const due = pickDue(stills, 2000);
  expect(due.length).toBe(5001);
  const gaps = due.slice(1).map(({ capturedAtMs }, i) => capturedAtMs - (due[i]?.capturedAtMs ?? 0));
  expect(Math.max(...gaps)).toBe(2000);
}, 120_000);
