// How many live 1080p25 cameras the camera role carries on this machine. Servers, bus and program share its cores.
// npm run bench:density -- [--cameras N] [--seconds 180] [--model FILE]; without --cameras: the largest of the steps that passes.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { DetectionBatch } from '../domain/mod.ts';
import {
  createClosingStack,
  createLogger,
  findFreePort,
  openNatsBus,
  startEmbeddedNats,
} from '../platform/mod.ts';
import { projectRoot } from '../test/support/fixtures.ts';
import { findGstProblem, startGstRtspServer } from '../test/support/gst-rtsp-server.ts';
import { findWeights } from './support/find-weights.ts';
import { judgeSamples, type Sample } from './support/judge-samples.ts';
import { readLoopLag } from './support/loop-lag.ts';
import { measureTree } from './support/process-tree.ts';
import { type Figures, recordFigures } from './support/record-figures.ts';
import { makeStreetClip, measureStream } from './support/street-clip.ts';

const steps = [80, 72, 64, 56, 48, 40];
const wantedShare = 0.99;
const gopMs = 2000;
const maxAgeMs = 2000;
/** Streams of the server, spread over a keyframe gap as cameras' are; several cameras pull the same one: payloading is not measured. */
const streams = 16;
const warmUpTimeoutMs = 240_000;
const settleMs = 20_000;
const ringBytes = 16 * 1024 * 1024;

const { values } = parseArgs({
  options: {
    cameras: { type: 'string' },
    seconds: { type: 'string', default: '180' },
    model: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const problem = findGstProblem();
if (problem !== null) throw new Error(problem);

for (const cameras of values.cameras === undefined ? steps : [Number(values.cameras)]) {
  const figures = await measure(cameras);
  const passed = figures.onTime >= wantedShare;
  if (values.cameras === undefined && !passed && cameras !== steps.at(-1)) {
    process.stdout.write(`${cameras} cameras: ${JSON.stringify(figures)}: too many\n`);
    continue;
  }
  recordFigures({ bench: 'density', ...figures });
  break;
}

async function measure(cameras: number): Promise<Omit<Figures, 'bench'> & { onTime: number }> {
  const logger = createLogger('warn');
  const closing = createClosingStack(logger);
  try {
    const dir = await mkdtemp(path.join(tmpdir(), 'xunjie-density-'));
    closing.push('folder', () => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
    const clip = await makeStreetClip({ seconds: 15 * 60, gop: 50, bFrames: 0 });
    const stream = await measureStream(clip);
    const server = await startGstRtspServer({
      mounts: Array.from({ length: streams }, (_, i) => ({
        path: `/${i}`,
        file: clip,
        shared: true,
        delayMs: (i * gopMs) / streams,
      })),
    });
    closing.push('server', () => server.stop());
    const nats = await startEmbeddedNats({ dir: path.join(dir, 'nats'), logger });
    closing.push('nats', () => nats.stop());
    const bus = await openNatsBus({ url: nats.url, name: 'density bench', logger });
    closing.push('bus', () => bus.close());

    const samples: Sample[] = [];
    const following = await bus.follow<DetectionBatch>('detections', 'all', 0, async ({ payload }) => {
      samples.push({
        camera: payload.camera,
        capturedAtMs: payload.capturedAtMs,
        ageMs: Date.now() - payload.capturedAtMs,
      });
    });
    closing.push('following', () => following.stop());

    const metricsPort = await findFreePort();
    const config = await writeConfig(dir, cameras, (i) => server.toUrl(`/${i % streams}`), metricsPort);
    const program = spawn(
      process.execPath,
      [
        path.join(projectRoot, 'app/bin/xunjie.mjs'),
        ...'start --roles camera --log-level warn --workers 2 --config'.split(' '),
        config,
        '--data',
        path.join(dir, 'data'),
        '--model',
        findWeights(values.model),
      ],
      { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, NATS_URL: nats.url } },
    );
    const ended = new Promise<void>((resolve) => program.once('exit', () => resolve()));
    closing.push('program', async () => {
      program.kill('SIGTERM');
      await ended;
    });
    const pid = program.pid;
    if (pid === undefined) throw new Error('the program cannot be started');

    await waitForAll(samples, cameras, () => program.exitCode);
    await delay(settleMs);
    const fromMs = Date.now();
    const before = { program: measureTree(pid), server: measureTree(server.pid) };
    await delay(seconds * 1000);
    const toMs = Date.now();
    const after = { program: measureTree(pid), server: measureTree(server.pid) };
    const loopLag = await readLoopLag(metricsPort);
    await delay(2 * maxAgeMs); // what is late comes now
    const verdict = judgeSamples(samples, { cameras, fromMs, toMs, gapMs: gopMs, maxAgeMs });
    const spanS = (toMs - fromMs) / 1000;
    const toCores = (from: number, to: number): number => Math.round(((to - from) / spanS) * 1000) / 1000;
    return {
      cameras,
      ...verdict,
      rssMb: after.program.rssMb,
      pssMb: after.program.pssMb,
      programCores: toCores(before.program.cpuS, after.program.cpuS),
      serverCores: toCores(before.server.cpuS, after.server.cpuS),
      ...loopLag,
      seconds: Math.round(spanS),
      streamBitsPerSecond: stream.bitsPerSecond,
      keyframeBytes: stream.keyframeBytes,
    };
  } finally {
    await closing.close();
  }
}

async function writeConfig(
  dir: string,
  cameras: number,
  toUrl: (index: number) => string,
  metricsPort: number,
): Promise<string> {
  await mkdir(dir, { recursive: true });
  await writeFile(
    path.join(dir, 'scene.yaml'),
    'zones: { street: [[0.05, 0.4], [0.95, 0.4], [0.95, 0.95], [0.05, 0.95]] }\nrules: [{ offence: sidewalk_parking, zone: street, onset: 10s, legal: 5m }]\n',
  );
  const entries = Array.from({ length: cameras }, (_, i) => ({
    id: `camera-${String(i).padStart(3, '0')}`,
    source: toUrl(i),
    scene: 'scene.yaml',
    recording: { maxBytes: ringBytes },
  }));
  const file = path.join(dir, 'xunjie.yaml');
  // YAML takes JSON.
  await writeFile(file, JSON.stringify({ cameras: entries, metrics: { port: metricsPort } }));
  return file;
}

async function waitForAll(
  samples: readonly Sample[],
  cameras: number,
  exitCode: () => number | null,
): Promise<void> {
  const until = Date.now() + warmUpTimeoutMs;
  while (Date.now() < until) {
    if (exitCode() !== null) throw new Error('the program ended before all cameras were live');
    if (new Set(samples.map(({ camera }) => camera)).size === cameras) return;
    await delay(500);
  }
  throw new Error(
    `only ${new Set(samples.map(({ camera }) => camera)).size} of ${cameras} cameras are live after ${warmUpTimeoutMs / 1000} s`,
  );
}
