import { expect, test } from 'vitest';
import type { DetectionBatch } from '../../domain/mod.ts';
import { openOwnNats } from '../../test/support/own-nats.ts';
import { createRememberedDetections, openLoggedDetections } from './nearest-detections.ts';

const startMs = Date.parse('2026-03-05T00:53:07.120Z');
const hourMs = 3_600_000;

const makeBatch = (camera: string, capturedAtMs: number): DetectionBatch => ({
  v: 1,
  camera,
  ptsMs: capturedAtMs - startMs,
  capturedAtMs,
  clockErrorMs: null,
  width: 640,
  height: 360,
  model: null,
  detections: [],
});

test('in the log: the camera’s own sample nearest in time, over many pieces of it', async () => {
  const { bus } = await openOwnNats('nearest-detections');
  const samples = Array.from({ length: 450 }, (_, index) => startMs + index * 1000);
  for (const camera of ['gate-07', 'gate-08'])
    for (const atMs of samples.map((ms) => (camera === 'gate-08' ? ms + 100 : ms)))
      await bus.publish('detections', camera, `${camera}:${atMs}`, makeBatch(camera, atMs));
  const reader = openLoggedDetections(bus, 'gate-07');
  for (const [askedMs, foundMs] of [
    [startMs, startMs],
    [startMs + 300_400, startMs + 300_000],
    [startMs + 300_600, startMs + 301_000],
    [startMs + 449_000, startMs + 449_000],
    // Far from all of them the nearest is still told: how far is too far is for the reader to judge.
    [startMs - 7_000, startMs],
    [startMs + 500_000, startMs + 449_000],
  ] as const)
    expect(await reader.readNearest(askedMs)).toMatchObject({ camera: 'gate-07', capturedAtMs: foundMs });
  expect(await openLoggedDetections(bus, 'gate-09').readNearest(startMs)).toBeNull();
}, 60_000);

test('in the log: also where capture times lie ahead of this machine’s clock', async () => {
  const { bus } = await openOwnNats('nearest-ahead');
  const aheadMs = Date.now() + 2 * hourMs;
  for (const offsetMs of [0, 1000, 2000, 3000])
    await bus.publish(
      'detections',
      'gate-07',
      `gate-07:${aheadMs + offsetMs}`,
      makeBatch('gate-07', aheadMs + offsetMs),
    );
  const found = await openLoggedDetections(bus, 'gate-07').readNearest(aheadMs + 2100);
  expect(found?.capturedAtMs).toBe(aheadMs + 2000);
}, 60_000);

test('in memory: the newest samples, a bounded number of them', async () => {
  const memory = createRememberedDetections(100);
  for (let index = 0; index < 1000; index++) memory.note(makeBatch('gate-07', startMs + index * 1000));
  expect(await memory.readNearest(startMs + 999_400)).toMatchObject({ capturedAtMs: startMs + 999_000 });
  const oldest = await memory.readNearest(startMs);
  expect(oldest?.capturedAtMs).toBeGreaterThanOrEqual(startMs + 890_000);
});
