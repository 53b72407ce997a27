import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Box } from '../domain/mod.ts';
import {
  followMotion,
  forecastBox,
  type Motion,
  startMotion,
  toForecastError,
  toSmoothBox,
} from './motion.ts';
import { createRandom } from './test-support/random.ts';

function toBoxAt(x: number, y = 0.5): Box {
  return [x - 0.05, y - 0.1, x + 0.05, y + 0.1];
}

/** Follows a thing that moves at `speed` pictures a second, seen with an error of up to `error` box widths. */
function follow(speed: number, stepMs: number, samples: number, error = 0): Motion {
  const random = createRandom(3);
  let motion = startMotion(toBoxAt(0.1));
  for (let n = 1; n <= samples; n++) {
    const x = 0.1 + (speed * n * stepMs) / 1000 + 0.1 * error * (2 * random() - 1);
    motion = followMotion(motion, toBoxAt(x), stepMs);
  }
  return motion;
}

describe.each([40, 200, 1000, 2000])('a picture every %d ms', (stepMs) => {
  test('learns an even speed and looks ahead', () => {
    const motion = follow(0.04, stepMs, 20);
    expect(motion.velocityX).toBeCloseTo(0.04, 3);
    expect(motion.velocityY).toBe(0);
    const ahead = 0.1 + 0.04 * ((20 * stepMs) / 1000 + 1);
    expect((forecastBox(motion, 1000)[0] + forecastBox(motion, 1000)[2]) / 2).toBeCloseTo(ahead, 2);
  });

  test('is surer of where a known thing is than of where a new one is, and less sure the longer it is unseen', () => {
    const known = follow(0.04, stepMs, 10);
    expect(toForecastError(known, stepMs)).toBeLessThan(toForecastError(startMotion(toBoxAt(0.1)), stepMs));
    expect(toForecastError(known, 3 * stepMs)).toBeGreaterThan(toForecastError(known, stepMs));
  });
});

test('the smooth box jitters less than what is detected', () => {
  const error = 0.1;
  const random = createRandom(7);
  let motion = startMotion(toBoxAt(0.5));
  let [raw, smooth] = [0, 0];
  for (let n = 0; n < 200; n++) {
    const off = 0.1 * error * (2 * random() - 1);
    motion = followMotion(motion, toBoxAt(0.5 + off), 40);
    raw += off ** 2;
    smooth += ((toSmoothBox(motion)[0] + toSmoothBox(motion)[2]) / 2 - 0.5) ** 2;
  }
  expect(smooth).toBeLessThan(0.4 * raw);
});

test('variances stay variances, whatever comes', () => {
  const sighting = fc.record({
    x: fc.double({ min: -2, max: 3, noNaN: true }),
    elapsedMs: fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 86_400_000 })),
  });
  fc.assert(
    fc.property(fc.array(sighting, { maxLength: 60 }), (sightings) => {
      let motion = startMotion(toBoxAt(0.5));
      for (const { x, elapsedMs } of sightings) {
        motion = followMotion(motion, toBoxAt(x), elapsedMs);
        const { placeVariance, speedVariance, covariance, width, height } = motion;
        expect(placeVariance).toBeGreaterThan(0);
        expect(speedVariance).toBeGreaterThan(0);
        expect(covariance ** 2).toBeLessThanOrEqual(placeVariance * speedVariance * (1 + 1e-6));
        expect(width).toBeCloseTo(0.1, 9);
        expect(height).toBeCloseTo(0.2, 9);
      }
    }),
  );
});
