import { expect, test } from 'vitest';
import { judgeSamples } from './judge-samples.ts';

const window = { cameras: 2, fromMs: 10_000, toMs: 20_000, gapMs: 2000, maxAgeMs: 2000 };
const sample = (camera: string, capturedAtMs: number, ageMs = 100) => ({ camera, capturedAtMs, ageMs });
const allOf = (camera: string) => [0, 2, 4, 6, 8].map((s) => sample(camera, 10_000 + s * 1000));

test.each([
  ['all in time', [...allOf('a'), ...allOf('b')], 1, 1],
  ['one late', [...allOf('a'), ...allOf('b').slice(1), sample('b', 10_000, 2001)], 0.9, 0.8],
  ['one missing', [...allOf('a'), ...allOf('b').slice(1)], 0.9, 0.8],
  ['a camera that never came', allOf('a'), 0.5, 0],
  [
    'more than wanted makes up for nothing',
    [...allOf('a'), ...allOf('a').slice(0, 3), ...allOf('b').slice(1)],
    0.9,
    0.8,
  ],
  [
    'outside the window',
    [...allOf('a'), ...allOf('b').slice(1), sample('b', 9999), sample('b', 20_000)],
    0.9,
    0.8,
  ],
])('%s', (_name, samples, onTime, worstCamera) => {
  expect(judgeSamples(samples, window)).toMatchObject({ onTime, worstCamera });
});
