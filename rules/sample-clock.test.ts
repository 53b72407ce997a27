import { describe, expect, test } from 'vitest';
import { type BatchTime, type ClockState, judgeTime, stepClock } from './sample-clock.ts';

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
    const step = stepClock(state, second * 1000, second * 1000);
    state = step.state;
    if (step.clock.isAfterHole) found.push(second);
  }
  expect(found).toEqual(holes);
});

test('a change of rate is learnt', () => {
  let state: ClockState | null = null;
  let holes = 0;
  for (const second of [0, 1, 2, 3, ...Array.from({ length: 40 }, (_, i) => 3 + 4 * (i + 1))]) {
    const step = stepClock(state, second * 1000, second * 1000);
    state = step.state;
    if (step.clock.isAfterHole) holes++;
  }
  expect(holes).toBeLessThan(10);
  expect(state?.typicalMs).toBeGreaterThan(3500);
});

describe('judgeTime', () => {
  test.each<[string, [wallS: number, streamS: number][], BatchTime[]]>([
    [
      'goes on',
      [
        [0, 0],
        [1, 1],
        [2, 2],
      ],
      ['good', 'good', 'good'],
    ],
    [
      'came again',
      [
        [0, 0],
        [1, 1],
        [1, 1],
      ],
      ['good', 'good', 'again'],
    ],
    [
      'came late',
      [
        [0, 0],
        [1, 1],
        [3, 3],
        [2, 2],
      ],
      ['good', 'good', 'good', 'late'],
    ],
    [
      'came late after a pause',
      [
        [0, 0],
        [1, 1],
        [60, 60],
        [30, 30],
      ],
      ['good', 'good', 'good', 'late'],
    ],
    [
      'a clock set back by an hour',
      [
        [5000, 0],
        [5001, 1],
        [5002, 2],
        [1403, 3],
        [1404, 4],
      ],
      ['good', 'good', 'good', 'set_back', 'good'],
    ],
    [
      'a clock set back by less than five seconds: late until it has caught up',
      [
        [10, 0],
        [11, 1],
        [12, 2],
        [10, 3],
        [11, 4],
        [12, 5],
        [13, 6],
      ],
      ['good', 'good', 'good', 'late', 'late', 'again', 'good'],
    ],
    [
      'a clock set forward by an hour',
      [
        [0, 0],
        [1, 1],
        [2, 2],
        [3603, 3],
        [3604, 4],
      ],
      ['good', 'good', 'good', 'set_forward', 'good'],
    ],
    [
      'a pause of 45 s',
      [
        [0, 0],
        [1, 1],
        [2, 2],
        [47, 47],
        [48, 48],
      ],
      ['good', 'good', 'good', 'good', 'good'],
    ],
    [
      'a pause after which the stream counts from its beginning',
      [
        [0, 100],
        [1, 101],
        [2, 102],
        [47, 0.2],
        [48, 1.2],
      ],
      ['good', 'good', 'good', 'good', 'good'],
    ],
    [
      'stream time that stands still',
      [
        [0, 0],
        [1, 0],
        [61, 0],
        [62, 0],
      ],
      ['good', 'good', 'good', 'good'],
    ],
    [
      'stream time that stands still, clock set back',
      [
        [90, 0],
        [91, 0],
        [31, 0],
      ],
      ['good', 'good', 'late'],
    ],
    [
      'what came before the clock was set back comes again',
      [
        [5000, 0],
        [5001, 1],
        [5002, 2],
        [1403, 3],
        [5001, 1],
        [5002, 2],
        [1404, 4],
      ],
      ['good', 'good', 'good', 'set_back', 'late', 'late', 'good'],
    ],
    [
      'what came before the stream counted anew comes again',
      [
        [100, 900],
        [101, 901],
        [102, 0],
        [103, 1],
        [110, 8],
        [100, 900],
        [111, 9],
      ],
      ['good', 'good', 'good', 'good', 'good', 'late', 'good'],
    ],
    [
      'a clock set forward and right again',
      [
        [0, 0],
        [1, 1],
        [2, 2],
        [603, 3],
        [604, 4],
        [605, 5],
        [6, 6],
        [7, 7],
      ],
      ['good', 'good', 'good', 'set_forward', 'good', 'good', 'set_back', 'good'],
    ],
    [
      'a camera that reconnects for a picture at a time',
      [
        [0, 0.5],
        [1, 1.5],
        [600, 0.5],
        [1200, 0.9],
        [1800, 0.7],
      ],
      ['good', 'good', 'good', 'good', 'good'],
    ],
  ])('%s', (_name, times, verdicts) => {
    let state: ClockState | null = null;
    const found = times.map(([wallS, streamS]) => {
      const verdict = judgeTime(state, wallS * 1000, streamS * 1000);
      if (verdict !== 'late' && verdict !== 'again')
        state = stepClock(state, wallS * 1000, streamS * 1000, verdict !== 'good').state;
      return verdict;
    });
    expect(found).toEqual(verdicts);
  });
});
