import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CandidateEvent, DetectionBatch, Scene } from '../../domain/mod.ts';
import { findProcesses, isAlive } from '../../platform/lifecycle/process-identity.ts';
import {
  type Bus,
  createLogger,
  type EmbeddedEngine,
  openNatsBus,
  startEmbeddedNats,
} from '../../platform/mod.ts';
import { createRandom } from '../../rules/test-support/random.ts';
import { buildRulesProcess, type RulesChild, startRulesChild } from '../support/rules-child.ts';
import { foldUndisturbed, makeStreetLogs } from '../support/street-logs.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const logger = createLogger('silent');
const kills = 50;
const serverKills = new Set([13, 31]);
const seed = 20_261_124;
let dir: string;
let program: string;
let engine: EmbeddedEngine;
let bus: Bus;

beforeAll(async () => {
  dir = await makeTempDir('rules-kill');
  program = await buildRulesProcess();
  engine = await startEmbeddedNats({ dir, logger });
  bus = await openNatsBus({ url: engine.url, name: 'test', logger });
});

afterAll(async () => {
  await bus?.close();
  await engine?.stop();
  await rm(dir, { recursive: true, force: true });
  await rm(path.dirname(program), { recursive: true, force: true });
});

async function publishPatiently(batch: DetectionBatch): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      await bus.publish('detections', batch.camera, `${batch.camera}:${batch.capturedAtMs}`, batch);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await setTimeout(200);
    }
  }
}

async function killLater(child: RulesChild, afterMs: number): Promise<void> {
  await expect.poll(() => child.readSeq(), { timeout: 60_000, interval: 10 }).toBeGreaterThan(0);
  await setTimeout(afterMs);
}

async function readAll<T>(stream: 'detections' | 'candidates'): Promise<{ camera: string; payload: T }[]> {
  const { lastSeq } = await bus.readBounds(stream);
  const found: { camera: string; payload: T }[] = [];
  let readSeq = 0;
  const reading = await bus.follow<T>(stream, 'all', 0, async ({ seq, camera, payload }) => {
    found.push({ camera, payload });
    readSeq = seq;
  });
  await expect.poll(() => readSeq, { timeout: 60_000 }).toBeGreaterThanOrEqual(lastSeq);
  await reading.stop();
  return found;
}

test(`killed ${kills} times at random moments, and its server with it, the rules say exactly what one undisturbed fold says`, async () => {
  const random = createRandom(seed);
  const cameras = ['kerb-east', 'kerb-west', 'gate-1', 'gate-2', 'gate-3'];
  const { scenes, batches } = makeStreetLogs({
    seed,
    seconds: 400,
    cameras,
    place: 'the kerb at the market',
  });
  const table = await bus.openKeyValue<Scene>('scenes');
  for (const [camera, scene] of scenes) await table.put(camera, scene);

  let next = 0;
  for (let kill = 0; kill < kills; kill++) {
    const child = startRulesChild(program, engine.url, { saveEachMs: 30 });
    // two of three when it has begun to fold, the others wherever they are
    const moment = kill % 3 === 0 ? setTimeout(random() * 500) : killLater(child, random() * 250);
    const until = Math.ceil((batches.length * (kill + 1)) / (kills + 1));
    for (; next < until; next++) await publishPatiently(batches[next] as DetectionBatch);
    if (serverKills.has(kill)) {
      // a process that finds no server when it starts ends, as it should, and nothing would be killed
      await killLater(child, 0);
      await killServer();
    }
    await moment;
    child.process.kill('SIGKILL');
    await child.exited;
  }
  for (; next < batches.length; next++) await publishPatiently(batches[next] as DetectionBatch);
  const { lastSeq } = await bus.readBounds('detections');
  const last = startRulesChild(program, engine.url, { saveEachMs: 30 });
  await expect.poll(() => last.readSeq(), { timeout: 60_000 }).toBe(lastSeq);
  last.process.kill('SIGTERM');
  await last.exited;

  const log = (await readAll<DetectionBatch>('detections')).map(({ payload }) => payload);
  expect(log).toHaveLength(batches.length);
  const expected = foldUndisturbed(log, ({ camera }) => scenes.get(camera) as Scene);
  const said = await readAll<CandidateEvent>('candidates');
  const listSaid = (camera: string) =>
    said.filter((event) => event.camera === camera).map(({ payload }) => payload);
  for (const camera of cameras) {
    expect(listSaid(camera).map(toLine), camera).toEqual(expected.get(camera)?.map(toLine));
    expect(listSaid(camera), camera).toEqual(expected.get(camera));
  }
  const all = [...expected.values()].flat();
  expect(said).toHaveLength(all.length);
  // the log was worth it
  for (const type of ['opened', 'raised', 'updated', 'ended', 'suppressed'] as const)
    expect(all.filter((event) => event.type === type).length, type).toBeGreaterThan(5);
}, 300_000);

function toLine({ type, atMs, candidate }: CandidateEvent): string {
  return `${type} ${candidate.id} ${atMs}`;
}

async function killServer(): Promise<void> {
  const keepers = findProcesses('xunjie-keeper');
  const [server] = findProcesses(`nats-server -c ${dir}`).filter((pid) => !keepers.includes(pid));
  if (server === undefined) throw new Error('there is no server to kill');
  process.kill(server, 'SIGKILL');
  await expect.poll(() => isAlive(server)).toBe(false);
}
