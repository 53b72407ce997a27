import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listDecisions } from '../../api/mod.ts';
import { loadScene } from '../../app/config/scene-file.ts';
import { runCommand } from '../../app/main.ts';
import { openFileLog } from '../../app/replay/file-log.ts';
import { foldLog } from '../../app/replay/fold-log.ts';
import { toDecisionLine } from '../../app/replay/read-decisions.ts';
import type { CandidateFacts } from '../../domain/mod.ts';
import { createLogger } from '../../platform/mod.ts';
import { confirmAs, openTestConsole, readReply } from '../support/console.ts';
import { projectRoot } from '../support/fixtures.ts';
import { startTestPostgres } from '../support/postgres.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const town = path.join(projectRoot, 'samples/town');
const harbour = path.join(town, 'harbour-road.detections.jsonl');
let dir = '';

beforeAll(async () => {
  dir = await makeTempDir('sweep');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function run(...args: string[]) {
  const lines: string[] = [];
  const errors: string[] = [];
  const code = await runCommand(args, {
    print: (line) => void lines.push(line),
    printError: (line) => void errors.push(line),
  });
  return { code, lines, errors };
}

interface Swept {
  readonly rows: readonly {
    readonly score?: string;
    readonly legal?: string;
    readonly found: number;
    readonly missed: number;
    readonly falseAlarms: number;
    readonly f1: number | null;
    readonly raised: number;
    readonly unreviewed?: number;
  }[];
  readonly best: readonly { readonly param: string; readonly value: string }[] | null;
  readonly notes: readonly string[];
}

async function sweep(...args: string[]): Promise<Swept> {
  const { code, lines, errors } = await run('sweep', ...args, '--json');
  expect(errors).toEqual([]);
  expect(code).toBe(0);
  return JSON.parse(lines.join('\n')) as Swept;
}

const samples = ['--log', town, '--scene', town, '--truth', town];

test('a score that is too high loses what is there; two threads say the same as one', {
  timeout: 120_000,
}, async () => {
  const args = [...samples, '--param', 'score', '--values', '0.3,0.5,0.95'];
  const one = await sweep(...args, '--workers', '1');
  expect(
    one.rows.map(({ score, found, missed, falseAlarms, f1 }) => [score, found, missed, falseAlarms, f1]),
  ).toEqual([
    ['0.3', 6, 0, 0, 1],
    ['0.5', 6, 0, 0, 1],
    ['0.95', 0, 6, 0, 0],
  ]);
  expect(one.best).toEqual([{ param: 'score', value: '0.5' }]); // 0.3 is as good; the scene's 0.4 is nearer to this one
  expect(await sweep(...args, '--workers', '2')).toEqual(one);
});

test('as a table, as CSV and as a page that stands alone', async () => {
  const [csv, html] = [path.join(dir, 'sweep.csv'), path.join(dir, 'sweep.html')];
  const { lines } = await run(
    'sweep',
    ...samples,
    '--param',
    'legal',
    '--values',
    '15s:45s:15s',
    '--csv',
    csv,
    '--html',
    html,
  );
  expect(lines[0]).toMatch(/^legal +precision +recall +F1 /);
  expect(lines.filter((line) => line.endsWith('<- best F1'))).toHaveLength(1);
  const rows = (await readFile(csv, 'utf8')).split('\r\n');
  expect(rows[0]).toMatch(/^legal,precision,recall,f1,f1_alpha,mean_delay_s,/);
  expect(rows.slice(1, -1).map((row) => row.split(',')[0])).toEqual(['15s', '30s', '45s']);
  const page = await readFile(html, 'utf8');
  expect(
    page.match(/<svg class="sweep"[^>]* role="img" aria-labelledby="shares-title shares-desc"/g),
  ).toHaveLength(1);
  expect(page).toContain('best: 15s');
  expect(page).not.toMatch(/<script|src="http|href="http/);
});

test('two parameters make a grid', async () => {
  const html = path.join(dir, 'grid.html');
  const args = ['--param', 'legal', '--values', '15s,40s', '--param', 'score', '--values', '0.4,0.95'];
  const { rows } = await sweep(...samples, ...args, '--html', html);
  expect(rows.map(({ legal, score, found }) => [legal, score, found])).toEqual([
    ['15s', '0.4', 6],
    ['15s', '0.95', 0],
    ['40s', '0.4', 5],
    ['40s', '0.95', 0],
  ]);
  expect(await readFile(html, 'utf8')).toContain('<th scope="row">40s</th>');
});

test.each([
  [['--param', 'dwell', '--values', '1'], /--param: "dwell" is none of/],
  [
    ['--param', 'score', '--values', '0.5', '--rule', 'nobody'],
    /--rule: no rule "nobody"; there are .*sidewalk_parking@pavement/,
  ],
  [['--param', 'score'], /values/],
  [['--param', 'score', '--param', 'gap', '--values', '0.5'], /each with its --values/],
])('%j is refused', async (args, expected) => {
  const { code, errors } = await run('sweep', ...samples, ...args);
  expect(code).toBe(2);
  expect(errors.join('\n')).toMatch(expected);
});

/** What the samples' harbour road raises as it is. */
async function foldHarbour(): Promise<CandidateFacts[]> {
  const scene = await loadScene(path.join(town, 'harbour-road.scene.yaml'));
  const everything = { startMs: 0, sortMs: 0, fromMs: null, toMs: null, cameras: [] };
  const log = await openFileLog({ where: harbour, ...everything });
  const { outcomes } = await foldLog(log, [() => scene]);
  return [...(outcomes[0]?.latest.values() ?? [])];
}

test('by what people decided: in the case store, and in a file taken from it', {
  timeout: 120_000,
}, async () => {
  const postgres = await startTestPostgres({ own: true });
  const databaseUrl = await postgres.createDatabase();
  const tested = await openTestConsole(databaseUrl);
  process.env['DATABASE_URL'] = databaseUrl;
  try {
    const [parked, visitor] = await foldHarbour();
    const reviewer = await tested.logIn('reviewer-01');
    for (const [facts, decision] of [
      [parked, 'confirmed'],
      [visitor, 'rejected'],
    ] as const) {
      const { id } = await tested.queueCandidate(facts);
      if (decision === 'confirmed') {
        readReply(await confirmAs(reviewer, id));
        continue;
      }
      const { version } = readReply<{ version: number }>(await reviewer.post(`/api/candidates/${id}/lease`));
      readReply(await reviewer.post(`/api/candidates/${id}/reject`, { version, reason: 'not_offence' }));
    }
    const args = ['--log', town, '--scene', town, '--param', 'legal', '--values', '15s,40s'];
    const stored = await sweep(...args);
    expect(
      stored.rows.map(({ legal, found, missed, falseAlarms, unreviewed }) => [
        legal,
        found,
        missed,
        falseAlarms,
        unreviewed,
      ]),
    ).toEqual([
      ['15s', 1, 0, 1, 4],
      ['40s', 1, 0, 0, 4],
    ]);
    expect(stored.best).toEqual([{ param: 'legal', value: '40s' }]);
    expect(stored.notes.join(' ')).toContain('Recall is of what people confirmed');

    const file = path.join(dir, 'decisions.jsonl');
    const decisions = await listDecisions(databaseUrl, createLogger('silent'));
    await writeFile(file, decisions.map((one) => `${JSON.stringify(toDecisionLine(one))}\n`).join(''));
    const { rows } = await sweep(...args, '--decisions', file);
    expect(rows).toEqual(stored.rows);
    await writeFile(file, '{"decision":"perhaps"}\n');
    const { errors } = await run('sweep', ...args, '--decisions', file);
    expect(errors[0]).toContain(`${file}:1: "camera" is missing`);
  } finally {
    delete process.env['DATABASE_URL'];
    await tested.close();
    await postgres.stop();
  }
});
