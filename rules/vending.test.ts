import { describe, expect, test } from 'vitest';
import type { Box, ObjectClass } from '../domain/mod.ts';
import { createRulesState, type RulesState, step } from './mod.ts';
import { moveBox, pass, stand, toActor, visit } from './test-support/actors.ts';
import { createOffenceScene, foldBatches, listOf } from './test-support/fold.ts';
import { createRandom } from './test-support/random.ts';
import { type Actor, epochMs, filmStreet } from './test-support/street.ts';

const trike: Box = [0.4, 0.5, 0.48, 0.6];
const umbrella: Box = [0.39, 0.4, 0.49, 0.48];
const table: Box = [0.41, 0.52, 0.48, 0.6];
/** A person of 1.7 m beside the tricycle of about 2 m. */
const vendor: Box = [0.485, 0.46, 0.52, 0.6];
const customer: Box = [0.36, 0.48, 0.395, 0.62];

/** Somebody who is there from one second to another and treads about: a step now and then, back after a while. */
function tend(box: Box, fromS: number, toS: number, seed = 1): Actor {
  const random = createRandom(seed);
  const steps = Array.from({ length: 400 }, () => (random() < 0.3 ? (random() - 0.5) * 0.03 : 0));
  return toActor(
    (s) => (s < fromS || s > toS ? null : moveBox(box, steps[Math.floor(s / 7) % 400] ?? 0, 0)),
    { class: 'person' },
  );
}

/** People who walk past on both sides of the tricycle, one every `everyS` seconds. */
function flow(fromS: number, toS: number, everyS: number, seed = 1): Actor[] {
  const random = createRandom(seed);
  const people: Actor[] = [];
  for (let s = fromS - 10; s < toS; s += everyS * (0.5 + random())) {
    const [x, speed, lane] = [0, 0.05 + 0.06 * random(), 0.03 * random()];
    const walker = pass([x, 0.46 + lane, 0.035, 0.6 + lane], 0, speed, { class: 'person' });
    const startS = s;
    const isBack = random() < 0.5;
    people.push(
      toActor(
        (at) => {
          const box = walker.at(at - startS);
          if (box === null || at > toS) return null;
          return isBack ? [1 - box[2], box[1], 1 - box[0], box[3]] : box;
        },
        { class: 'person' },
      ),
    );
  }
  return people;
}

interface VendingCase {
  readonly name: string;
  readonly actors: readonly Actor[];
  readonly classes?: readonly ObjectClass[];
  /** Seconds from which each candidate counts. */
  readonly raised: readonly number[];
  /** By how many seconds the count may begin before somebody stays: in a stream of people. */
  readonly earlyS?: number;
  /** A sample at least this often, seconds; default: any. */
  readonly maxStepS?: number;
}

const still = (box: Box, objectClass: ObjectClass, fromS = 0, toS = 600) =>
  stand(box, fromS, toS, { class: objectClass });

const vendingCases: readonly VendingCase[] = [
  { name: 'a stall class at rest, nobody seen', actors: [still(trike, 'vendor_stall', 20)], raised: [20] },
  {
    name: 'a tricycle with a vendor',
    actors: [still(trike, 'tricycle', 20), tend(vendor, 20, 600)],
    raised: [20],
  },
  { name: 'a cart with a vendor', actors: [still(trike, 'cart', 20), tend(vendor, 20, 600)], raised: [20] },
  {
    name: 'an umbrella with a vendor',
    actors: [still(umbrella, 'umbrella', 20), tend(vendor, 20, 600)],
    raised: [20],
  },
  {
    name: 'something nameless with a vendor',
    actors: [still(table, 'object', 20), tend(vendor, 20, 600)],
    raised: [20],
  },
  {
    name: 'a vendor behind the tricycle',
    actors: [still(trike, 'tricycle', 20), tend([0.43, 0.42, 0.46, 0.56], 20, 600)],
    raised: [20],
  },
  {
    name: 'what the detector calls cart, tricycle and goods in turn',
    actors: [stand(trike, 20, 600, { labels: ['cart', 'tricycle', 'goods'] }), tend(vendor, 20, 600)],
    raised: [20],
  },
  { name: 'a parked tricycle', actors: [still(trike, 'tricycle')], raised: [] },
  { name: 'an umbrella that stands alone', actors: [still(umbrella, 'umbrella')], raised: [] },
  {
    name: 'people who wait where nothing stands',
    actors: [tend(vendor, 0, 600), tend(customer, 0, 600)],
    raised: [],
  },
  { name: 'a bicycle with somebody', actors: [still(trike, 'bicycle'), tend(vendor, 0, 600)], raised: [] },
  {
    name: 'somebody who stands too far off',
    actors: [still(trike, 'tricycle'), tend(moveBox(vendor, 0.15, 0), 0, 600)],
    raised: [],
  },
  {
    name: 'a parked tricycle in a stream of people',
    actors: [still(trike, 'tricycle'), ...flow(0, 600, 4)],
    raised: [],
  },
  {
    name: 'a parked tricycle in a dense stream of people',
    actors: [still(trike, 'tricycle'), ...flow(0, 600, 2)],
    raised: [],
    maxStepS: 2,
  },
  {
    name: 'a vendor in a stream of people',
    actors: [still(trike, 'tricycle', 20), tend(vendor, 20, 600), ...flow(0, 600, 4)],
    raised: [20],
  },
  {
    name: 'umbrellas that walkers carry',
    actors: [3, 40, 90, 140, 200].flatMap((s) => [
      pass([0, 0.42, 0.05, 0.47], s, 0.05, { class: 'umbrella' }),
      pass([0.01, 0.46, 0.045, 0.6], s, 0.05, { class: 'person' }),
    ]),
    raised: [],
  },
  {
    name: 'a vendor who steps away for a minute',
    actors: [still(trike, 'tricycle', 20), tend(vendor, 20, 80), tend(vendor, 140, 600)],
    raised: [20],
  },
  {
    name: 'a vendor who soon steps away for a minute',
    actors: [still(trike, 'tricycle', 20), tend(vendor, 20, 55), tend(vendor, 115, 600)],
    raised: [20],
  },
  {
    name: 'customers come and go while the vendor stays',
    actors: [
      still(trike, 'tricycle', 20),
      tend(vendor, 20, 600),
      ...[60, 100, 130, 190].map((s) => visit(customer, s, s + 25, 5, { class: 'person' })),
    ],
    raised: [20],
  },
  {
    name: 'somebody who looks at a parked tricycle now and then',
    actors: [still(trike, 'tricycle'), ...[50, 150, 250, 350, 450].map((s) => tend(vendor, s, s + 15))],
    raised: [],
  },
  {
    name: 'a tricycle that was parked for minutes before the vendor came',
    actors: [still(trike, 'tricycle'), tend(vendor, 240, 600)],
    raised: [240],
  },
  {
    name: 'the same in a stream of people',
    actors: [still(trike, 'tricycle'), tend(vendor, 240, 600), ...flow(0, 600, 8)],
    raised: [240],
    earlyS: 20,
  },
  {
    name: 'a vendor for less than the limit',
    actors: [visit(trike, 20, 180, 4, { class: 'tricycle' }), tend(vendor, 20, 180)],
    raised: [],
  },
  {
    name: 'a stall, its umbrella, its cart and its goods',
    actors: [
      still(umbrella, 'umbrella', 20),
      still(table, 'vendor_stall', 25),
      still([0.47, 0.51, 0.53, 0.61], 'cart', 30),
      still([0.42, 0.6, 0.46, 0.63], 'goods', 35),
      tend(vendor, 20, 600),
    ],
    raised: [20],
  },
  {
    name: 'the umbrella is folded after a while, the cart stays',
    actors: [still(umbrella, 'umbrella', 20, 300), still(table, 'cart', 20), tend(vendor, 20, 600)],
    raised: [20],
  },
  {
    name: 'an umbrella whose canopy hangs above the zone, with a vendor below',
    actors: [still([0.4, 0.3, 0.48, 0.36], 'umbrella', 20), tend(moveBox(vendor, -0.06, -0.1), 20, 600)],
    raised: [20],
  },
  {
    name: 'one so high that it stands beyond the zone',
    actors: [still([0.4, 0.18, 0.48, 0.24], 'umbrella', 20), tend(moveBox(vendor, -0.06, -0.2), 20, 600)],
    raised: [],
  },
  {
    name: 'two stalls side by side',
    actors: [still(trike, 'vendor_stall', 20), still(moveBox(trike, 0.083, 0), 'vendor_stall', 60)],
    raised: [20, 60],
  },
  {
    name: 'two umbrellas with tables side by side',
    actors: [
      still(umbrella, 'umbrella', 20),
      still(table, 'goods', 20),
      still(moveBox(umbrella, 0.105, 0), 'umbrella', 60),
      still(moveBox(table, 0.105, 0), 'goods', 60),
      tend([0.42, 0.42, 0.45, 0.56], 20, 600, 3),
      tend([0.53, 0.42, 0.56, 0.56], 60, 600, 4),
    ],
    raised: [20, 60],
  },
  {
    name: 'one vendor leaves and another takes the place',
    actors: [
      visit(trike, 20, 250, 5, { class: 'vendor_stall' }),
      visit(moveBox(trike, 0.005, 0), 270, 700, 5, { class: 'vendor_stall' }),
    ],
    raised: [20, 270],
  },
  {
    name: 'classes of the rule: umbrellas only',
    classes: ['umbrella'],
    actors: [still(trike, 'tricycle'), tend(vendor, 0, 600)],
    raised: [],
  },
];

describe.each(vendingCases)('$name', ({ actors, classes, raised, earlyS = 1, maxStepS = 5 }) => {
  const runs = [
    [250, 1],
    [500, 2],
    [1000, 3],
    [2000, 4],
  ] as const;
  test.each(runs.filter(([stepMs]) => stepMs <= maxStepS * 1000))(
    'a sample every %d ms, seed %d',
    (stepMs, seed) => {
      const batches = filmStreet(actors, { seconds: 480, stepMs, seed, jitter: 0.03, dropOut: 0.05 });
      const scene = createOffenceScene({ offence: 'street_vending', ...(classes && { classes }) });
      const folded = foldBatches(batches, scene);
      const found = listOf(folded, 'raised').toSorted((a, b) => a.fromMs - b.fromMs);
      const slackS = 2 + (3 * stepMs) / 1000;
      expect(found.map((facts) => toSeconds(facts.fromMs))).toEqual(
        raised.map((from) => toBeBetween(from - earlyS, from + slackS)),
      );
      expect(found.map((facts) => toSeconds(facts.raisedAtMs ?? 0))).toEqual(
        raised.map((from) => toBeBetween(from + 179, from + 185 + slackS)),
      );
      for (const facts of found) expect(facts.dwellMs).toBeGreaterThanOrEqual(facts.legalMs);
    },
  );
});

function toSeconds(ms: number): number {
  return (ms - epochMs) / 1000;
}

function toBeBetween(from: number, to: number): unknown {
  return expect.toSatisfy((s: number) => s >= from && s <= to, `${from} - ${to}`);
}

test('a candidate by its signs says how long somebody stayed', () => {
  const actors = [still(trike, 'tricycle'), tend(vendor, 0, 100), tend(vendor, 130, 600)];
  const batches = filmStreet(actors, { seconds: 200, stepMs: 1000 });
  const [facts] = listOf(foldBatches(batches, createOffenceScene({ offence: 'street_vending' })), 'raised');
  expect(facts?.attendedMs).toBeGreaterThan(145_000);
  expect(facts?.attendedMs).toBeLessThanOrEqual(155_000);
  expect(facts?.explanation).toMatch(/, somebody stayed with it 2 min (2|3)\d s of 3 min, /);
});

test('a stall by its class says nothing of it, and who is with it is remembered in bounds', () => {
  const batches = filmStreet([still(trike, 'vendor_stall', 0, 900), ...flow(0, 900, 3)], {
    seconds: 900,
    stepMs: 1000,
    jitter: 0.05,
  });
  const folded = foldBatches(batches, createOffenceScene({ offence: 'street_vending' }));
  expect(listOf(folded, 'raised')[0]?.attendedMs).toBeNull();
  expect(folded.state.presences).toHaveLength(1);
  expect(JSON.stringify(folded.state.presences).length).toBeLessThan(8000);
});

test('goes on from a checkpoint as if nothing had happened', () => {
  const actors = [
    still(trike, 'tricycle', 20),
    still(umbrella, 'umbrella', 30),
    tend(vendor, 30, 250),
    ...flow(0, 300, 5),
  ];
  const batches = filmStreet(actors, { seconds: 300, stepMs: 1000, jitter: 0.04, dropOut: 0.2 });
  const scene = createOffenceScene({ offence: 'street_vending' });
  const whole = foldBatches(batches, scene);
  let state = createRulesState();
  const events = [];
  for (const batch of batches) {
    const folded = step(JSON.parse(JSON.stringify(state)) as RulesState, scene, batch);
    state = folded.state;
    events.push(...folded.events);
  }
  expect(listOf(whole, 'raised')).toHaveLength(1);
  expect(events).toEqual(whole.events);
  expect(state).toEqual(whole.state);
});
