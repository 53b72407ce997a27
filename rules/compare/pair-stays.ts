import { matchMost } from '../scoring/match-most.ts';
import { type Stay, toLikeness } from './stay.ts';

export interface StayPairs {
  /** Places in the two lists. */
  readonly pairs: readonly (readonly [before: number, after: number])[];
  readonly onlyBefore: readonly number[];
  readonly onlyAfter: readonly number[];
}

/** Pairs the stays of two lists that are the same thing, each at most once, as many as possible. */
export function pairStays(before: readonly Stay[], after: readonly Stay[]): StayPairs {
  const byCamera = new Map<string, number[]>();
  for (const [index, { camera }] of after.entries()) {
    const list = byCamera.get(camera);
    if (list === undefined) byCamera.set(camera, [index]);
    else list.push(index);
  }
  const options = before.map((stay) =>
    (byCamera.get(stay.camera) ?? [])
      .map((index) => ({ index, likeness: toLikeness(stay, after[index] as Stay) }))
      .filter(({ likeness }) => likeness > 0)
      .toSorted((a, b) => b.likeness - a.likeness)
      .map(({ index }) => index),
  );
  const matched = matchMost(options);
  const pairs = matched.flatMap((right, left) => (right === null ? [] : [[left, right] as const]));
  const taken = new Set(matched);
  return {
    pairs,
    onlyBefore: [...before.keys()].filter((index) => matched[index] === null),
    onlyAfter: [...after.keys()].filter((index) => !taken.has(index)),
  };
}
