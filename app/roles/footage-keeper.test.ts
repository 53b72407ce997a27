import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DetectionBatch, type EvidenceEvent, resolveScene, type Scene } from '../../domain/mod.ts';
import { openKeyring } from '../../evidence/mod.ts';
import { liveTiming } from '../../ingest/live-timing.ts';
import { makeCounterClip } from '../../ingest/test-support/counter-clip.ts';
import { watchCamera } from '../../ingest/test-support/watched-camera.ts';
import {
  type Bus,
  createLogger,
  type EmbeddedEngine,
  openFolderBlobStore,
  openNatsBus,
  startEmbeddedNats,
} from '../../platform/mod.ts';
import { startRtspCamera } from '../../samples/rtsp-camera/mod.ts';
import { makeTempDir } from '../../test/support/temp-dir.ts';
import { type Sealed, startEvidenceWorker } from './evidence-worker.ts';
import { startFootageKeeper } from './footage-keeper.ts';
import { openLoggedDetections } from './nearest-detections.ts';
import { startRulesRole } from './rules-role.ts';
import { createTurns } from './turns.ts';

const logger = createLogger('silent');
const camera = 'gate-2';
let dir: string;
let engine: EmbeddedEngine;
let bus: Bus;
beforeAll(async () => {
  dir = await makeTempDir('keeper');
  engine = await startEmbeddedNats({ dir: path.join(dir, 'nats'), logger });
  bus = await openNatsBus({ url: engine.url, name: 'test', logger });
});
afterAll(async () => {
  await bus?.close();
  await engine?.stop();
  await rm(dir, { recursive: true, force: true });
});

function makeScene(): Scene {
  const { scene } = resolveScene(
    {
      zones: {
        pavement: [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 1],
        ],
      },
      rules: [{ offence: 'sidewalk_parking', zone: 'pavement', onset: '4s', legal: '30s' }],
    },
    'v1',
  );
  if (scene === null) throw new Error('the scene is wrong');
  return scene;
}

test('a stay that is raised long after the ring forgot its beginning has its package all the same, and then lets go', async () => {
  const clip = await makeCounterClip({ file: path.join(dir, 'clip.mp4'), seconds: 20, gop: 25 });
  const sender = await startRtspCamera({ clip, loop: true, logger });
  const scenes = await bus.openKeyValue<Scene>('scenes');
  await scenes.put(camera, makeScene());
  const rules = await startRulesRole({ bus, logger });
  const sealed = await bus.openKeyValue<Sealed>('sealed');

  const timing = { ...liveTiming, segmentMs: 1000, pruneMs: 500 };
  const ring = { dir: path.join(dir, 'ring'), maxAgeMs: 8000, maxBytes: 1e9 };
  const live = await watchCamera(
    sender.url,
    {
      ring,
      async onFrame({ ptsMs, capturedAtMs, clockErrorMs, width, height }) {
        const batch: DetectionBatch = {
          v: 1,
          camera,
          ptsMs,
          capturedAtMs,
          clockErrorMs,
          width,
          height,
          model: null,
          detections: [{ class: 'car', score: 0.9, box: [0.4, 0.4, 0.6, 0.6] }],
        };
        await bus.publish('detections', camera, `${camera}:${capturedAtMs}`, batch);
      },
    },
    timing,
  );
  const { holds } = live.camera;
  if (holds === undefined) throw new Error('a camera with a ring has holds');
  const keeper = await startFootageKeeper({ camera, holds, bus, sealed, logger, lookMs: 500, youngMs: 0 });
  const blobs = openFolderBlobStore(path.join(dir, 'blobs'));
  const evidence = await startEvidenceWorker({
    camera,
    footage: live.camera.footage,
    detections: openLoggedDetections(bus, camera),
    bus,
    blobs,
    keyring: openKeyring(path.join(dir, 'keys')),
    retentionMs: 30 * 86_400_000,
    sealed,
    turns: createTurns(1),
    logger,
    onSettled: (candidateId) => keeper.settle(candidateId),
  });
  const events: EvidenceEvent[] = [];
  const following = await bus.follow<EvidenceEvent>('evidence', { camera }, 0, async ({ payload }) => {
    events.push(payload);
  });
  await expect
    .poll(() => holds.list().some(({ id }) => id.startsWith('opened:')), { timeout: 60_000 })
    .toBe(true);
  await expect.poll(() => events.length, { timeout: 100_000, interval: 200 }).toBeGreaterThanOrEqual(1);

  const [event] = events;
  expect(event).toMatchObject({ type: 'sealed' });
  const items = event?.type === 'sealed' ? event.items : [];
  const originals = items.filter(({ kind }) => kind === 'original');
  expect(originals.map(({ moment }) => moment).toSorted()).toEqual(['first', 'last', 'middle']);
  expect(
    items
      .filter(({ kind }) => kind === 'clip')
      .map(({ moment }) => moment)
      .toSorted(),
  ).toEqual(['end', 'start']);
  const [first, last] = [
    originals.find(({ moment }) => moment === 'first'),
    originals.find(({ moment }) => moment === 'last'),
  ];
  expect((last?.capturedAtMs ?? 0) - (first?.capturedAtMs ?? 0)).toBeGreaterThanOrEqual(30_000);
  const startClip = items.find(({ kind, moment }) => kind === 'clip' && moment === 'start');
  expect(startClip?.durationMs).toBeGreaterThanOrEqual(7000);
  await expect.poll(() => holds.list().filter(({ kind }) => kind === 'request')).toEqual([]);

  // Nobody else is held for: the ring forgets as it should.
  await following.stop();
  await evidence.stop();
  await keeper.stop();
  await holds.replaceStanding([]);
  const gone = first?.ptsMs ?? 0;
  await expect
    .poll(
      () =>
        live.camera.footage.readFrame(gone).then(
          () => 'there',
          (error: { code: string }) => error.code,
        ),
      { timeout: 20_000 },
    )
    .toBe('evidence_unavailable');
  await live.camera.stop();
  await rules.stop();
  await sender.stop();
  await blobs.close();
}, 180_000);
