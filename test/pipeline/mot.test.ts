import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../../app/main.ts';
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
