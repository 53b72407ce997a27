import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadScene } from '../../app/config/scene-file.ts';
import { runCommand } from '../../app/main.ts';
import type { DetectionBatch, Scene } from '../../domain/mod.ts';
import { createLogger, lockFolder, openNatsBus, startEmbeddedNats } from '../../platform/mod.ts';
import { projectRoot } from '../support/fixtures.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const town = path.join(projectRoot, 'samples/town');
const startMs = Date.parse('2026-11-20T08:00:00+08:00');
let dir = '';
let data = '';

interface Answer {
  readonly code: number;
  readonly lines: readonly string[];
  readonly errors: readonly string[];
}

async function run(...args: string[]): Promise<Answer> {
  const lines: string[] = [];
  const errors: string[] = [];
  const code = await runCommand(args, {
    print: (line) => void lines.push(line),
    printError: (line) => void errors.push(line),
  });
  return { code, lines, errors };
}

async function runJson(...args: string[]) {
  const { code, lines, errors } = await run(...args, '--json');
  expect(errors).toEqual([]);
  expect(code).toBe(0);
  return JSON.parse(lines.join('\n')) as {
    candidates: {
      id: string;
      camera: string;
      fromS: number;
      toS: number | null;
      raisedAtS: number;
      raisedAtMs: number;
    }[];
    counters: Record<string, number>;
    changes?: { kind: string; why: string }[];
    score?: { found: number; missed: number; falseAlarms: number; f1: number };
    notes: string[];
    report?: string;
  };
}

beforeAll(async () => {
  dir = await makeTempDir('replay');
  data = path.join(dir, 'data');
});

test('the samples: candidates and their score', async () => {
  const { candidates, score, counters } = await runJson(
    'replay',
    '--log',
    town,
    '--scene',
    town,
    '--truth',
    town,
  );
  expect(
    candidates
      .map(({ camera, fromS, toS }) => [camera, fromS, toS])
      .toSorted((a, b) => String(a).localeCompare(String(b))),
  ).toEqual([
    ['ferry-lane', 0, null],
    ['ferry-lane', 14, null],
    ['harbour-road', 0, null],
    ['harbour-road', 10, 44],
    ['market-street', 8, null],
    ['station-road', 0, null],
  ]);
  expect(score).toMatchObject({ found: 6, missed: 0, falseAlarms: 0, f1: 1 });
  expect(counters).toEqual({});
});

test('what another threshold changes, in words, with pictures', { timeout: 120_000 }, async () => {
  const scene = await readFile(path.join(town, 'harbour-road.scene.yaml'), 'utf8');
  const file = path.join(dir, 'harbour-road.yaml');
  await writeFile(file, scene.replace('legal: 15s', 'legal: 40s'));
  const out = path.join(dir, 'out');
  const { changes, report } = await runJson(
    'replay',
    '--log',
    path.join(town, 'harbour-road.detections.jsonl'),
    '--scene',
    file,

    '--diff',
    path.join(town, 'harbour-road.scene.yaml'),
    '--footage',
    town,
    '--out',
    out,
    '--data',
    data,
  );
  expect(changes?.map(({ kind, why }) => [kind, why])).toEqual([
    ['moves', 'legal 15 s -> 40 s: raised 25 s later'],
    ['vanishes', 'legal 15 s -> 40 s: counted for 34 s, the limit is 40 s'],
  ]);
  const page = await readFile(report ?? '', 'utf8');
  const pictures = [...page.matchAll(/<img src="([^"]+)"/g)].map(([, href]) => href ?? '');
  expect(pictures).toHaveLength(4);
  for (const picture of pictures) {
    const bytes = await readFile(path.join(out, picture));
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  }
});

test('without footage the report says so in a line', async () => {
  const { lines } = await run(
    'replay',
    '--log',
    path.join(town, 'harbour-road.detections.jsonl'),
    '--scene',
    town,
    '--out',
    path.join(dir, 'bare'),
    '--data',
    data,
  );
  expect(lines.filter((line) => line.startsWith('no pictures'))).toEqual([
    'no pictures: no footage of harbour-road: name some with --footage (2 times)',
  ]);
});

test.each([
  [['replay', '--scene', town], /^xunjie: which log\?/],
  [['replay', '--log', town], /^xunjie: which scenes\?/],
  [['replay', '--log', '/nowhere', '--scene', town], /^xunjie: \/nowhere: no such file or folder$/],
  [['replay', '--from', 'yesterday', '--scene', town], /--from: "yesterday" is no time/],
  [['replay', '--from', '-1d', '--scene', town], /no nats-server of its own in this data folder/],
])('%j is refused', async (args, expected) => {
  const { code, errors } = await run(...args, '--data', path.join(dir, 'empty'));
  expect(code).toBe(2);
  expect(errors.join('\n')).toMatch(expected);
});

/** The samples' batches as the program would have published them on a morning. */
async function readBatches(camera: string): Promise<DetectionBatch[]> {
  const text = await readFile(path.join(town, `${camera}.detections.jsonl`), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const { ptsMs, detections } = JSON.parse(line) as Pick<DetectionBatch, 'ptsMs' | 'detections'>;
      const facts = { clockErrorMs: 100, width: 1280, height: 720, model: null };
      return { v: 1, camera, ptsMs, capturedAtMs: startMs + ptsMs, ...facts, detections };
    });
}

test('what the bus keeps: with the program stopped and running, as files, and in part', {
  timeout: 120_000,
}, async () => {
  const logger = createLogger('silent');
  await mkdir(data, { recursive: true });
  const fill = async (): Promise<void> => {
    const lock = lockFolder(data);
    const nats = await startEmbeddedNats({ dir: path.join(data, 'nats'), logger });
    const bus = await openNatsBus({ url: nats.url, name: 'test', logger });
    const scenes = await bus.openKeyValue<Scene>('scenes');
    for (const camera of ['harbour-road', 'market-street']) {
      await scenes.put(camera, await loadScene(path.join(town, `${camera}.scene.yaml`)));
      for (const batch of await readBatches(camera))
        await bus.publish('detections', camera, `${camera}:${batch.capturedAtMs}`, batch);
    }
    await bus.close();
    await nats.stop();
    lock.release();
  };
  await fill();
  const all = ['--from', '2026-11-20 08:00', '--data', data];
  const stopped = await runJson('replay', ...all);
  expect(stopped.candidates.map(({ camera, raisedAtMs }) => [camera, raisedAtMs - startMs])).toEqual([
    ['harbour-road', 15_000],
    ['harbour-road', 25_000],
    ['market-street', 28_000],
  ]);
  const out = path.join(dir, 'taken-away');
  const exported = await run(
    'log',
    'export',
    '--from',
    '2026-11-20T00:00Z',
    '--out',
    out,
    '--gzip',
    '--data',
    data,
  );
  expect(exported.errors).toEqual([]);
  expect(
    gunzipSync(await readFile(path.join(out, 'market-street.detections.jsonl.gz')))
      .toString()
      .split('\n'),
  ).toHaveLength(61);

  const lock = lockFolder(data);
  const nats = await startEmbeddedNats({ dir: path.join(data, 'nats'), logger });
  try {
    const running = await runJson('replay', ...all);
    expect(running.candidates).toEqual(stopped.candidates);
    const part = await runJson('replay', ...all, '--to', '2026-11-20 08:00:20', '--camera', 'harbour-road');
    expect(part.candidates.map(({ id, raisedAtS }) => [id, raisedAtS])).toEqual([
      [stopped.candidates[0]?.id, 15],
    ]);
    const nothing = await runJson('replay', '--from', '2026-11-21', '--to', '2026-11-22', '--data', data);
    expect(nothing).toMatchObject({ candidates: [], notes: ['the log has nothing of that time and camera'] });
  } finally {
    await nats.stop();
    lock.release();
  }
  const elsewhere = await runJson('replay', '--log', out, '--scene', town);
  expect(elsewhere.candidates.map(({ id, raisedAtMs }) => [id, raisedAtMs])).toEqual(
    stopped.candidates.map(({ id, raisedAtMs }) => [id, raisedAtMs]),
  );
});

afterAll(() => rm(dir, { recursive: true, force: true }));
