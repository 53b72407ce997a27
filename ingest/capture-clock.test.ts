import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CaptureClock, createCaptureClock } from './capture-clock.ts';

const startMs = 1_800_000_000_000;

interface Played {
  readonly seconds: number;
  /** From capture to arrival, milliseconds. */
  readonly wayMs: (second: number) => number;
  /** The camera's clock less ours, milliseconds; `null`: no reports. */
  readonly aheadMs: (second: number) => number | null;
  /** How much faster the camera's time runs than ours, parts per million. */
  readonly driftPpm?: number;
}

interface Told {
  readonly second: number;
  readonly trueMs: number;
  readonly capturedAtMs: number;
  readonly clockErrorMs: number;
  readonly source: string;
}

/** A picture each 2 s, data and reports each half second. */
function play(clock: CaptureClock, played: Played, fromMs = startMs): Told[] {
  const told: Told[] = [];
  for (let second = 0; second < played.seconds; second += 0.5) {
    const trueMs = fromMs + second * 1000;
    const rawMs = 3_600_000 + second * 1000 * (1 + (played.driftPpm ?? 0) / 1e6);
    const arrivedAtMs = trueMs + played.wayMs(second);
    clock.noteArrival(rawMs, arrivedAtMs);
    const aheadMs = played.aheadMs(second);
    if (aheadMs !== null) clock.noteReport(rawMs, trueMs + aheadMs, arrivedAtMs);
    if (second >= 1 && second % 2 === 0) told.push({ second, trueMs, ...clock.toCapture(rawMs) });
  }
  return told;
}

function checkHonesty(told: readonly Told[]): void {
  for (const [i, { trueMs, capturedAtMs, clockErrorMs }] of told.entries()) {
    expect(Math.abs(capturedAtMs - trueMs)).toBeLessThanOrEqual(clockErrorMs);
    if (i > 0) expect(capturedAtMs).toBeGreaterThan(told[i - 1]?.capturedAtMs ?? 0);
  }
}

describe('when a picture was captured', () => {
  test('without reports: when its data can have arrived at the earliest, however late it came', () => {
    const clock = createCaptureClock();
    clock.restart(0);
    const told = play(clock, { seconds: 60, wayMs: (s) => 120 + 300 * (s % 3), aheadMs: () => null });
    checkHonesty(told);
    for (const { source, trueMs, capturedAtMs } of told.slice(1)) {
      expect(source).toBe('arrival');
      expect(capturedAtMs - trueMs).toBe(120);
    }
    expect(clock.complaint()).toBe('');
  });

  test('a camera whose clock runs with ours is believed: the way is taken off, slowly', () => {
    const clock = createCaptureClock();
    clock.restart(0);
    const told = play(clock, { seconds: 120, wayMs: () => 700, aheadMs: (s) => (s < 10 ? null : 0) });
    checkHonesty(told);
    expect(told[0]).toMatchObject({ source: 'arrival', capturedAtMs: startMs + 2700 });
    expect(told.at(-1)).toMatchObject({ source: 'rtcp', clockErrorMs: 700 });
    expect(Math.abs((told.at(-1)?.capturedAtMs ?? 0) - (told.at(-1)?.trueMs ?? 0))).toBeLessThanOrEqual(1);
    // The distance of two pictures is never off by more than a twentieth.
    for (const [i, { capturedAtMs }] of told.slice(1).entries())
      expect(Math.abs(capturedAtMs - (told[i]?.capturedAtMs ?? 0) - 2000)).toBeLessThanOrEqual(101);
  });

  test.each([
    ['a minute slow', -60_000, "the camera's clock is 60.1 s behind this machine's and is not used"],
    ['three hours fast', 3 * 3_600_000, "the camera's clock is 3 h ahead of this machine's and is not used"],
    ['of 1970', -startMs, "the camera's clock is 20833 days behind this machine's and is not used"],
    ['half a second fast', 500, ''],
    ['four seconds fast', 4000, "the camera's clock is 3.9 s ahead of this machine's and is not used"],
  ])('a clock that is %s is not believed, and told of when it matters', (_name, aheadMs, complaint) => {
    const clock = createCaptureClock();
    clock.restart(0);
    const told = play(clock, { seconds: 60, wayMs: () => 100, aheadMs: () => aheadMs });
    checkHonesty(told);
    for (const { source } of told) expect(source).toBe('arrival');
    expect(clock.complaint()).toBe(complaint);
  });

  test('a clock that is set right while it is watched, and wrong again', () => {
    const clock = createCaptureClock();
    clock.restart(0);
    const aheadMs = (s: number): number => (s < 30 ? -7_200_000 : s < 90 ? 0 : 45_000);
    const told = play(clock, { seconds: 150, wayMs: () => 400, aheadMs });
    checkHonesty(told);
    const sourceAt = (second: number): string | undefined => told.find((at) => at.second >= second)?.source;
    expect([sourceAt(20), sourceAt(60), sourceAt(120)]).toEqual(['arrival', 'rtcp', 'arrival']);
    expect(clock.complaint()).toMatch(/^the camera's clock is 44\.6 s ahead/);
  });

  test('reports that stop are forgotten', () => {
    const clock = createCaptureClock();
    clock.restart(0);
    const told = play(clock, { seconds: 200, wayMs: () => 300, aheadMs: (s) => (s < 30 ? 0 : null) });
    checkHonesty(told);
    expect(told.find(({ second }) => second === 60)?.source).toBe('rtcp');
    expect(told.at(-1)?.source).toBe('arrival');
  });

  test.each([50, -50, 400, -400])(
    'clocks that drift apart by %i ppm do not add up over a day',
    (driftPpm) => {
      const clock = createCaptureClock();
      clock.restart(0);
      const told = play(clock, { seconds: 86_400, wayMs: () => 150, aheadMs: () => null, driftPpm });
      const errors = told.map(({ capturedAtMs, trueMs }) => Math.abs(capturedAtMs - trueMs - 150));
      expect(Math.max(...errors)).toBeLessThanOrEqual(200);
      expect(told.every(({ capturedAtMs }, i) => capturedAtMs > (told[i - 1]?.capturedAtMs ?? 0))).toBe(true);
    },
  );

  test('the same over the connections: times go on, and the way is remembered', () => {
    const clock = createCaptureClock();
    clock.restart(0);
    const first = play(clock, { seconds: 120, wayMs: () => 800, aheadMs: () => 0 });
    clock.restart(0);
    const second = play(
      clock,
      { seconds: 30, wayMs: () => 800, aheadMs: (s) => (s < 4 ? null : 0) },
      startMs + 121_000,
    );
    checkHonesty([...first, ...second]);
    expect(Math.abs((second[0]?.capturedAtMs ?? 0) - (second[0]?.trueMs ?? 0))).toBeLessThanOrEqual(1);
  });

  test('this machine set back by an hour turns no time back', () => {
    const clock = createCaptureClock();
    clock.restart(0);
    const before = play(clock, { seconds: 20, wayMs: () => 100, aheadMs: () => null });
    clock.restart(0);
    const after = play(clock, { seconds: 20, wayMs: () => 100, aheadMs: () => null }, startMs - 3_600_000);
    for (const [i, { capturedAtMs }] of after.entries())
      expect(capturedAtMs).toBeGreaterThan((after[i - 1] ?? before.at(-1))?.capturedAtMs ?? 0);
    checkHonesty(after);
  });

  test('whatever the network and the camera do, times grow and the declared error holds', () => {
    const way = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(way, fc.integer({ min: -900, max: 200 }), fc.boolean(), (ways, aheadMs, reports) => {
        const clock = createCaptureClock();
        clock.restart(0);
        const wayMs = (second: number): number => ways[Math.floor(second * 2) % ways.length] ?? 0;
        checkHonesty(play(clock, { seconds: 200, wayMs, aheadMs: () => (reports ? aheadMs : null) }));
      }),
    );
  });
});

test.each(['none', 'right', 'one, counted on from'])(
  'time that counts on as by day while a shutter slows is declared as far off as it may be; reports: %s',
  (reports) => {
    const clock = createCaptureClock();
    clock.restart(0);
    let rawMs = 0;
    for (let atMs = 0; atMs < 20_000; atMs += 100) {
      rawMs += atMs < 5000 ? 100 : 60;
      clock.noteArrival(rawMs, 1e9 + atMs + 20);
      if (reports === 'right') clock.noteReport(rawMs, 1e9 + atMs, 1e9 + atMs + 20);
      if (reports === 'one, counted on from') clock.noteReport(rawMs, 1e9 - 100 + rawMs, 1e9 + atMs + 20);
      const { capturedAtMs, clockErrorMs } = clock.toCapture(rawMs);
      expect(Math.abs(capturedAtMs - 1e9 - atMs)).toBeLessThanOrEqual(clockErrorMs);
      if (atMs < 5000) expect(clockErrorMs).toBeLessThanOrEqual(1000);
    }
  },
);
