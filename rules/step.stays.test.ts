import { describe, expect, test } from 'vitest';
import type { Box } from '../domain/mod.ts';
import { moveBox, pass, stand, toActor, visit } from './test-support/actors.ts';
import { createScene, foldBatches, listOf } from './test-support/fold.ts';
import { type Actor, epochMs, filmStreet, type StreetOptions } from './test-support/street.ts';

const place: Box = [0.4, 0.45, 0.52, 0.6];
const busAhead: Box = [0.36, 0.38, 0.62, 0.75];
const passingLane: Box = [0, 0.52, 0.14, 0.72];

interface Case {
  readonly name: string;
  readonly actors: readonly Actor[];
  readonly options?: Partial<StreetOptions>;
  readonly gapMs?: number;
  /** Seconds [from, to] of each candidate that must be raised, in order of time; `null`: still there. */
  readonly raised: readonly (readonly [number, number | null])[];
  readonly unknownS?: number;
}

const cases: readonly Case[] = [
  { name: 'already parked at the first frame', actors: [stand(place, 0, 120)], raised: [[0, null]] },
  { name: 'comes, stays, goes', actors: [visit(place, 10, 80, 4)], raised: [[10, 80]] },
  {
    name: 'too short a stay',
    actors: [visit(place, 10, 36, 4)],
    raised: [],
  },
  {
    name: 'a bus in front for 20 s, longer than the rule bridges',
    actors: [stand(place, 0, 120), stand(busAhead, 50, 70, { class: 'bus' })],
    gapMs: 10_000,
    raised: [[0, null]],
    unknownS: 20,
  },
  {
    name: 'a neighbour drives past in front',
    actors: [stand(place, 0, 120), pass(passingLane, 40, 0.15)],
    raised: [[0, null]],
  },
  {
    name: 'traffic drives past in front all the time',
    actors: [stand(place, 0, 120), ...Array.from({ length: 20 }, (_, i) => pass(passingLane, 6 * i, 0.25))],
    raised: [[0, null]],
  },
  {
    name: 'no pictures for 45 s',
    actors: [stand(place, 0, 120)],
    options: { isHole: (s) => s > 40 && s < 85 },
    raised: [[0, null]],
    unknownS: 45,
  },
  {
    name: 'one leaves and another takes its place within 5 s',
    actors: [visit(place, 0, 50, 2), visit(moveBox(place, 0.01, 0.005), 55, 300, 2)],
    raised: [
      [0, 50],
      [55, null],
    ],
  },
  {
    name: 'one leaves and a like one takes exactly its place within 5 s',
    actors: [visit(place, 0, 50, 2.5), visit(place, 55, 300, 2.5)],
    raised: [
      [0, 50],
      [55, null],
    ],
  },
  {
    name: 'two visits, each shorter than legal',
    actors: [visit(place, 10, 34, 4), visit(place, 50, 74, 4)],
    raised: [],
  },
  {
    name: 'two parked side by side',
    actors: [stand(place, 0, 120), stand(moveBox(place, 0.13, 0), 0, 120)],
    raised: [
      [0, null],
      [0, null],
    ],
  },
  {
    name: 'unseen for 20 s with the place in view',
    actors: [stand(place, 0, 50), stand(place, 70, 120)],
    raised: [[0, null]],
  },
  {
    name: 'seen as car and as truck at once',
    actors: [stand(place, 0, 120), stand(moveBox(place, 0.004, 0), 0, 120, { class: 'truck', score: 0.6 })],
    raised: [[0, null]],
  },
  {
    name: 'haze: the score falls below half for a minute',
    actors: [stand(place, 0, 30), stand(place, 30.05, 90, { score: 0.3 }), stand(place, 90.05, 120)],
    raised: [[0, null]],
  },
  {
    name: 'the camera shakes',
    actors: [stand(place, 0, 120)],
    options: { shake: 0.01 },
    raised: [[0, null]],
  },
  {
    name: 'creeping forward',
    actors: [toActor((s) => moveBox(place, s * 0.002, 0))],
    raised: [],
  },
  {
    name: 'passing traffic only',
    actors: Array.from({ length: 40 }, (_, i) => pass([0, 0.45, 0.12, 0.6], 3 * i, 0.13 + (i % 5) * 0.03)),
    raised: [],
  },
  { name: 'footprint outside the zone', actors: [stand(moveBox(place, 0, 0.2), 0, 120)], raised: [] },
  {
    name: 'parked on the edge of the zone',
    actors: [stand(moveBox(place, 0, 0.098), 0, 120)],
    raised: [[0, null]],
  },
  { name: 'another family of things', actors: [stand(place, 0, 120, { class: 'person' })], raised: [] },
  { name: 'too low a score', actors: [stand(place, 0, 120, { score: 0.3 })], raised: [] },
];

const steps = [200, 1000, 2000];

describe.each(cases)('$name', ({ actors, options, gapMs, raised, unknownS }) => {
  test.each(steps.flatMap((stepMs) => [1, 2, 3].map((seed) => [stepMs, seed] as const)))(
    'a sample every %d ms, seed %d',
    (stepMs, seed) => {
      const batches = filmStreet(actors, { seconds: 120, stepMs, seed, jitter: 0.03, ...options });
      const folded = foldBatches(batches, createScene([gapMs === undefined ? {} : { gapMs }]));
      const found = listOf(folded, 'raised').toSorted((a, b) => a.fromMs - b.fromMs);
      expect(found.map((facts) => toSeconds(facts.fromMs))).toEqual(
        raised.map(([from]) =>
          expect.toSatisfy((s: number) => Math.abs(s - from) <= 1 + (2 * stepMs) / 1000),
        ),
      );
      const toleranceS = 0.5 + (2 * stepMs) / 1000;
      for (const [index, [, to]] of raised.entries()) {
        const end = listOf(folded, 'ended').find((facts) => facts.id === found[index]?.id);
        if (to === null) expect(end).toBeUndefined();
        else expect(Math.abs(toSeconds(end?.toMs ?? 0) - to)).toBeLessThanOrEqual(toleranceS);
      }
      for (const presence of folded.state.presences) {
        const { seenMs, bridgedMs, unknownMs } = presence;
        expect(seenMs + bridgedMs + unknownMs).toBe(presence.lastSeenMs - presence.fromMs);
        if (unknownS !== undefined && presence.phase === 'raised')
          expect(Math.abs(unknownMs / 1000 - unknownS)).toBeLessThanOrEqual(toleranceS);
      }
    },
  );
});

function toSeconds(ms: number): number {
  return (ms - epochMs) / 1000;
}
