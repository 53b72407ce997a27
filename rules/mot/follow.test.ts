import { expect, test } from 'vitest';
import type { Detection } from '../../domain/mod.ts';
import { createFollower, type FollowedBox } from './mod.ts';

function see(x: number, score = 0.9): Detection {
  return { class: 'person', score, box: [x, 0.4, x + 0.05, 0.6] };
}

/** Follows one walker, seen in the given frames of `frames`. */
function follow(seenIn: readonly number[], frames: number, interpolate: boolean, score = 0.9): FollowedBox[] {
  const follower = createFollower(40, interpolate);
  const found: FollowedBox[] = [];
  for (let frame = 1; frame <= frames; frame++)
    found.push(...follower.next(frame, seenIn.includes(frame) ? [see(0.1 + 0.002 * frame, score)] : []));
  return [...found, ...follower.end()];
}

test.each<[string, number[], boolean, number[]]>([
  ['seen twice is no track', [1, 2], false, []],
  ['seen three times counts from the first', [1, 2, 3], false, [1, 2, 3]],
  ['gaps stay gaps', [1, 2, 3, 7, 8], false, [1, 2, 3, 7, 8]],
  ['gaps are filled', [1, 2, 3, 7, 8], true, [1, 2, 3, 4, 5, 6, 7, 8]],
  ['nor is anything added after the last sight', [1, 2, 3], true, [1, 2, 3]],
  ['filled from before it was a track', [1, 4, 5], true, [1, 2, 3, 4, 5]],
])('%s', (_name, seenIn, interpolate, expected) => {
  const found = follow(seenIn, 100, interpolate);
  expect(found.map(({ frame }) => frame)).toEqual(expected);
  expect(new Set(found.map(({ id }) => id)).size).toBe(expected.length > 0 ? 1 : 0);
});

test('what fills a gap lies on the way', () => {
  const found = follow([1, 2, 3, 4, 5, 6, 12, 13, 14], 40, true);
  for (const { frame, box } of found) expect(Math.abs(box[0] - (0.1 + 0.002 * frame))).toBeLessThan(0.004);
});

test('a weak detection begins no track', () => {
  expect(follow([1, 2, 3, 4, 5], 10, false, 0.6)).toEqual([]);
});

test('frames come in order, and nothing is held once all have gone', () => {
  const follower = createFollower(40, true);
  const found: FollowedBox[] = [];
  for (let frame = 1; frame <= 300; frame++) {
    const walkers = [0, 1, 2].flatMap((n) =>
      frame > 40 * n && frame < 120 && frame % (n + 2) > 0 ? [n] : [],
    );
    found.push(
      ...follower.next(
        frame,
        walkers.map((n) => see(0.1 + 0.25 * n + 0.0005 * frame)),
      ),
    );
  }
  expect(follower.isIdle()).toBe(true);
  expect(follower.end()).toEqual([]);
  const keys = found.map(({ frame, id }) => frame * 1000 + id);
  expect(keys).toEqual(keys.toSorted((a, b) => a - b));
  expect(new Set(found.map(({ id }) => id)).size).toBe(3);
});
