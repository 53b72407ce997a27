import { execFile, spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findProcesses, isAlive, readCommandLine } from '../../platform/lifecycle/process-identity.ts';
import { projectRoot } from '../support/fixtures.ts';
import { runProgram, withoutWeights } from '../support/program.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const town = path.join(projectRoot, 'samples/town');
let dir: string;
let config: string;
/** What a program finds that nobody disturbs. */
let expected: string[];
beforeAll(async () => {
  dir = await makeTempDir('kill');
  config = path.join(dir, 'xunjie.yaml');
  const cameras = ['harbour-road', 'market-street'].map(
    (id) =>
      `  - {id: ${id}, source: ${dir}/${id}.mp4, scene: ${town}/${id}.scene.yaml, recordedDetections: ${town}/${id}.detections.jsonl}`,
  );
  // Small, so that most of the time goes to what is tested and not to pictures.
  for (const id of ['harbour-road', 'market-street'])
    await promisify(execFile)(
      'ffmpeg',
      [
        ...`-v error -i ${id}.mp4 -vf scale=320:-2:flags=fast_bilinear -c:v libx264 -preset veryfast -g 10 -bf 0 -sc_threshold 0`.split(
          ' ',
        ),
        path.join(dir, `${id}.mp4`),
      ],
      { cwd: town },
    );
  await writeFile(config, `cameras:\n${cameras.join('\n')}\n`);
  const calm = startProgram('calm');
  if ((await calm.exited) !== 0) throw new Error(calm.stderr.join('\n'));
  expected = await readFound('calm', calm.stdout);
}, 300_000);
afterAll(() => rm(dir, { recursive: true, force: true }));

function startProgram(data: string, ...more: string[]) {
  return runProgram(
    ['start', '--config', config, '--exit-when-done', '--port', '0', '--data', path.join(dir, data), ...more],
    withoutWeights,
  );
}

/** What was found, with times relative to the clip's start: the ids hold absolute ones. */
async function readFound(data: string, stdout: readonly string[]): Promise<string[]> {
  const passes = JSON.parse(await readFile(path.join(dir, data, 'clip-passes.json'), 'utf8')) as Record<
    string,
    { startedAtMs: number }
  >;
  expect(Object.keys(passes).toSorted()).toEqual(['harbour-road', 'market-street']);
  const head = stdout.findIndex((line) => line.startsWith('camera '));
  return stdout
    .slice(head + 2, -1)
    .map((line) => line.split(/ {2,}/))
    .map(([camera, offence, zone, , to, dwell, state, evidence]) =>
      [
        camera,
        offence,
        zone,
        to === 'still there' ? 'stays' : 'leaves',
        dwell,
        state,
        evidence?.split(' ')[0],
      ].join(' '),
    )
    .toSorted();
}

test('stopped early and killed at any moment, again and again, the program ends up with the same candidates as one that nobody disturbed', async () => {
  expect(expected.length).toBeGreaterThanOrEqual(2);

  const stopped = startProgram('killed');
  await stopped.waitForLine(/^Console: /);
  stopped.child.kill('SIGTERM');
  expect(await stopped.exited).not.toBe(0); // not through: no success
  for (const afterMs of [0, 150, 400, 900]) {
    const victim = startProgram('killed');
    await victim.waitForLine(/^Console: /);
    await setTimeout(afterMs);
    victim.child.kill('SIGKILL');
    await victim.exited;
  }
  const last = startProgram('killed');
  expect(await last.exited, last.stderr.join('\n')).toBe(0);
  expect(await readFound('killed', last.stdout)).toEqual(expected);
}, 300_000);

test('a clip that is read again on purpose is read whole', async () => {
  const second = startProgram('calm', '--again');
  expect(await second.exited, second.stderr.join('\n')).toBe(0);
  // what stands there at the end of one pass and at the start of the next is one stay; every other one is found once more: the vendor
  // is still about when the clip ends, and comes anew
  const standing = expected.filter((row) => row.startsWith('harbour-road') && row.includes(' stays ')).length;
  expect(await readFound('calm', second.stdout)).toHaveLength(2 * expected.length - standing);
}, 120_000);

test('a hard kill leaves no engine behind, and a second start is refused while the first runs', async () => {
  const data = path.join(dir, 'one');
  const first = runProgram(['start', '--config', config, '--port', '0', '--data', data], withoutWeights);
  await first.waitForLine(/^Console: /);
  const second = runProgram(['start', '--config', config, '--port', '0', '--data', data], withoutWeights);
  expect(await second.exited).not.toBe(0);
  expect(second.listComplaints()).toHaveLength(1);
  expect(second.listComplaints()[0]).toContain(`is in use by process ${first.child.pid}`);

  const engines = findProcesses(data).filter((pid) => pid !== first.child.pid);
  expect(engines.length).toBeGreaterThanOrEqual(2);
  first.child.kill('SIGKILL');
  await first.exited;
  const deadline = Date.now() + 30_000;
  while (engines.some(isAlive) && Date.now() < deadline) await setTimeout(50);
  expect(engines.filter(isAlive)).toEqual([]);
}, 120_000);

test('started again after that, Ctrl-C stops everything in order', async () => {
  const program = runProgram(
    ['start', '--config', config, '--port', '0', '--data', path.join(dir, 'one')],
    withoutWeights,
  );
  await program.waitForLine(/^Console: /);
  const engines = findProcesses(path.join(dir, 'one')).filter((pid) => pid !== program.child.pid);
  program.child.kill('SIGINT');
  expect(await program.exited).toBe(0);
  await expect.poll(() => engines.filter(isAlive).map(readCommandLine), { timeout: 30_000 }).toEqual([]);
  expect(program.listComplaints()).toEqual([]);
}, 120_000);

test('killed hard, npm takes the program with it, which stops in order', async () => {
  const data = path.join(dir, 'one');
  // what npm does: a shell between it and the program, which the shell does not replace itself by
  const command = `"${process.execPath}" --import tsx app/dev.ts start --config "${config}" --port 0 --data "${data}"; true`;
  const npm = spawn(
    process.execPath,
    [
      '-e',
      `require('node:child_process').spawn('sh', ['-c', process.argv[1]], { stdio: 'inherit' })`,
      command,
    ],
    {
      cwd: projectRoot,
      env: { ...process.env, ...withoutWeights, npm_lifecycle_event: 'start' },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  await new Promise<void>((resolve) =>
    npm.stdout.on('data', (bytes: Buffer) => bytes.includes('Console: ') && resolve()),
  );
  const running = findProcesses(data).filter((pid) => pid !== npm.pid);
  expect(running.length).toBeGreaterThanOrEqual(3);
  npm.kill('SIGKILL');
  await expect.poll(() => running.filter(isAlive).map(readCommandLine), { timeout: 30_000 }).toEqual([]);
}, 120_000);
