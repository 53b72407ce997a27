import type { Box, DetectionBatch, Rule, ViewProblem } from '../../domain/mod.ts';
import { moveBox, pass, queue, stand, toActor, visit } from './actors.ts';
import { spoilView } from './disturb.ts';
import { toSchedule } from './hours.ts';
import { type Actor, filmStreet, type StreetOptions } from './street.ts';

const place: Box = [0.4, 0.45, 0.52, 0.6];
const busAhead: Box = [0.36, 0.38, 0.62, 0.75];
const passingLane: Box = [0, 0.52, 0.14, 0.72];
const queueHead: Box = [0.82, 0.45, 0.94, 0.6];

export interface StayCase {
  readonly name: string;
  readonly actors: readonly Actor[];
  readonly options?: Partial<StreetOptions>;
  /** Other than onset 5 s, legal 30 s, gap 30 s. */
  readonly rule?: Partial<Rule>;
  /** When the view is bad. */
  readonly badView?: readonly [problem: ViewProblem, fromS: number, toS: number];
  /** With lost detections it is tried at samplings up to this one: slower, all that tells it from another story may be lost. */
  readonly lossyUpToMs?: number;
  /** Seconds [from, to] of each candidate that must be raised, in order of time; `null`: still there. */
  readonly raised: readonly (readonly [number, number | null])[];
  readonly unknownS?: number;
  /** How much later a start may be found: how long it takes to notice what the count waits for. */
  readonly latenessS?: number;
}

export interface Sampling {
  readonly stepMs: number;
  /** Part of the detections that are lost. */
  readonly dropOut: number;
  readonly seed: number;
}

/** Two minutes of a case. */
export function filmStay({ actors, options, badView }: StayCase, sampling: Sampling): DetectionBatch[] {
  const batches = filmStreet(actors, { seconds: 120, jitter: 0.03, ...sampling, ...options });
  return badView === undefined ? batches : spoilView(batches, badView);
}

/** What happens on the street, and what must be raised. */
export const stayCases: readonly StayCase[] = [
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
    rule: { gapMs: 15_000 },
    raised: [[0, null]],
    unknownS: 20,
  },
  {
    name: 'an ID switch to a neighbour that drives past in front',
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
    lossyUpToMs: 200,
    actors: [visit(place, 0, 50, 2), visit(moveBox(place, 0.01, 0.005), 55, 300, 2)],
    raised: [
      [0, 50],
      [55, null],
    ],
  },
  {
    name: 'one leaves and a like one takes exactly its place within 5 s',
    lossyUpToMs: 200,
    actors: [visit(place, 0, 50, 2.5), visit(place, 55, 300, 2.5)],
    raised: [
      [0, 50],
      [55, null],
    ],
  },
  {
    name: 'two visits, each shorter than legal',
    lossyUpToMs: 1000,
    actors: [visit(place, 10, 34, 4), visit(place, 50, 74, 4)],
    raised: [],
  },
  {
    name: 'two visits of 6 s at a limit of 10 s',
    actors: [visit(place, 10, 16, 3), visit(place, 60, 66, 3)],
    rule: { onsetMs: 2000, legalMs: 10_000 },
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
  {
    name: 'half in the zone, on ground that is not',
    actors: [stand(moveBox(place, 0, 0.13), 0, 120)],
    raised: [],
  },
  {
    name: 'half in the zone, on ground that is',
    actors: [stand(moveBox(place, 0, -0.12), 0, 120)],
    raised: [[0, null]],
  },
  {
    name: 'the camera has moved for good',
    actors: [stand(place, 0, 120)],
    badView: ['moved', 20, 120],
    raised: [],
  },
  {
    name: 'the camera has moved and comes back',
    actors: [stand(place, 0, 120)],
    badView: ['moved', 20, 80],
    raised: [[0, null]],
    unknownS: 60,
  },
  {
    name: 'a permitted window begins during a stay',
    actors: [stand(place, 0, 120)],
    rule: { schedule: toSchedule(null, [[20, 300]]) },
    raised: [],
  },
  {
    name: 'a permitted window ends during a stay',
    actors: [stand(place, 0, 120)],
    rule: { schedule: toSchedule(null, [[-60, 60]]) },
    raised: [[60, null]],
  },
  {
    name: 'in force from an hour before which the car was there already',
    actors: [stand(place, 0, 120)],
    rule: { schedule: toSchedule([50, 300]) },
    raised: [[50, null]],
  },
  {
    name: 'a queue at a red light',
    actors: queue(queueHead, 5, 16, 76),
    raised: [],
  },
  {
    name: 'a queue of which one stays when the others have gone',
    actors: [...queue(queueHead, 3, 16, 68), visit(moveBox(queueHead, -0.39, 0), 25, 300, 4)],
    options: { seconds: 150 },
    raised: [[70, null]],
    latenessS: 12,
  },
  { name: 'another family of things', actors: [stand(place, 0, 120, { class: 'person' })], raised: [] },
  { name: 'too low a score', actors: [stand(place, 0, 120, { score: 0.3 })], raised: [] },
];
