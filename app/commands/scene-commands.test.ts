import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../main.ts';
import { projectRoot } from '../project-root.ts';

let dir: string;
let file: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'xunjie-scene-'));
  file = path.join(dir, 'scene.yaml');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCommand(args, {
    print: (line) => void out.push(line),
    printError: (line) => void err.push(line),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

async function readGuide(): Promise<string> {
  const guide = await readFile(path.join(projectRoot, 'docs/tuning.md'), 'utf8');
  return /```yaml\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
}

test("a good scene is told in words and numbers: the guide's", async () => {
  await writeFile(file, await readGuide());
  const { code, out, err } = await run('scene', 'check', file, '--at', '2026-10-02 23:30');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const lines = out.split('\n');
  expect(lines[0]).toBe(`${file}: good`);
  expect(lines[1]).toMatch(/^version [0-9a-f]{12}, time zone Asia\/Shanghai, at 2026-10-02T23:30:00\+08:00$/);
  expect(lines).toEqual(
    expect.arrayContaining([
      'ground: 6 points, off by at most 0.02 m',
      'zone road: 6.1 % of the picture, 125 m², no rule watches it',
      'zone pavement: 3.6 % of the picture, 82 m², exempt areas: 1, shows north square, west pavement',
      '  classes: car, truck; exempt: bus',
      '  followed after 1 min, raised after 5 min, again every 30 min; unseen for up to 30 s; mean score at least 0.4',
      '  same thing within 30 min after its end; at most 20 an hour; queues of traffic are waited for',
      '  hours: mon-fri 07:00-19:00; sat, sun 09:00-17:00, 22:00-02:00; 2026-10-01 to 2026-10-07 not at all; 2026-10-10 07:00-19:00 (Asia/Shanghai)',
      '  at that time: not in force since 2026-09-30T19:00:00+08:00, until 2026-10-08T07:00:00+08:00, then in force',
      '  hours: at all hours; permitted fri-sun 18:00-24:00 from 2026-05-01 to 2026-10-31 (licensed night market) (Asia/Shanghai)',
      '  at that time: in force, but permitted (licensed night market) since 2026-10-02T18:00:00+08:00, until 2026-10-03T00:00:00+08:00, then in force',
    ]),
  );
});

test('as JSON: what the rules of that scene are, and what holds', async () => {
  await writeFile(file, await readGuide());
  const { out } = await run('scene', 'check', file, '--json', '--at', '2026-11-24T08:00+08:00');
  const { ok, scene } = JSON.parse(out) as { ok: boolean; scene: { rules: Record<string, unknown>[] } };
  expect(ok).toBe(true);
  expect(scene.rules[0]).toMatchObject({
    id: 'sidewalk_parking@pavement',
    legalMs: 300_000,
    repeatMs: 1_800_000,
    now: {
      hours: 'in_force',
      sinceMs: Date.parse('2026-11-24T07:00+08:00'),
      untilMs: Date.parse('2026-11-24T19:00+08:00'),
    },
  });
});

test('all that is wrong is named with line and column', async () => {
  const guide = await readGuide();
  await writeFile(
    file,
    guide
      .replace('2026-10-07', '2026-09-31')
      .replace('09:00-17:00', '09:00-22:30')
      .replace('zone: pavement', 'zone: pavment'),
  );
  const { code, out, err } = await run('scene', 'check', file);
  expect({ code, err }).toEqual({ code: 2, err: '' });
  expect(out.split('\n')).toEqual([
    `${file}:22:5: rules[0].zone: no zone "pavment"; this scene has road, pavement`,
    `${file}:37:32: rules[0].schedule.weekly[1].hours[1]: 22:00-02:00 overlaps 09:00-22:30; write one span in place of both`,
    `${file}:39:30: rules[0].schedule.dates[0].to: 2026-09-31 does not exist in the calendar; a date is written 2026-10-01`,
  ]);
  const asJson = await run('scene', 'check', file, '--json');
  expect(asJson.code).toBe(2);
  expect(JSON.parse(asJson.out)).toMatchObject({
    ok: false,
    problems: [expect.stringContaining(':22:5: '), expect.anything(), expect.anything()],
  });
});

test.each([
  ['no YAML', 'zones: {a: [1, 2\n', /^.*scene\.yaml:\d+:\d+: /],
  ['no scene', '[1, 2]\n', /scene\.yaml:1:1: must be object, not \[1,2\]/],
])('a file that is %s is refused', async (_name, text, message) => {
  await writeFile(file, text);
  const { code, out } = await run('scene', 'check', file);
  expect(code).toBe(2);
  expect(out).toMatch(message);
});

test('no file, and no time', async () => {
  expect(await run('scene', 'check', path.join(dir, 'none.yaml'))).toMatchObject({
    code: 2,
    err: expect.stringContaining('none.yaml: no such file'),
  });
  await writeFile(file, await readGuide());
  expect(await run('scene', 'check', file, '--at', 'tomorrow')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--at: "tomorrow" is no time'),
  });
});

test('the schema is printed', async () => {
  const { code, out } = await run('scene', 'schema');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    title: 'Xunjie scene',
    $schema: 'https://json-schema.org/draft/2020-12/schema',
  });
});
