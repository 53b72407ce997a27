import { expect, test } from 'vitest';
import { type Detection, type DetectionBatch, resolveScene, type Scene } from '../../domain/mod.ts';
import { type Folded, foldLog } from './fold-log.ts';

const startMs = Date.parse('2026-11-20T08:00:00+08:00');

function openScene(changes: object = {}): Scene {
  const { scene, issues } = resolveScene(
    {
      zones: {
        kerb: [
          [0, 0.4],
          [1, 0.4],
          [1, 0.7],
          [0, 0.7],
        ],
      },
      rules: [{ offence: 'sidewalk_parking', zone: 'kerb', onset: '5s', legal: '30s', ...changes }],
    },
    'test',
  );
  if (scene === null) throw new Error(JSON.stringify(issues));
  return scene;
}

/** A car that stands there from the 5th second on. */
function film(camera: string, seconds: number, leavesAtS = Number.POSITIVE_INFINITY): DetectionBatch[] {
  const car: Detection = { class: 'car', score: 0.8, box: [0.4, 0.45, 0.52, 0.6] };
  return Array.from({ length: seconds }, (_, s) => ({
    v: 1,
    camera,
    ptsMs: startMs + s * 1000,
    capturedAtMs: startMs + s * 1000,
    clockErrorMs: 100,
    width: 1920,
    height: 1080,
    model: null,
    detections: s >= 5 && s < leavesAtS ? [car] : [],
  }));
}

function fold(
  batches: readonly DetectionBatch[],
  scenes: readonly Scene[],
  keepFollowed = false,
): Promise<Folded> {
  const byTime = batches.toSorted((a, b) => a.capturedAtMs - b.capturedAtMs);
  const log = {
    async *read() {
      for (let at = 0; at < byTime.length; at += 7) yield byTime.slice(at, at + 7);
    },
  };
  return foldLog(
    log,
    scenes.map((scene) => (camera: string) => (camera === 'nobody' ? null : scene)),
    { keepFollowed },
  );
}

test('several scenes at once give what each gives alone', async () => {
  const scenes = [openScene(), openScene({ legal: '60s' })];
  const batches = film('a', 120);
  const together = await fold(batches, scenes);
  for (const [index, scene] of scenes.entries()) {
    const alone = await fold(batches, [scene]);
    expect(together.outcomes[index]).toEqual(alone.outcomes[0]);
  }
  expect(together.outcomes.map(({ raised }) => raised.map((one) => (one.raisedAtMs ?? 0) - startMs))).toEqual(
    [[35_000], [65_000]],
  );
});

test('the log in figures: spans, usual gaps, what has no scene, what was not used', async () => {
  const batches = [...film('a', 60), ...film('a', 60).slice(30, 33), ...film('nobody', 10)];
  const { cameras, unwatched, outcomes } = await fold(batches, [openScene()]);
  expect(cameras).toEqual([
    { camera: 'a', fromMs: startMs, toMs: startMs + 59_000, originMs: startMs, batches: 63, gapMs: 1000 },
  ]);
  expect([...unwatched]).toEqual([['nobody', 10]]);
  expect(outcomes[0]?.counters).toEqual({ duplicateBatches: 3 });
});

test('what is followed and not raised is kept only when asked for, as it stands at the end', async () => {
  const scene = openScene({ legal: '5m' });
  expect((await fold(film('a', 60), [scene])).outcomes[0]?.followed).toEqual([]);
  const [outcome] = (await fold(film('a', 60), [scene], true)).outcomes;
  expect(outcome?.followed.map(({ dwellMs }) => dwellMs)).toEqual([54_000]);
});

test('two cameras of one place: raised once, held once', async () => {
  const scene = openScene();
  const shared: Scene = { ...scene, rules: scene.rules.map((rule) => ({ ...rule, place: 'north square' })) };
  const batches = [...film('a', 90), ...film('b', 90)];
  const [outcome] = (await fold(batches, [shared])).outcomes;
  expect(outcome?.raised.map(({ camera }) => camera)).toEqual(['a']);
  expect(outcome?.suppressed.map(({ camera, suppressed }) => [camera, suppressed?.reason])).toEqual([
    ['b', 'duplicate'],
  ]);
  const [apart] = (await fold(batches, [scene])).outcomes;
  expect(apart?.raised.map(({ camera }) => camera)).toEqual(['a', 'b']);
});
