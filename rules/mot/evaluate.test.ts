import { describe, expect, test } from 'vitest';
import {
  type ClearConvention,
  evaluateTracking,
  type MotRow,
  type TruthFormat,
  toMotSequence,
} from './mod.ts';

/** A box of 40 x 100 pixels at `x` in each of the frames. */
function place(frames: readonly number[], id: number, x: number, mark = 1, objectClass = -1): MotRow[] {
  return frames.map((frame) => ({
    frame,
    id,
    box: [x, 100, x + 40, 200],
    confidence: mark,
    class: objectClass,
    columns: 9,
    line: 1,
  }));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

interface Case {
  readonly name: string;
  readonly format?: TruthFormat;
  readonly truths: readonly MotRow[];
  readonly found: readonly MotRow[];
  /** MT PT ML FP FN IDs FM, MOTA, MOTP (`null`: no match) of both conventions; one where they agree. */
  readonly clear: readonly (readonly (number | null)[])[];
  readonly identity: readonly [idf1: number, idp: number, idr: number];
  readonly hota: readonly [hota: number, detA: number, assA: number, locA: number];
}

/** Figures as py-motmetrics 1.4.0 and TrackEval 1.3.0 compute them. */
const cases: readonly Case[] = [
  {
    name: 'exactly right',
    truths: place(range(1, 5), 1, 100),
    found: place(range(1, 5), 7, 100),
    clear: [[1, 0, 0, 0, 0, 0, 0, 1, 1]],
    identity: [1, 1, 1],
    hota: [1, 1, 1, 1],
  },
  {
    name: 'a quarter of the width off',
    truths: place(range(1, 4), 1, 100),
    found: place(range(1, 4), 7, 110),
    clear: [[1, 0, 0, 0, 0, 0, 0, 1, 0.6]],
    identity: [1, 1, 1],
    hota: [0.631578947368, 0.631578947368, 0.631578947368, 0.747368421053],
  },
  {
    name: 'half the width off is no match',
    truths: place(range(1, 4), 1, 100),
    found: place(range(1, 4), 7, 120),
    clear: [[0, 0, 1, 4, 4, 0, 0, -1, null]],
    identity: [0, 0, 0],
    hota: [0.315789473684, 0.315789473684, 0.315789473684, 0.789473684211],
  },
  {
    name: 'two exchange their names half-way',
    truths: [...place(range(1, 6), 1, 100), ...place(range(1, 6), 2, 200)],
    found: [
      ...place(range(1, 3), 1, 100),
      ...place(range(4, 6), 2, 100),
      ...place(range(1, 3), 2, 200),
      ...place(range(4, 6), 1, 200),
    ],
    clear: [[2, 0, 0, 0, 0, 2, 0, 0.833333333333, 1]],
    identity: [0.5, 0.5, 0.5],
    hota: [0.57735026919, 1, 0.333333333333, 1],
  },
  {
    name: 'a new name after a gap',
    truths: place(range(1, 10), 1, 100),
    found: [...place(range(1, 4), 5, 100), ...place(range(7, 10), 6, 100)],
    // TrackEval passes over frames without hypotheses, and counts 80 % as partly tracked
    clear: [
      [1, 0, 0, 0, 2, 1, 1, 0.7, 1],
      [0, 1, 0, 0, 2, 1, 0, 0.7, 1],
    ],
    identity: [0.444444444444, 0.5, 0.4],
    hota: [0.565685424949, 0.8, 0.4, 1],
  },
  {
    name: 'the same name after a gap, beside a nearer box of another',
    truths: place(range(1, 7), 1, 100),
    found: [...place([1, 2, 3, 5, 6, 7], 5, 104), ...place([5, 6, 7], 6, 100)],
    clear: [
      [1, 0, 0, 3, 1, 0, 1, 0.428571428571, 0.818181818182],
      [1, 0, 0, 3, 1, 0, 0, 0.428571428571, 0.818181818182],
    ],
    identity: [0.75, 0.666666666667, 0.857142857143],
    hota: [0.603904981558, 0.505263157895, 0.721804511278, 0.846889952153],
  },
  {
    name: 'kept although a box of another is nearer',
    truths: place(range(1, 5), 1, 100),
    found: [...place(range(1, 5), 5, 106), ...place(range(3, 5), 6, 100)],
    clear: [[1, 0, 0, 3, 0, 0, 0, 0.4, 0.739130434783]],
    identity: [0.769230769231, 0.625, 1],
    hota: [0.582524832136, 0.460526315789, 0.736842105263, 0.807780320366],
  },
  {
    name: 'absent for a while, found before and after',
    truths: [...place([1, 2, 6, 7], 1, 100), ...place(range(1, 7), 2, 300)],
    found: [...place([1, 2, 6, 7], 5, 100), ...place(range(1, 7), 6, 300)],
    clear: [
      [2, 0, 0, 0, 0, 0, 0, 1, 1],
      [2, 0, 0, 0, 0, 0, 1, 1, 1],
    ],
    identity: [1, 1, 1],
    hota: [1, 1, 1, 1],
  },
  {
    name: 'truth that does not count',
    truths: [...place(range(1, 4), 1, 100, 0), ...place(range(1, 4), 2, 300)],
    found: [...place(range(1, 4), 5, 100), ...place(range(1, 4), 6, 302)],
    clear: [[1, 0, 0, 4, 0, 0, 0, 0, 0.904761904762]],
    identity: [0.666666666667, 0.5, 1],
    hota: [0.669890634808, 0.473684210526, 0.947368421053, 0.90977443609],
  },
  {
    name: 'a standing person (taken out) and a car (a false alarm) among pedestrians',
    format: 'mot16',
    truths: [
      ...place(range(1, 4), 1, 100, 1, 1),
      ...place(range(1, 4), 2, 300, 1, 7),
      ...place(range(1, 4), 3, 500, 1, 3),
    ],
    found: [...place(range(1, 4), 5, 102), ...place(range(1, 4), 6, 302), ...place(range(1, 4), 7, 502)],
    clear: [[1, 0, 0, 4, 0, 0, 0, 0, 0.904761904762]],
    identity: [0.666666666667, 0.5, 1],
    hota: [0.669890634808, 0.473684210526, 0.947368421053, 0.90977443609],
  },
  {
    name: 'a vehicle without motor is taken out in MOT20',
    format: 'mot20',
    truths: [...place(range(1, 4), 1, 100, 1, 1), ...place(range(1, 4), 2, 300, 1, 6)],
    found: [...place(range(1, 4), 5, 102), ...place(range(1, 4), 6, 302)],
    clear: [[1, 0, 0, 0, 0, 0, 0, 1, 0.904761904762]],
    identity: [1, 1, 1],
    hota: [0.947368421053, 0.947368421053, 0.947368421053, 0.90977443609],
  },
  {
    name: 'two pairs rather than the nearest one',
    truths: [...place(range(1, 3), 1, 100), ...place(range(1, 3), 2, 110)],
    found: [...place(range(1, 3), 5, 109), ...place(range(1, 3), 6, 91)],
    clear: [[2, 0, 0, 0, 0, 0, 0, 1, 0.79193628671]],
    identity: [1, 1, 1],
    hota: [0.84428694128, 0.754385964912, 1, 0.85061958031],
  },
  {
    name: 'frames with false alarms only',
    truths: place([2, 4, 6], 1, 100),
    found: [...place(range(1, 7), 5, 100), ...place([1, 3], 9, 400)],
    clear: [[1, 0, 0, 6, 0, 0, 0, -1, 1]],
    identity: [0.5, 0.333333333333, 1],
    hota: [0.377964473009, 0.333333333333, 0.428571428571, 1],
  },
];

describe.each<ClearConvention>(['motmetrics', 'trackeval'])('%s', (convention) => {
  test.each(cases)('$name', ({ format = 'mot15', truths, found, clear, identity, hota }) => {
    const sequence = toMotSequence(
      { file: 'gt.txt', rows: truths },
      { file: 'tracks.txt', rows: found },
      { format, classes: [1] },
    );
    const figures = evaluateTracking(sequence, convention);
    const expected = convention === 'trackeval' ? clear.at(-1) : clear[0];
    const { MT, PT, ML, FP, FN, IDs, FM, MOTA, MOTP } = figures;
    expect([MT, PT, ML, FP, FN, IDs, FM, MOTA, MOTP]).toEqual(expected?.map(toBeNear));
    const { IDF1, IDP, IDR, HOTA, DetA, AssA, LocA } = figures;
    expect([IDF1, IDP, IDR]).toEqual(identity.map(toBeNear));
    expect([HOTA, DetA, AssA, LocA]).toEqual(hota.map(toBeNear));
  });
});

function toBeNear(value: number | null): unknown {
  return value === null ? null : expect.closeTo(value, 9);
}

test('with nothing found all is missed; with nothing there are no shares', () => {
  const nothing = { file: 'tracks.txt', rows: [] };
  const reading = { format: 'mot15', classes: [1] } as const;
  const missed = toMotSequence({ file: 'gt.txt', rows: place([1, 2], 1, 100) }, nothing, reading);
  expect(evaluateTracking(missed, 'motmetrics')).toMatchObject({
    recall: 0,
    precision: null,
    ML: 1,
    FN: 2,
    MOTA: 0,
    MOTP: null,
    IDF1: 0,
    HOTA: 0,
  });
  expect(evaluateTracking(toMotSequence(nothing, nothing, reading), 'motmetrics')).toMatchObject({
    GT: 0,
    MOTA: null,
    IDF1: null,
    HOTA: null,
  });
});

test('a track twice in one frame is refused with both lines', () => {
  const rows = [...place([3], 1, 100), { ...(place([3], 1, 300)[0] as MotRow), line: 9 }];
  expect(() =>
    toMotSequence(
      { file: 'gt.txt', rows },
      { file: 'tracks.txt', rows: [] },
      { format: 'mot15', classes: [1] },
    ),
  ).toThrow('gt.txt:9: id 1 is in frame 3 twice, first on line 1');
});
