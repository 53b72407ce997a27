import { describe, expect, test } from 'vitest';
import { toIou } from '../../domain/mod.ts';
import { parseStationaryMemory, type StationaryMemory } from '../mod.ts';
import {
  listReported,
  onsetMs,
  playStreet,
  putAtMs,
  type Seen,
  toCarton,
} from '../test-support/street-play.ts';
import { disturbances, type StreetScene, streetScenes } from '../test-support/street-scenes.ts';

const [scene, other] = streetScenes as [StreetScene, StreetScene];
const fewestIou = 0.4;
const lengthMs = 240_000;

type Keep = (memory: StationaryMemory | null) => StationaryMemory | null;
const all: Keep = (memory) => memory;

/** Times at which the carton was told, checked to be where it stands. */
function listTimes(seen: readonly Seen[], street = scene): number[] {
  for (const { box } of listReported(seen)) expect(toIou(box, street.box)).toBeGreaterThanOrEqual(fewestIou);
  return seen.filter(({ detections }) => detections.length > 0).map(({ atMs }) => atMs);
}

describe('a restart', () => {
  test.each([
    ['long after the thing came: it is told from the third sample on', 150_000, 0, 6000],
    ['while it settles: it is told within its onset', putAtMs + 8000, 0, onsetMs],
    ['just before it came: it is told within its onset', putAtMs - 2000, 0, onsetMs],
    ['of a minute, in which it came: it is told within its onset', putAtMs - 10_000, 60_000, onsetMs],
    ['of half an hour: it is told from the third sample on', 150_000, 1_800_000, 6000],
  ])('%s', async (_name, atMs, awayMs, withinMs) => {
    const backMs = atMs + awayMs;
    const { seen, relearned } = await playStreet({
      scene,
      lengthMs: lengthMs + awayMs,
      thingAt: (ms) => (ms < putAtMs ? null : toCarton(scene.box)),
      isShown: (ms) => ms < atMs || ms >= backMs,
      restart: { atMs, keep: all },
    });
    expect(relearned).toEqual([]);
    const times = listTimes(seen);
    const first = times.find((ms) => ms >= backMs) ?? Number.NaN;
    expect(first).toBeLessThanOrEqual(Math.max(backMs, putAtMs) + withinMs);
    const after = seen.filter((one) => one.atMs >= first);
    expect(times.filter((ms) => ms >= first).length / after.length).toBeGreaterThan(0.9);
  });

  test('without a memory the thing is part of the ground', async () => {
    const { seen } = await playStreet({
      scene,
      lengthMs,
      thingAt: (ms) => (ms < putAtMs ? null : toCarton(scene.box)),
      restart: { atMs: 150_000, keep: () => null },
    });
    expect(Math.max(...listTimes(seen))).toBeLessThan(150_000);
  });

  test('a thing that was taken away meanwhile is not told', async () => {
    const { seen } = await playStreet({
      scene,
      lengthMs,
      thingAt: (ms) => (ms < putAtMs || ms >= 150_000 ? null : toCarton(scene.box)),
      restart: { atMs: 150_000, keep: all },
    });
    expect(Math.max(...listTimes(seen))).toBeLessThanOrEqual(150_000 + 6000);
  });

  test.each(Object.entries(disturbances))(
    'in %s: nothing is told where nothing was left',
    async (_name, disturbance) => {
      const { seen } = await playStreet({
        scene,
        disturbance,
        lengthMs,
        restart: { atMs: 150_000, keep: all },
      });
      expect(listReported(seen)).toEqual([]);
    },
  );
});

describe('a memory that is of no use is not used', () => {
  const change =
    (over: Partial<StationaryMemory>): Keep =>
    (memory) =>
      memory && { ...memory, ...over };
  test.each<[string, Keep]>([
    ['too old', (memory) => memory && { ...memory, atMs: memory.atMs - 3 * 3_600_000 }],
    ['of a time to come', (memory) => memory && { ...memory, atMs: memory.atMs + 600_000 }],
    ['of pictures of another size', change({ pixelWidth: 640 })],
    ['of another zone', change({ zones: [other.zone.map(([x, y]): [number, number] => [x, y])] })],
    ['cut short', change({ slowX: 'AAAA' })],
    ['of hues cut short', (memory) => memory && { ...memory, hues: { ...memory.hues, slowRed: 'AAAA' } }],
    [
      'of marks outside of the picture',
      (memory) => memory && { ...memory, view: { ...memory.view, at: memory.view.at.map(() => 3) } },
    ],
    [
      'of a thing outside of the field',
      (memory) =>
        memory && { ...memory, standing: memory.standing.map((one) => ({ ...one, signature: [1e9] })) },
    ],
  ])('%s', async (_name, keep) => {
    const { seen } = await playStreet({
      scene,
      lengthMs: 220_000,
      thingAt: (ms) => (ms < putAtMs ? null : toCarton(scene.box)),
      restart: { atMs: 150_000, keep },
    });
    const times = listTimes(seen);
    expect(times.some((ms) => ms > 120_000)).toBe(true);
    expect(times.filter((ms) => ms >= 150_000)).toEqual([]);
  });

  test('of another view: the ground is learned anew, and nothing is told', async () => {
    const { seen, relearned } = await playStreet({
      scene,
      sceneAt: (ms) => (ms < 150_000 ? scene : other),
      lengthMs,
      restart: { atMs: 150_000, keep: all },
    });
    expect(listReported(seen)).toEqual([]);
    expect(relearned).toHaveLength(1);
  });
});

test('what is no memory is refused in words, and the largest one is small', async () => {
  let text = '';
  await playStreet({
    scene: {
      ...scene,
      zone: [
        [0, 0],
        [1, 0],
        [1, 1],
        [0, 1],
      ],
    },
    lengthMs: 62_000,
    restart: {
      atMs: 60_000,
      keep(memory) {
        text = JSON.stringify(memory);
        return memory;
      },
    },
  });
  expect(text.length).toBeGreaterThan(100_000);
  expect(text.length).toBeLessThan(300_000);
  const memory = parseStationaryMemory(text);
  expect(JSON.stringify(memory)).toBe(text);
  const parse = (over: object) => () => parseStationaryMemory(JSON.stringify({ ...memory, ...over }));
  expect(parse({ v: 1 })).toThrow(/^v: /);
  expect(parse({ slowX: 7 })).toThrow(/^slowX: /);
  expect(parse({ standing: [{ id: 0 }] })).toThrow(/^standing/);
  expect(parse({ view: { at: [], contrast: [null], usual: 1 } })).toThrow(/^view\.contrast/);
  expect(() => parseStationaryMemory(text.slice(0, 5000))).toThrow(/JSON/);
});
