import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CameraQueue } from './camera-queue.ts';

const roomy = { maxWaiting: 10_000, maxWaitingBytes: 1e12 };
const newest = { bytes: 1, isKept: false };
const kept = { bytes: 1, isKept: true };

interface SimulatedCamera {
  readonly name: string;
  /** One picture each so many milliseconds, from the start of the first span to its end and so on. */
  readonly periodMs: number;
  readonly spans?: readonly (readonly [fromMs: number, toMs: number])[];
  /** What one picture costs a worker. */
  readonly costMs: number;
}

/** Runs the queue against workers in simulated time; returns when each camera's turns began. */
function simulate(
  cameras: readonly SimulatedCamera[],
  workers: number,
  lengthMs: number,
  limits = roomy,
): Map<string, number[]> {
  const queue = new CameraQueue<SimulatedCamera>(limits);
  const turns = new Map(cameras.map(({ name }) => [name, [] as number[]]));
  const events: { atMs: number; run: () => void }[] = [];
  const at = (atMs: number, run: () => void): void => {
    const after = events.findIndex((event) => event.atMs > atMs);
    events.splice(after === -1 ? events.length : after, 0, { atMs, run });
  };
  let idle = workers;
  let nowMs = 0;
  const pump = (): void => {
    while (idle > 0) {
      const taken = queue.take();
      if (taken === null) return;
      idle--;
      turns.get(taken.item.name)?.push(nowMs);
      at(nowMs + taken.item.costMs, () => {
        idle++;
        queue.finish(taken.key);
        pump();
      });
    }
  };
  for (const [index, camera] of cameras.entries())
    for (const [fromMs, toMs] of camera.spans ?? [[0, lengthMs]]) {
      const send = (atMs: number): void => {
        if (atMs >= Math.min(toMs, lengthMs)) return;
        at(atMs, () => {
          queue.offer(camera.name, { item: camera, ...newest });
          pump();
          send(atMs + camera.periodMs);
        });
      };
      send(fromMs + ((index * 7.3) % camera.periodMs));
    }
  for (let next = events.shift(); next !== undefined && next.atMs <= lengthMs; next = events.shift()) {
    nowMs = next.atMs;
    next.run();
  }
  return turns;
}

const countBetween = (timesMs: readonly number[] = [], fromMs: number, toMs: number): number =>
  timesMs.filter((ms) => ms >= fromMs && ms < toMs).length;

const toLongestGap = (timesMs: readonly number[] = []): number =>
  Math.max(...timesMs.slice(1).map((ms, i) => ms - (timesMs[i] ?? 0)));

const row = (count: number, camera: Omit<SimulatedCamera, 'name'>, prefix = 'c'): SimulatedCamera[] =>
  Array.from({ length: count }, (_, i) => ({ name: `${prefix}${i}`, ...camera }));

describe('who comes next', () => {
  test('a newer picture takes the place of its camera, not a new one', () => {
    const queue = new CameraQueue<string>(roomy);
    queue.offer('a', { item: 'a1', ...newest });
    queue.offer('b', { item: 'b1', ...newest });
    expect(queue.offer('a', { item: 'a2', ...newest })).toEqual([{ item: 'a1', reason: 'superseded' }]);
    expect(queue.take()).toMatchObject({ item: 'a2', key: 'a' });
    expect(queue.take()).toMatchObject({ item: 'b1' });
    expect(queue.take()).toBeNull();
  });

  test('a camera has one picture in service at a time', () => {
    const queue = new CameraQueue<string>(roomy);
    queue.offer('a', { item: 'a1', ...newest });
    queue.take();
    queue.offer('a', { item: 'a2', ...newest });
    expect(queue.take()).toBeNull();
    expect(queue.listReady()).toEqual([]);
    queue.finish('a');
    expect(queue.listReady()).toEqual(['a2']);
    expect(queue.take()).toMatchObject({ item: 'a2' });
  });

  test('kept pictures are answered all, in their order', () => {
    const queue = new CameraQueue<string>({ maxWaiting: 1, maxWaitingBytes: 1 });
    expect(queue.offer('a', { item: 'a1', ...kept })).toEqual([]);
    expect(queue.offer('b', { item: 'b1', ...newest })).toEqual([]);
    expect(queue.offer('a', { item: 'a2', ...kept })).toEqual([]);
    expect(queue.offer('c', { item: 'c1', ...newest })).toEqual([{ item: 'c1', reason: 'over_limit' }]);
    expect(queue).toMatchObject({ size: 3, bytes: 3 });
    const taken = [queue.take()?.item, queue.take()?.item];
    queue.finish('a');
    expect([...taken, queue.take()?.item]).toEqual(['a1', 'b1', 'a2']);
  });

  test('what could not begin has its turn back, unless a newer one has come', () => {
    const queue = new CameraQueue<string>(roomy);
    for (const key of ['a', 'b', 'c']) queue.offer(key, { item: `${key}1`, ...newest });
    const a = queue.take();
    const b = queue.take();
    queue.offer('a', { item: 'a2', ...newest });
    expect(b && queue.putBack(b)).toBeNull();
    expect(a && queue.putBack(a)).toBe('a1');
    expect([queue.take()?.item, queue.take()?.item, queue.take()?.item]).toEqual(['a2', 'b1', 'c1']);
  });

  test('over the limit the one farthest from its turn is given up, so that turns still come round', () => {
    const queue = new CameraQueue<string>({ maxWaiting: 100, maxWaitingBytes: 3 });
    for (const key of ['a', 'b', 'c']) queue.offer(key, { item: key, ...newest });
    expect(queue.offer('d', { item: 'd', ...newest })).toEqual([{ item: 'd', reason: 'over_limit' }]);
    const served: (string | undefined)[] = [];
    for (let i = 0; i < 12; i++) {
      const taken = queue.take();
      served.push(taken?.item);
      if (taken) queue.finish(taken.key);
      for (const key of ['a', 'b', 'c', 'd']) queue.offer(key, { item: key, ...newest });
      expect(queue.bytes).toBeLessThanOrEqual(3);
    }
    for (const key of ['a', 'b', 'c', 'd']) expect(served.filter((item) => item === key)).toHaveLength(3);
  });

  test('forgetting and draining leave nothing counted', () => {
    const queue = new CameraQueue<string>(roomy);
    for (const key of ['a', 'b']) queue.offer(key, { item: key, bytes: 5, isKept: false });
    expect(queue.forget('a')).toEqual(['a']);
    expect(queue).toMatchObject({ size: 1, bytes: 5 });
    expect(queue.drain()).toEqual(['b']);
    expect(queue).toMatchObject({ size: 0, bytes: 0 });
  });
});

describe('shares at overload', () => {
  test('ten cameras that want three times what there is get the same', () => {
    const turns = simulate(row(10, { periodMs: 333, costMs: 100 }), 1, 100_000);
    for (const [name, timesMs] of turns) {
      expect(timesMs.length, name).toBeGreaterThanOrEqual(98);
      expect(timesMs.length, name).toBeLessThanOrEqual(102);
    }
  });

  test('shares stay even when there is room for a few of the waiting pictures only', () => {
    const turns = simulate(row(40, { periodMs: 500, costMs: 100 }), 1, 400_000, {
      ...roomy,
      maxWaitingBytes: 8,
    });
    for (const [name, timesMs] of turns) {
      expect(timesMs.length, name).toBeGreaterThanOrEqual(90);
      expect(timesMs.length, name).toBeLessThanOrEqual(110);
    }
  });

  test('25 a second takes no more than one each 2 s once both want more than there is', () => {
    const cameras = [
      ...row(5, { periodMs: 40, costMs: 100 }, 'fast'),
      ...row(35, { periodMs: 2000, costMs: 100 }, 'slow'),
    ];
    const turns = simulate(cameras, 1, 400_000); // ten a second for forty cameras: one each 4 s
    for (const [name, timesMs] of turns) {
      expect(timesMs.length, name).toBeGreaterThanOrEqual(90);
      expect(timesMs.length, name).toBeLessThanOrEqual(110);
    }
  });

  test('who wants less than a share gets all of it; the others share the rest evenly', () => {
    const cameras = [
      ...row(4, { periodMs: 40, costMs: 100 }, 'fast'),
      ...row(8, { periodMs: 2000, costMs: 100 }, 'slow'),
    ];
    const turns = simulate(cameras, 1, 200_000); // 10 a second, of which the slow take 4
    for (const [name, timesMs] of turns) {
      const wanted = name.startsWith('slow') ? 100 : 300;
      expect(timesMs.length / wanted, name).toBeGreaterThan(0.97);
      expect(timesMs.length / wanted, name).toBeLessThan(1.03);
    }
  });

  test.each([1, 2])(
    'one whose pictures cost twenty times as much starves none and is not starved: %d workers',
    (workers) => {
      const turns = simulate(
        [...row(9, { periodMs: 300, costMs: 50 }), { name: 'dear', periodMs: 300, costMs: 1000 }],
        workers,
        300_000,
      );
      // A round is one turn of each; with a second worker the cheap ones go on while the dear one is served.
      const roundMs = 9 * 50 + 1000;
      for (const [name, timesMs] of turns)
        expect(toLongestGap(timesMs), name).toBeLessThanOrEqual(roundMs + 100);
    },
  );

  test('a burst of new cameras delays the others by their share, not by the whole burst', () => {
    const turns = simulate(
      [
        ...row(5, { periodMs: 100, costMs: 50 }),
        ...row(45, { periodMs: 100, costMs: 50, spans: [[50_000, 100_000]] }, 'new'),
      ],
      1,
      100_000,
    );
    for (const { name } of row(5, { periodMs: 0, costMs: 0 })) {
      expect(toLongestGap(turns.get(name)), name).toBeLessThanOrEqual(50 * 50 + 100);
      expect(countBetween(turns.get(name), 60_000, 100_000), name).toBeGreaterThanOrEqual(15);
    }
  });

  test('one that stops and comes back has one turn early and no more', () => {
    const turns = simulate(
      [
        ...row(9, { periodMs: 100, costMs: 100 }),
        {
          name: 'back',
          periodMs: 100,
          costMs: 100,
          spans: [
            [0, 20_000],
            [80_000, 120_000],
          ],
        },
      ],
      1,
      120_000,
    );
    expect(countBetween(turns.get('back'), 80_000, 90_000)).toBeLessThanOrEqual(11);
    expect(countBetween(turns.get('back'), 80_000, 120_000)).toBeLessThanOrEqual(41);
    expect(countBetween(turns.get('c0'), 80_000, 120_000)).toBeGreaterThanOrEqual(39);
  });
});

const cameraNames = ['a', 'b', 'c', 'd', 'e'] as const;
const Step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('offer'), camera: fc.constantFrom(...cameraNames) }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('take'), camera: fc.constant('a') }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('finish'), camera: fc.constantFrom(...cameraNames) }),
  },
);

describe('laws', () => {
  test('while one camera waits, no other has two turns, and nothing is lost or doubled', () => {
    fc.assert(
      fc.property(fc.array(Step, { maxLength: 300 }), (steps) => {
        const queue = new CameraQueue<number>(roomy);
        const inService = new Set<unknown>();
        const waiting = new Map<string, { item: number; turnsOfOthers: Map<unknown, number> }>();
        let next = 0;
        for (const { kind, camera } of steps) {
          if (kind === 'offer') {
            const item = next++;
            const before = waiting.get(camera);
            const givenUp = queue.offer(camera, { item, ...newest });
            expect(givenUp).toEqual(
              before === undefined ? [] : [{ item: before.item, reason: 'superseded' }],
            );
            waiting.set(camera, { item, turnsOfOthers: before?.turnsOfOthers ?? new Map<unknown, number>() });
          } else if (kind === 'take') {
            const taken = queue.take();
            if (taken === null) {
              expect([...waiting.keys()].filter((name) => !inService.has(name))).toEqual([]);
              continue;
            }
            expect(inService.has(taken.key)).toBe(false);
            expect(waiting.get(String(taken.key))?.item).toBe(taken.item);
            waiting.delete(String(taken.key));
            inService.add(taken.key);
            for (const [name, { turnsOfOthers }] of waiting) {
              if (inService.has(name)) continue; // its turn is still being served
              const turns = (turnsOfOthers.get(taken.key) ?? 0) + 1;
              turnsOfOthers.set(taken.key, turns);
              expect(turns).toBe(1);
            }
          } else if (inService.delete(camera)) queue.finish(camera);
          expect(queue.size).toBe(waiting.size);
          expect(queue.bytes).toBe(waiting.size);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('whatever the rates and costs, all that want more than their share get the same number of turns', () => {
    const Cameras = fc.array(
      fc.record({ periodMs: fc.integer({ min: 20, max: 400 }), costMs: fc.integer({ min: 40, max: 120 }) }),
      { minLength: 12, maxLength: 20 },
    );
    fc.assert(
      fc.property(Cameras, (cameras) => {
        // A round costs at least 12 x 40 ms, longer than any period: everybody wants more than there is.
        const turns = simulate(
          cameras.map((camera, i) => ({ name: `c${i}`, ...camera })),
          1,
          40_000,
        );
        // From when all have sent for the first time; a turn at either end may fall in or out.
        const counts = [...turns.values()].map((timesMs) => countBetween(timesMs, 3000, 40_000));
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
      }),
      { numRuns: 50 },
    );
  });
});
