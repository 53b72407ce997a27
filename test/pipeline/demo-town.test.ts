import { mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../support/fixtures.ts';
import { type RunningProgram, runProgram, withoutWeights } from '../support/program.ts';
import { makeTempDir } from '../support/temp-dir.ts';

let folder: string;
beforeAll(async () => {
  folder = await makeTempDir('demo');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Truth {
  readonly expected: readonly { offence: string; zone: string; fromS: number; toS: number | null }[];
}

const cameras = ['harbour-road', 'market-street', 'ferry-lane', 'station-road'];

/** The vendor packs up five seconds before the clip ends: too late to be sure that nothing stands there. */
function toDeparture(camera: string, isThere: boolean): string {
  if (camera === 'market-street') return '';
  return isThere ? 'stays' : 'leaves';
}

async function readTruth(camera: string): Promise<string[]> {
  const truth = JSON.parse(
    await readFile(path.join(projectRoot, `samples/town/${camera}.truth.json`), 'utf8'),
  ) as Truth;
  return truth.expected.map(
    ({ offence, zone, toS }) => `${camera} ${offence} ${zone} ${toDeparture(camera, toS === null)}`,
  );
}

/** Rows of the closing table, in the words of the truth files. */
function readTable(stdout: readonly string[]): string[] {
  const head = stdout.findIndex((line) => line.startsWith('camera '));
  return stdout
    .slice(head + 2, -1)
    .map((line) => line.split(/ {2,}/))
    .map(
      ([camera, offence, zone, , to]) =>
        `${camera} ${offence} ${zone} ${toDeparture(camera ?? '', to === 'still there')}`,
    );
}

async function expectTruth(stdout: readonly string[]): Promise<void> {
  const expected = (await Promise.all(cameras.map(readTruth))).flat();
  expect(readTable(stdout).toSorted()).toEqual(expected.toSorted());
  expect(stdout.at(-1)).toBe(`${expected.length} candidates, ${expected.length} evidence packages verified`);
}

/** Runs the demo to its end in a folder of its own. */
async function runDemo(env?: NodeJS.ProcessEnv): Promise<RunningProgram> {
  const data = await mkdtemp(path.join(folder, 'data-'));
  const program = runProgram(['start', '--exit-when-done', '--port', '0', '--data', data], env);
  expect(await program.exited, program.stderr.join('\n')).toBe(0);
  return program;
}

// Both play their clips in real time, and mostly wait.
test.concurrent('without a model the demo runs on recorded detections, says so, and finds what is there', async () => {
  const program = await runDemo(withoutWeights);
  expect(program.stdout.join('\n')).toContain('No model looks: detections recorded with the clips');
  expect(program.stdout.join('\n')).toMatch(/Demo login until the next start: user demo, password \S+/);
  await expectTruth(program.stdout);
  expect(program.listComplaints()).toEqual([]);
}, 240_000);

test.concurrent('with the bundled weights the demo sees the same over real RTSP and from a file', async () => {
  const program = await runDemo();
  expect(program.stdout.join('\n')).toContain('Model: street-nano');
  await expectTruth(program.stdout);
}, 240_000);
