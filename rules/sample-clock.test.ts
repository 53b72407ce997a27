import { expect, test } from 'vitest';
import { type ClockState, stepClock } from './sample-clock.ts';

test.each<[string, number[], number[]]>([
  // capture times in seconds; those that come after a hole
  ['a steady second', [0, 1, 2, 3, 4], []],
  ['a steady five seconds', [0, 5, 10, 15], []],
  ['a missing sample', [0, 1, 2, 4, 5], []],
  ['45 s without pictures', [0, 1, 2, 47, 48], [47]],
  ['45 s without pictures at a slow rate', [0, 5, 10, 55, 60], [55]],
  ['a minute after the very first picture', [0, 60, 61, 62], [60]],
  ['25 frames a second, half a second missing', [0, 0.04, 0.08, 0.58, 0.62], []],
])('%s', (_name, seconds, holes) => {
  let state: ClockState | null = null;
  const found: number[] = [];
  for (const second of seconds) {
    const step = stepClock(state, second * 1000);
    state = step.state;
    if (step.clock.isAfterHole) found.push(second);
  }
  expect(found).toEqual(holes);
});

test('a change of rate is learnt', () => {
  let state: ClockState | null = null;
  let holes = 0;
  for (const second of [0, 1, 2, 3, ...Array.from({ length: 40 }, (_, i) => 3 + 4 * (i + 1))]) {
    const step = stepClock(state, second * 1000);
    state = step.state;
    if (step.clock.isAfterHole) holes++;
  }
  expect(holes).toBeLessThan(10);
  expect(state?.typicalMs).toBeGreaterThan(3500);
});
