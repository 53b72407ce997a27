import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CandidateEvent, CandidateFacts } from '../domain/mod.ts';
import { createPlaceState, type PlaceState, stepPlace } from './shared-place.ts';
import { stand } from './test-support/actors.ts';
import { createScene, foldBatches } from './test-support/fold.ts';
import { epochMs, filmStreet, toBatch } from './test-support/street.ts';

const cooldownMs = 600_000;
const scene = createScene([{ congestion: 'ignore', place: 'market' }]);
const template = foldBatches(
  filmStreet([stand([0.4, 0.45, 0.52, 0.6], 0, 40)], { seconds: 40, stepMs: 1000 }),
  scene,
).events.find(({ type }) => type === 'raised') as CandidateEvent;

interface Said {
  readonly type?: CandidateEvent['type'];
  readonly camera: string;
  readonly id: string;
  /** Seconds. */
  readonly fromS: number;
  readonly atS?: number;
  readonly toS?: number;
  readonly more?: Partial<CandidateFacts>;
}

function say({ type = 'raised', camera, id, fromS, atS = fromS + 30, toS, more }: Said): CandidateEvent {
  const toMs = toS === undefined ? null : epochMs + toS * 1000;
  return {
    v: 1,
    type,
    atMs: epochMs + atS * 1000,
    candidate: {
      ...template.candidate,
      id,
      camera,
      presentSinceMs: epochMs + fromS * 1000,
      toMs,
      raisedAtMs: epochMs + (fromS + 30) * 1000,
      ...more,
    },
  };
}

function judge(
  said: readonly Said[],
  from = createPlaceState(),
): { events: CandidateEvent[]; state: PlaceState } {
  let state = from;
  const events = said.map((each) => {
    const result = stepPlace(state, say(each), cooldownMs);
    state = result.state;
    return result.event;
  });
  return { events, state };
}

/** The candidates that were raised, and of those held which they are held for. */
function listOutcome(said: readonly Said[]): string[] {
  return judge(said).events.flatMap(({ type, candidate }) =>
    type === 'raised'
      ? [candidate.id]
      : type === 'suppressed'
        ? [`${candidate.id} as ${candidate.suppressed?.duplicateOf}`]
        : [],
  );
}

const a = (id: string, fromS: number, more: Partial<Said> = {}): Said => ({
  camera: 'cam-a',
  id,
  fromS,
  ...more,
});
const b = (id: string, fromS: number, more: Partial<Said> = {}): Said => ({
  camera: 'cam-b',
  id,
  fromS,
  ...more,
});
const c = (id: string, fromS: number): Said => ({ camera: 'cam-c', id, fromS });

test.each<[string, Said[], string[]]>([
  ['one thing, two cameras', [a('a1', 0), b('b1', 3)], ['a1', 'b1 as a1']],
  ['one thing, three cameras', [a('a1', 0), b('b1', 3), c('c1', 1)], ['a1', 'b1 as a1', 'c1 as a1']],
  ['two things of one camera', [a('a1', 0), a('a2', 1)], ['a1', 'a2']],
  [
    'three things that were there from the start',
    [a('a1', 0), a('a2', 0), a('a3', 0), b('b1', 2), b('b2', 2), b('b3', 2)],
    ['a1', 'a2', 'a3', 'b1 as a1', 'b2 as a2', 'b3 as a3'],
  ],
  [
    'one more than the other camera sees',
    [a('a1', 0), b('b1', 2), b('b2', 2), a('a2', 300), b('b3', 301)],
    ['a1', 'b1 as a1', 'b2', 'a2', 'b3 as a2'],
  ],
  [
    'both things 8 s later by the other clock',
    [a('a1', 0), a('a2', 10), b('b1', 8), b('b2', 18)],
    ['a1', 'a2', 'b1 as a1', 'b2 as a2'],
  ],
  ['another arrival', [a('a1', 0), b('b1', 16)], ['a1', 'b1']],
  [
    'another arrival, but clocks that are 2 s off',
    [a('a1', 0, { more: { clockErrorMs: 1000 } }), b('b1', 16, { more: { clockErrorMs: 1000 } })],
    ['a1', 'b1 as a1'],
  ],
  ['another kind of thing', [a('a1', 0), b('b1', 3, { more: { class: 'person' } })], ['a1', 'b1']],
  [
    'a car that the other calls a lorry',
    [a('a1', 0), b('b1', 3, { more: { class: 'truck' } })],
    ['a1', 'b1 as a1'],
  ],
  ['another offence', [a('a1', 0), b('b1', 3, { more: { offence: 'clutter' } })], ['a1', 'b1']],
  [
    'raised by the second after the first has ended',
    [a('a1', 0), a('a1', 0, { type: 'ended', atS: 40, toS: 38 }), b('b1', 3, { atS: 90 })],
    ['a1', 'b1 as a1'],
  ],
  [
    'raised by the second long after the first has ended',
    [a('a1', 0), a('a1', 0, { type: 'ended', atS: 40, toS: 38 }), b('b1', 3, { atS: 700 })],
    ['a1', 'b1'],
  ],
  [
    'the first had gone before the second came',
    [a('a1', 0), a('a1', 0, { type: 'ended', atS: 40, toS: 5 }), b('b1', 9)],
    ['a1', 'b1'],
  ],
  [
    'a further round of both',
    [
      a('a1', 0),
      b('b1', 3),
      a('a1r', 0, { atS: 60, more: { repeatOf: 'a1' } }),
      b('b1r', 3, { atS: 63, more: { repeatOf: 'b1' } }),
    ],
    ['a1', 'b1 as a1', 'a1r', 'b1r as a1'],
  ],
  [
    'a further round of the one that stays',
    [
      a('a1', 0),
      b('b1', 3),
      a('a1', 0, { type: 'ended', atS: 50, toS: 45 }),
      b('b1r', 3, { atS: 63, more: { repeatOf: 'b1' } }),
    ],
    ['a1', 'b1 as a1', 'b1r'],
  ],
])('%s', (_name, said, expected) => {
  expect(listOutcome(said)).toEqual(expected);
});

test('what is held says so until it ends, with numbers; the rest is not touched', () => {
  const { events } = judge([
    a('a1', 0),
    b('b1', 3),
    b('b1', 3, { type: 'updated', atS: 60 }),
    a('a1', 0, { type: 'ended', atS: 70, toS: 65 }),
    b('b1', 3, { type: 'updated', atS: 90 }),
    b('b1', 3, { type: 'ended', atS: 99, toS: 95 }),
    b('b0', 3, { type: 'opened' }),
  ]);
  expect(events.map(({ type }) => type)).toEqual([
    'raised',
    'suppressed',
    'updated',
    'ended',
    'updated',
    'ended',
    'opened',
  ]);
  for (const index of [1, 2, 4, 5])
    expect(events[index]?.candidate).toMatchObject({
      raisedAtMs: null,
      suppressed: {
        reason: 'duplicate',
        sinceMs: epochMs + 33_000,
        duplicateOf: 'a1',
        explanation:
          'camera cam-a sees the same place ("market") and has raised a vehicle that was there first 3 s earlier: candidate a1',
      },
    });
  for (const index of [0, 3, 6]) expect(events[index]?.candidate.suppressed).toBeNull();
});

test('a year of things leaves little behind, and a thing that nobody ends is forgotten', () => {
  let state = createPlaceState();
  for (let i = 0; i < 2000; i++) {
    const fromS = i * 900;
    const more = i % 3 === 0 ? {} : { toS: fromS + 100 };
    state = judge(
      [a(`a${i}`, fromS), a(`a${i}`, fromS, { type: 'ended', atS: fromS + 101, ...more })],
      state,
    ).state;
  }
  expect(state.stays.length).toBeLessThan(110);
  expect(state.overflowed).toBe(0);
  for (let i = 0; i < 300; i++) state = judge([a(`x${i}`, 2_000_000)], state).state;
  expect(state.stays.length).toBe(256);
  expect(state.overflowed).toBeGreaterThan(0);
});

test('with cameras that see the same things one candidate is raised per thing, saved and read back anywhere', () => {
  const box = (lane: number) => [0.05 + lane * 0.18, 0.45, 0.17 + lane * 0.18, 0.6] as const;
  const thing = fc.record({
    lane: fc.integer({ min: 0, max: 4 }),
    fromS: fc.integer({ min: 0, max: 60 }),
    staysS: fc.integer({ min: 40, max: 90 }),
  });
  fc.assert(
    fc.property(
      fc.uniqueArray(thing, { selector: ({ lane }) => lane, minLength: 1, maxLength: 5 }),
      fc.integer({ min: -4000, max: 4000 }),
      fc.integer({ min: 0, max: 40 }),
      (things, offsetMs, splitAt) => {
        const actors = things.map(({ lane, fromS, staysS }) => stand([...box(lane)], fromS, fromS + staysS));
        const film = filmStreet(actors, { seconds: 200, stepMs: 1000 });
        const seen = ['cam-a', 'cam-b'].flatMap((camera, index) =>
          foldBatches(
            film.map(({ ptsMs, detections }) =>
              toBatch(ptsMs + index * offsetMs + 10_000, detections, camera),
            ),
            scene,
          ).events.map((event, order) => ({ event, order: event.atMs + index * 0.5 + order * 1e-6 })),
        );
        let state = createPlaceState();
        let raised = 0;
        for (const [index, { event }] of seen.toSorted((one, other) => one.order - other.order).entries()) {
          if (index === splitAt) state = JSON.parse(JSON.stringify(state)) as PlaceState;
          const result = stepPlace(state, event, cooldownMs);
          state = result.state;
          if (result.event.type === 'raised') raised++;
        }
        expect(raised).toBe(things.length);
      },
    ),
    { numRuns: 40 },
  );
});
