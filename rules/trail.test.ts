import { expect, test } from 'vitest';
import type { Sighting } from '../domain/mod.ts';
import { extendTrail, findMiddle, startTrail } from './trail.ts';

function seeAt(seconds: number): Sighting {
  return { capturedAtMs: seconds * 1000, ptsMs: seconds * 1000, box: [0, 0, 1, 1], score: 1 };
}

test.each([1, 5, 20, 100, 5000])(
  'after %d more sightings the middle is near the middle and the trail is short',
  (count) => {
    let trail = startTrail(seeAt(0));
    for (let second = 1; second <= count; second++) trail = extendTrail(trail, seeAt(second));
    expect(trail.sightings.length).toBeLessThanOrEqual(16);
    expect(trail.sightings[0]).toEqual(seeAt(0));
    const middle = findMiddle(trail, 0, count * 1000);
    expect(Math.abs(middle.capturedAtMs / 1000 - count / 2)).toBeLessThanOrEqual(Math.max(1, count / 8));
  },
);
