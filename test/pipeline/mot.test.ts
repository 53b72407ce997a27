import { readFileSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../../app/main.ts';
import { createRandom } from '../../rules/test-support/random.ts';
import { findFixture } from '../support/fixtures.ts';
import { makeTempDir } from '../support/temp-dir.ts';

async function run(...args: string[]): Promise<{ code: number; lines: string[]; errors: string[] }> {
  const lines: string[] = [];
  const errors: string[] = [];
  const code = await runCommand(args, {
    print: (line) => lines.push(line),
    printError: (line) => errors.push(line),
  });
  return { code, lines, errors };
}

const campus = findFixture('mot/TUD-Campus');

test.skipIf(campus === null)('published figures of published tracks, to the last printed digit', async () => {
  const folder = campus ?? '';
  const { code, lines } = await run(
    'mot-eval',
    path.join(folder, 'gt.txt'),
    path.join(folder, 'hypotheses.txt'),
    '--json',
  );
  expect(code).toBe(0);
  const ours = JSON.parse(lines.join('\n')) as Record<string, number>;
  const published = JSON.parse(readFileSync(path.join(folder, 'published.json'), 'utf8')) as Record<
    string,
    Record<string, number | string>
  >;
  const { source: _source, MOTP_overlap: MOTP, ...rest } = published['hypotheses.txt against gt.txt'] ?? {};
  const expected = { ...rest, MOTP };
  const rounded = Object.keys(expected).map((name) => [name, Number((ours[name] ?? Number.NaN).toFixed(3))]);
  expect(Object.fromEntries(rounded)).toEqual(expected);
  expect(Object.keys(expected).length).toBeGreaterThan(14);
});

/** Every `every`-th frame of a file from `first` on, numbered anew; `keep`: which lines are kept. */
async function thin(from: string, to: string, every: number, first: number, keep = (): boolean => true) {
  const lines = (await readFile(from, 'utf8')).split('\n').flatMap((line) => {
    const [frame, ...rest] = line.split(',');
    const place = Number(frame) - first;
    return line === '' || place < 0 || place % every !== 0 || !keep()
      ? []
      : [[place / every + 1, ...rest].join(',')];
  });
  await writeFile(to, `${lines.join('\n')}\n`);
}

interface Quality {
  readonly name: string;
  readonly every: number;
  readonly dropOut?: number;
  readonly flags?: readonly string[];
  /** Means over the starts (or seeds): least MOTA, IDF1, HOTA, most ID switches. A little worse than measured. */
  readonly bounds: readonly [mota: number, idf1: number, hota: number, ids: number];
}

const qualities: readonly Quality[] = [
  { name: 'all frames', every: 1, bounds: [0.645, 0.74, 0.545, 5] },
  { name: 'all frames, gaps filled', every: 1, flags: ['--interpolate'], bounds: [0.74, 0.81, 0.61, 2] },
  { name: 'one detection in five missing', every: 1, dropOut: 0.2, bounds: [0.525, 0.64, 0.445, 5] },
  { name: 'every 2nd frame', every: 2, bounds: [0.655, 0.745, 0.54, 2] },
  { name: 'every 5th frame', every: 5, bounds: [0.615, 0.69, 0.5, 3] },
  { name: 'every 12th frame', every: 12, bounds: [0.57, 0.65, 0.49, 2.5] },
  { name: 'every 25th frame', every: 25, bounds: [0.39, 0.385, 0.37, 2] },
];

describe.skipIf(campus === null)('tracks in a real street are no worse than they were', () => {
  test.each(qualities)('$name', async ({ every, dropOut = 0, flags = [], bounds }) => {
    const folder = await makeTempDir('mot');
    onTestFinished(() => rm(folder, { recursive: true }));
    const [truth, detections, tracks] = ['gt.txt', 'det.txt', 'tracks.txt'].map((name) =>
      path.join(folder, name),
    ) as [string, string, string];
    const sums = { MOTA: 0, IDF1: 0, HOTA: 0, IDs: 0 };
    const rounds = dropOut > 0 ? 5 : Math.min(every, 5);
    for (let round = 0; round < rounds; round++) {
      const first = 1 + (dropOut > 0 ? 0 : Math.floor((round * every) / rounds));
      const random = createRandom(round + 1);
      await thin(path.join(campus ?? '', 'gt.txt'), truth, every, first);
      await thin(path.join(campus ?? '', 'det.txt'), detections, every, first, () => random() >= dropOut);
      const size = ['--size', '640x480', '--fps', String(25 / every)];
      expect((await run('track', detections, '--out', tracks, ...size, ...flags)).code).toBe(0);
      const { lines } = await run('mot-eval', truth, tracks, '--json');
      const figures = JSON.parse(lines.join('\n')) as typeof sums;
      for (const name of ['MOTA', 'IDF1', 'HOTA', 'IDs'] as const) sums[name] += figures[name] / rounds;
    }
    const [mota, idf1, hota, ids] = bounds;
    expect(sums.MOTA, 'MOTA').toBeGreaterThanOrEqual(mota);
    expect(sums.IDF1, 'IDF1').toBeGreaterThanOrEqual(idf1);
    expect(sums.HOTA, 'HOTA').toBeGreaterThanOrEqual(hota);
    expect(sums.IDs, 'IDs').toBeLessThanOrEqual(ids);
  });
});

test('a bad line is refused with its place, a missing file by name', async () => {
  const folder = await makeTempDir('mot');
  onTestFinished(() => rm(folder, { recursive: true }));
  const [truth, tracks] = [path.join(folder, 'gt.txt'), path.join(folder, 'tracks.txt')];
  await writeFile(truth, '\uFEFF1,1,10,10,40,80,1,-1,-1,-1\r\n\r\n2,1,10,10,40,80,1,-1,-1,-1\r\n');
  await writeFile(tracks, '1,1,10,10,40,80,1,-1,-1,-1\n2,1,10,10,forty,80,1,-1,-1,-1\n');
  expect(await run('mot-eval', truth, tracks)).toEqual({
    code: 2,
    lines: [],
    errors: [`xunjie: ${tracks}:2: width is "forty", not a number`],
  });
  expect((await run('mot-eval', truth, path.join(folder, 'none.txt'))).errors.join()).toContain(
    'none.txt: there is no such file',
  );
  expect((await run('mot-eval', truth, truth, '--classes', '1')).errors.join()).toContain('has no classes');
  expect((await run('mot-eval', truth, truth)).lines.join('\n')).toContain('1.000');
});

test('what others recorded is followed: gaps in the numbers, no order, margins for confidences, boxes beyond the picture', async () => {
  const folder = await makeTempDir('mot');
  onTestFinished(() => rm(folder, { recursive: true }));
  const [detections, tracks] = [path.join(folder, 'det.txt'), path.join(folder, 'tracks.txt')];
  const seconds = [...Array(40).keys(), 5_000_000];
  const lines = seconds.flatMap((frame) => [
    `${frame},-1,${-30 + 5 * frame},100,50,120,${(frame % 7) / 2 - 1},-1,-1,-1`,
    `${frame},-1,900,90,0,0,0.5,-1,-1,-1`,
  ]);
  await writeFile(detections, lines.toReversed().join('\n'));
  await writeFile(
    path.join(folder, 'seqinfo.ini'),
    '[Sequence]\nname=x\nframeRate=30\nimWidth=1000\nimHeight=500\n',
  );
  const { code, lines: said } = await run('track', detections, '--out', tracks);
  expect(code).toBe(0);
  expect(said.join()).toBe(
    `${tracks}: 37 boxes of 1 tracks from 82 detections (30 frames per second, picture 1000x500)`,
  );
  const rows = (await readFile(tracks, 'utf8')).trim().split('\n');
  // the first three are the weakest of the file and begin no track
  expect(rows.map((row) => Number(row.split(',')[0]))).toEqual([...Array(40).keys()].slice(3));
  expect(rows.at(-1)).toMatch(/^39,1,16\d\.\d\d,100\.00,50\.00,120\.00,0\.\d+,-1,-1,-1$/);
});

test('a bad line while tracking leaves no file', async () => {
  const folder = await makeTempDir('mot');
  onTestFinished(() => rm(folder, { recursive: true }));
  const [detections, tracks] = [path.join(folder, 'det.txt'), path.join(folder, 'tracks.txt')];
  await writeFile(detections, '1,-1,10,10,40,80,0.9,-1,-1,-1\n2,-1,10,10\n');
  expect(await run('track', detections, '--out', tracks)).toMatchObject({
    code: 2,
    errors: [`xunjie: ${detections}:2: 4 columns; frame,id,left,top,width,height,... were expected`],
  });
  expect((await run('track', detections, '--out', detections)).errors.join()).toContain(
    'holds the detections',
  );
  await writeFile(detections, '');
  expect((await run('track', detections, '--out', path.join(folder, 'no/such'))).code).toBe(2);
  expect(await run('track', detections, '--out', tracks)).toMatchObject({ code: 0 });
  expect((await readdir(folder)).toSorted()).toEqual(['det.txt', 'tracks.txt']);
});
