import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerFaults } from '../test-support/answer-faults.ts';
import { listChildren } from '../test-support/children.ts';
import { makeCounterClips } from '../test-support/counter-clip.ts';
import { type FaultOutcome, runFault } from '../test-support/run-fault.ts';
import { readAccessUnits } from '../test-support/scripted-camera/access-units.ts';
import { sessionFaults } from '../test-support/session-faults.ts';
import { streamFaults } from '../test-support/stream-faults.ts';
import { words } from '../words.ts';

const faults = [...streamFaults, ...answerFaults, ...sessionFaults];
const frameMs = 100;
/** So many cameras at a time, which are not started all at once. */
const sideBySide = 20;
const startEveryMs = 300;
const testMs = 300_000;
const maxLogLines = 40;

let folder = '';
const outcomes = new Map<string, Promise<FaultOutcome>>();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xunjie-scripted-'));
  const files = ['small', 'large', 'h265', 'sparse'].map((name) => path.join(folder, `${name}.mp4`));
  const [small = '', large = '', h265 = '', sparse = ''] = files;
  await makeCounterClips({ seconds: 80, frameRate: 1000 / frameMs }, [
    { file: small, gop: 10 },
    { file: large, gop: 10, options: words('-s 640x360') },
    { file: h265, gop: 10, codec: 'libx265', options: words('-tag:v hvc1') },
    { file: sparse, gop: 50 },
  ]);
  const clips = await Promise.all(
    files.map((file) => readAccessUnits(file, file === h265 ? 'h265' : 'h264')),
  );
  const places = Array.from({ length: sideBySide }, (_, i): Promise<unknown> => delay(i * startEveryMs));
  for (const [i, fault] of faults.entries()) {
    const place = i % sideBySide;
    const outcome = (places[place] as Promise<unknown>).then(() =>
      runFault(fault, { clips, frameMs, folder }),
    );
    places[place] = outcome.catch(() => {}); // its test tells
    outcomes.set(fault.name, outcome);
  }
}, testMs);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a fault is said in words, is over within 15 s of its end, and gives no frame a wrong time', () => {
  test.each(faults)(
    '$name',
    async ({ name, expects }) => {
      const outcome = (await outcomes.get(name)) as FaultOutcome;
      const { said, recoveryMs, promisedMs, timeFaults, footageFaults, log } = outcome;
      if (expects === null)
        expect(said.filter(({ state, reason }) => state !== 'live' || reason !== '')).toEqual([]);
      expect(recoveryMs).toBeLessThanOrEqual(promisedMs);
      expect({ timeFaults, footageFaults }).toEqual({ timeFaults: [], footageFaults: [] });
      expect(log.length).toBeLessThanOrEqual(maxLogLines);
    },
    testMs,
  );
});

test('and when all cameras are closed no process is left', async () => {
  await Promise.allSettled(outcomes.values());
  expect(await listChildren()).not.toContain('ffmpeg');
});
