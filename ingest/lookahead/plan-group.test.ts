import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PictureGroup, type PlannedPicture, planGroup } from './plan-group.ts';

const steady = (count: number, stepMs = 40, fromMs = 0): PlannedPicture[] =>
  Array.from({ length: count }, (_, i) => ({ atMs: fromMs + i * stepMs, isReference: true }));
const whole = (pictures: readonly PlannedPicture[], nextMs: number | null): PictureGroup => ({
  pictures,
  nextMs,
  isWhole: true,
  isNeededOn: false,
});
const wishes = { everyMs: 2000, shortestMs: 200, lastMs: null };
const toTimes = (group: PictureGroup, over: Partial<Parameters<typeof planGroup>[1]> = {}): number[] =>
  [...planGroup(group, { ...wishes, ...over }).sampled]
    .map((index) => (group.pictures[index] as PlannedPicture).atMs)
    .toSorted((a, b) => a - b);

describe('samples of a group', () => {
  test.each<[string, PictureGroup, number | null, number[]]>([
    ['10 s, as many as are wanted', whole(steady(250), 10_000), null, [0, 2000, 4000, 6000, 8000]],
    ['4 s, in its middle', whole(steady(100), 4000), null, [0, 2000]],
    ['4.8 s, evenly', whole(steady(120), 4800), null, [0, 1600, 3200]],
    ['the keyframe alone', whole(steady(50), 2000), null, [0]],
    ['none, as the next keyframe comes in time', whole(steady(12), 480), -1000, []],
    ['not right after another', whole(steady(100), 4000), -100, [1280, 2640]],
    [
      'a hole: what is next to it',
      whole([...steady(10), ...steady(60, 40, 7000)], 9400),
      null,
      [0, 360, 7000, 8200],
    ],
    [
      'none of two pictures of one time',
      whole([...steady(51), { atMs: 2000, isReference: true }, ...steady(49, 40, 2040)], 4000),
      null,
      [0, 1960, 3000],
    ],
    ['the end of a clip', whole(steady(250), null), null, [0, 2000, 4000, 6000, 8000]],
  ])('%s', (_name, group, lastMs, times) => {
    expect(toTimes(group, { lastMs })).toEqual(times);
  });

  test('of a later part begin where the one before ended', () => {
    const part = { ...whole(steady(100, 40, 8000), 12_000), isWhole: false, isNeededOn: true };
    expect(toTimes(part, { lastMs: 7000 })).toEqual([8680, 10_360]);
    expect(planGroup(part, { ...wishes, lastMs: 7000 }).decoded).toHaveLength(100);
  });
});

describe('what is decoded', () => {
  test('ends with the last sample', () => {
    expect(planGroup(whole(steady(250), 10_000), wishes).decoded).toEqual(
      Array.from({ length: 201 }, (_, i) => i),
    );
  });
  test('leaves out what nothing is built on, unless it is a sample', () => {
    // In the order of decoding: I P B P B ...
    const pictures = [{ atMs: 0, isReference: true }];
    for (let i = 1; i < 60; i++)
      pictures.push({ atMs: 80 * i, isReference: true }, { atMs: 80 * i - 40, isReference: false });
    const plan = planGroup(whole(pictures, 4800), { ...wishes, everyMs: 1650 });
    expect(plan.sampled.size).toBe(3);
    const decoded = plan.decoded.map((index) => pictures[index] as PlannedPicture);
    expect(decoded.filter(({ isReference }) => !isReference).length).toBeLessThanOrEqual(2);
    for (const index of plan.sampled) expect(plan.decoded).toContain(index);
  });
  test('leaves out what is shown before its keyframe', () => {
    const pictures = [
      { atMs: 80, isReference: true },
      { atMs: 0, isReference: true },
      { atMs: 40, isReference: false },
      ...steady(100, 40, 120),
    ];
    const plan = planGroup(whole(pictures, 4120), wishes);
    expect(plan.decoded.slice(0, 2)).toEqual([0, 3]);
    expect(plan.sampled.has(0)).toBe(true);
  });
});

test('no gap between samples is longer than wanted where the pictures allow it, and each has all it is built on', () => {
  const groups = fc.array(
    fc.record({
      pictures: fc.integer({ min: 1, max: 120 }),
      stepMs: fc.integer({ min: 10, max: 150 }),
    }),
    { minLength: 1, maxLength: 8 },
  );
  fc.assert(
    fc.property(groups, fc.integer({ min: 200, max: 3000 }), (shapes, everyMs) => {
      let lastMs: number | null = null;
      let atMs = 0;
      const samples: number[] = [];
      for (const { pictures: count, stepMs } of shapes) {
        const pictures = steady(count, stepMs, atMs);
        const nextMs = atMs + count * stepMs;
        const { sampled, decoded } = planGroup(whole(pictures, nextMs), { everyMs, shortestMs: 200, lastMs });
        const times = [...sampled].map((i) => (pictures[i] as PlannedPicture).atMs).toSorted((a, b) => a - b);
        expect(decoded).toEqual(Array.from({ length: Math.max(-1, ...sampled) + 1 }, (_, i) => i));
        samples.push(...times);
        lastMs = times.at(-1) ?? lastMs;
        atMs = nextMs;
      }
      const longestStepMs = Math.max(...shapes.map(({ stepMs }) => stepMs));
      const all = [...samples, atMs];
      expect(samples[0]).toBe(0);
      for (const [i, at] of all.slice(1).entries()) {
        const gapMs = at - (all[i] as number);
        // A keyframe right after a sample is passed over, and a sample is never closer than 200 ms to the one before.
        expect(gapMs).toBeLessThanOrEqual(Math.max(everyMs + 1, 200 + longestStepMs));
        if (at !== atMs) expect(gapMs).toBeGreaterThanOrEqual(200);
      }
    }),
  );
});
