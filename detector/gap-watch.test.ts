import { describe, expect, test } from 'vitest';
import { GapWatch } from './gap-watch.ts';

const floorGapMs = 12_000;

/** Feeds samples at these times and reads each second until `untilMs`; returns when the alarm stood. */
function watchSamples(
  timesMs: readonly number[],
  untilMs: number,
): { raisedAtMs: number; clearedAtMs: number }[] {
  const watch = new GapWatch(floorGapMs);
  watch.begin(0);
  const alarms: { raisedAtMs: number; clearedAtMs: number }[] = [];
  const rest = [...timesMs];
  let since: number | null = null;
  for (let now = 0; now <= untilMs; now += 1000) {
    while ((rest[0] ?? Number.POSITIVE_INFINITY) <= now) watch.noteSample(rest.shift() ?? 0);
    const { isStarved } = watch.read(now);
    if (isStarved) since ??= now;
    else if (since !== null) {
      alarms.push({ raisedAtMs: since, clearedAtMs: now });
      since = null;
    }
  }
  if (since !== null) alarms.push({ raisedAtMs: since, clearedAtMs: Number.POSITIVE_INFINITY });
  return alarms;
}

const each = (gapMs: number, fromMs: number, untilMs: number): number[] =>
  Array.from({ length: Math.floor((untilMs - fromMs) / gapMs) }, (_, i) => fromMs + (i + 1) * gapMs);

describe('no alarm', () => {
  test.each([
    ['samples each 2 s', each(2000, 0, 600_000)],
    ['samples exactly at the floor', each(floorGapMs, 0, 600_000)],
    ['a hiccup of 30 s among samples each 2 s', [...each(2000, 0, 200_000), ...each(2000, 230_000, 600_000)]],
    ['a lost sample among samples at the floor', each(floorGapMs, 0, 600_000).filter((ms) => ms !== 240_000)],
    ['a lost sample among samples each 8 s', each(8000, 0, 600_000).filter((ms) => ms !== 240_000)],
    ['a slow first sample', [100_000, ...each(floorGapMs, 100_000, 600_000)]],
  ])('%s', (_name, timesMs) => {
    expect(watchSamples(timesMs, 600_000)).toEqual([]);
  });
});

describe('an alarm', () => {
  test.each([1.25, 1.5, 2, 5, 20])('for samples at %d times the floor, within two windows', (factor) => {
    const [alarm, ...more] = watchSamples(each(factor * floorGapMs, 0, 1_200_000), 1_200_000);
    expect(more).toEqual([]);
    expect(alarm?.raisedAtMs).toBeGreaterThanOrEqual(120_000);
    expect(alarm?.raisedAtMs).toBeLessThanOrEqual(240_000);
    expect(alarm?.clearedAtMs).toBe(Number.POSITIVE_INFINITY);
  });

  test('for samples that stop, and it clears when they come again', () => {
    const timesMs = [...each(2000, 0, 200_000), ...each(2000, 400_000, 700_000)];
    const [alarm, ...more] = watchSamples(timesMs, 700_000);
    expect(more).toEqual([]);
    expect(alarm?.raisedAtMs).toBeGreaterThan(215_000);
    expect(alarm?.raisedAtMs).toBeLessThanOrEqual(330_000);
    expect(alarm?.clearedAtMs).toBeGreaterThan(400_000);
    expect(alarm?.clearedAtMs).toBeLessThanOrEqual(540_000);
  });

  test('when none ever comes', () => {
    expect(watchSamples([], 300_000)).toMatchObject([{ raisedAtMs: 120_000 }]);
  });

  test('that does not flicker about the floor', () => {
    const wavering = each(12_600, 0, 3_000_000).map((ms, i) => ms + (i % 2 === 0 ? 900 : -900));
    expect(watchSamples(wavering, 3_000_000).length).toBeLessThanOrEqual(1);
  });
});

test('time in which nothing was due does not count', () => {
  const watch = new GapWatch(floorGapMs);
  watch.noteSample(0);
  expect(watch.read(130_000).isStarved).toBe(true);
  watch.end();
  expect(watch.read(130_000)).toEqual({ achievedGapMs: null, isStarved: false });
  watch.begin(500_000);
  expect(watch.read(501_000)).toEqual({ achievedGapMs: 1000, isStarved: false });
});
