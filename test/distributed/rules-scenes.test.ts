import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DetectionBatch, type Scene, toShard } from '../../domain/mod.ts';
import { createRandom } from '../../rules/test-support/random.ts';
import { type OwnNats, openOwnNats } from '../support/own-nats.ts';
import { buildRulesProcess, type RulesChild, startRulesChild } from '../support/rules-child.ts';
import { expectEvents, publishBatches } from '../support/rules-log.ts';
import { foldUndisturbed, makeStreetLogs } from '../support/street-logs.ts';

let program: string;
beforeAll(async () => {
  program = await buildRulesProcess();
});
afterAll(() => rm(path.dirname(program), { recursive: true, force: true }));

const cameras = ['kerb-east', 'kerb-west', 'gate-1'];
const { scenes, batches } = makeStreetLogs({ seed: 11, seconds: 300, cameras, place: 'market' });

async function fold(nats: OwnNats, child: RulesChild): Promise<void> {
  const { lastSeq } = await nats.bus.readBounds('detections');
  await expect.poll(() => child.readSeq(), { timeout: 60_000, interval: 10 }).toBe(lastSeq);
}

async function kill(child: RulesChild): Promise<void> {
  child.process.kill('SIGKILL');
  await child.exited;
}

test('a changed scene holds from the next batch on, also when the rules are killed right after it, before it or while they are away', async () => {
  const nats = await openOwnNats('rules-scenes');
  const random = createRandom(5);
  const table = await nats.bus.openKeyValue<Scene>('scenes');
  const current = new Map(scenes);
  const sceneOf = new Map<DetectionBatch, Scene>();
  for (const [camera, scene] of current) await table.put(camera, scene);
  const changes = 9;
  let child: RulesChild | null = startRulesChild(program, nats.url, { saveEachMs: 30 });
  for (let change = 0; change <= changes; change++) {
    const piece = batches.slice(
      Math.floor((batches.length * change) / (changes + 1)),
      Math.floor((batches.length * (change + 1)) / (changes + 1)),
    );
    for (const batch of piece) sceneOf.set(batch, current.get(batch.camera) as Scene);
    child ??= startRulesChild(program, nats.url, { saveEachMs: 30 });
    const middle = Math.floor(piece.length / 2);
    await publishBatches(nats, piece.slice(0, middle));
    if (change % 3 === 0) await fold(nats, child);
    const rest = publishBatches(nats, piece.slice(middle));
    if (change % 3 === 1) await kill(child);
    await rest;
    // each camera's change is met by a fold before its next one: of two that nobody has met the newest counts
    const camera = cameras[change % 3] ?? '';
    const before = current.get(camera) as Scene;
    const legalMs = [12_000, 60_000, 20_000, 45_000][change % 4] ?? 0;
    const scene = {
      ...before,
      version: `v${change}`,
      rules: before.rules.map((rule) => ({ ...rule, legalMs })),
    };
    current.set(camera, scene);
    await setTimeout(2); // the times of scenes and batches are compared to the millisecond
    await table.put(camera, scene);
    await setTimeout(random() * 20);
    if (change % 3 !== 2) {
      await kill(child);
      child = null;
    }
  }
  child ??= startRulesChild(program, nats.url, { saveEachMs: 30 });
  await fold(nats, child);
  await kill(child);
  const said = await expectEvents(
    nats,
    foldUndisturbed(batches, (batch) => sceneOf.get(batch) as Scene),
  );
  expect(new Set(said.map(({ candidate }) => candidate.sceneVersion)).size).toBeGreaterThan(8);
}, 120_000);

test("a camera's first scene holds from then on, not for what the log has of last week, whether the rules run or not", async () => {
  const nats = await openOwnNats('rules-first-scene');
  const table = await nats.bus.openKeyValue<Scene>('scenes');
  await table.put('gate-1', scenes.get('gate-1') as Scene);
  let child = startRulesChild(program, nats.url, { saveEachMs: 30 });
  await publishBatches(nats, batches.slice(0, 300));
  await fold(nats, child);
  await setTimeout(2);
  await table.put('kerb-east', scenes.get('kerb-east') as Scene);
  // Scenes and batches come to a running process on two subscriptions: the camera is its own once it has written it down.
  const checkpoints = await nats.bus.openKeyValue('checkpoints');
  await expect.poll(() => checkpoints.get('kerb-east'), { timeout: 30_000, interval: 10 }).not.toBeNull();
  await publishBatches(nats, batches.slice(300, 500));
  await kill(child);
  await setTimeout(2);
  await table.put('kerb-west', scenes.get('kerb-west') as Scene);
  await publishBatches(nats, batches.slice(500));
  child = startRulesChild(program, nats.url, { saveEachMs: 30 });
  await fold(nats, child);
  await kill(child);
  const since: Readonly<Record<string, number>> = { 'gate-1': 0, 'kerb-east': 300, 'kerb-west': 500 };
  const watched = batches.filter(({ camera }, index) => index >= (since[camera] ?? 0));
  await expectEvents(
    nats,
    foldUndisturbed(watched, ({ camera }) => scenes.get(camera) as Scene),
  );
}, 60_000);

test('two processes share the shards; of two for one shard one folds, and the other goes on when that is killed or hangs', async () => {
  const nats = await openOwnNats('rules-shards');
  const table = await nats.bus.openKeyValue<Scene>('scenes');
  for (const [camera, scene] of scenes) await table.put(camera, scene);
  const half = (from: number) => Array.from({ length: 32 }, (_, shard) => from + shard);
  const options = { saveEachMs: 30, renewMs: 200 };
  const low = startRulesChild(program, nats.url, { ...options, shards: half(0) });
  const high = startRulesChild(program, nats.url, { ...options, shards: half(32) });
  await publishBatches(nats, batches.slice(0, 200));
  await Promise.all([fold(nats, low), fold(nats, high)]);
  const standby = startRulesChild(program, nats.url, options);
  await expect.poll(() => standby.log.join('\n'), { timeout: 30_000 }).toMatch(/folded by another process/);
  await publishBatches(nats, batches.slice(200, 400));
  await Promise.all([fold(nats, low), fold(nats, high)]);
  expect(standby.readSeq()).toBe(0);

  await kill(low);
  high.process.kill('SIGSTOP'); // it hangs: its lease runs out
  await publishBatches(nats, batches.slice(400, 600));
  await fold(nats, standby);
  high.process.kill('SIGCONT'); // and wakes up, believing that it holds what it held
  await publishBatches(nats, batches.slice(600));
  await fold(nats, standby);
  await expect.poll(() => high.log.join('\n'), { timeout: 30_000 }).toMatch(/another process/);
  await kill(high);
  await kill(standby);
  await expectEvents(
    nats,
    foldUndisturbed(batches, ({ camera }) => scenes.get(camera) as Scene),
  );
}, 120_000);

test('a place that comes to be shared moves a camera to the process of the others, and nothing is lost on the way', async () => {
  const nats = await openOwnNats('rules-moved');
  const table = await nats.bus.openKeyValue<Scene>('scenes');
  const names = Array.from({ length: 60 }, (_, i) => `corner-${i}`);
  const [one, other] = [
    names.find((name) => toShard(name) < 32) ?? '',
    names.findLast((name) => toShard(name) >= 32) ?? '',
  ];
  const together = makeStreetLogs({ seed: 21, seconds: 240, cameras: [one, other], place: 'corner' });
  const apart = new Map(
    [...together.scenes].map(([camera, scene]) => {
      const rules = scene.rules.map((rule) => ({ ...rule, place: null }));
      return [camera, { ...scene, version: 'apart', rules }] as const;
    }),
  );
  for (const [camera, scene] of apart) await table.put(camera, scene);
  const half = (from: number) => Array.from({ length: 32 }, (_, shard) => from + shard);
  const options = { saveEachMs: 30, renewMs: 200 };
  const children = [half(0), half(32)].map((shards) =>
    startRulesChild(program, nats.url, { ...options, shards }),
  );
  const middle = Math.floor(together.batches.length / 2);
  await publishBatches(nats, together.batches.slice(0, middle));
  await Promise.all(children.map((child) => fold(nats, child)));
  await setTimeout(2);
  for (const [camera, scene] of together.scenes) await table.put(camera, scene);
  await publishBatches(nats, together.batches.slice(middle));
  const sceneOf = (batch: DetectionBatch) =>
    (together.batches.indexOf(batch) < middle ? apart : together.scenes).get(batch.camera) as Scene;
  const expected = foldUndisturbed(together.batches, sceneOf);
  // both may have read all before they hear of the scenes: it is the events that tell
  const total = [...expected.values()].flat().length;
  await expect
    .poll(async () => (await nats.bus.readBounds('candidates')).lastSeq, { timeout: 60_000 })
    .toBeGreaterThanOrEqual(total);
  for (const child of children) await kill(child);
  const said = await expectEvents(nats, expected);
  expect(said.some(({ candidate }) => candidate.suppressed?.reason === 'duplicate')).toBe(true);
}, 120_000);
