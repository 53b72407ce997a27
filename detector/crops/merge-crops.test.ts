import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Box, type Detection, type ObjectClass, toIou } from '../../domain/mod.ts';
import { type CropView, mergeCrops, toWholePicture } from './merge-crops.ts';

const crop: Box = [0.4, 0.4, 0.6, 0.6];

function see(score: number, box: Box, name: ObjectClass = 'car'): Detection {
  return { class: name, score, box };
}

function merge(whole: readonly Detection[], ...views: readonly CropView[]): Detection[] {
  return mergeCrops(whole, views, 300);
}

const inside: Box = [0.45, 0.45, 0.5, 0.49];
/** Off by a little: IoU about 0.7. */
const nearly: Box = [0.452, 0.452, 0.504, 0.494];

describe('one crop', () => {
  test.each<[string, Detection[], Detection[], Detection[]]>([
    ['what only the crop shows is added', [], [see(0.6, inside)], [see(0.6, inside)]],
    ['what only the whole picture shows stays', [see(0.3, inside)], [], [see(0.3, inside)]],
    [
      'the same thing once: the sharper box, the higher score',
      [see(0.3, inside)],
      [see(0.6, nearly)],
      [see(0.6, nearly)],
    ],
    [
      "the higher score may be the whole picture's",
      [see(0.9, inside)],
      [see(0.2, nearly)],
      [see(0.9, nearly)],
    ],
    [
      'another class in the same place is another thing',
      [see(0.3, inside, 'truck')],
      [see(0.6, inside)],
      [see(0.6, inside), see(0.3, inside, 'truck')],
    ],
    [
      'neighbours stay apart',
      [see(0.3, inside)],
      [see(0.6, [0.5, 0.45, 0.55, 0.49])],
      [see(0.6, [0.5, 0.45, 0.55, 0.49]), see(0.3, inside)],
    ],
    ['a fragment at the edge that nothing explains is left out', [], [see(0.9, [0.55, 0.45, 0.6, 0.5])], []],
    [
      'a fragment of a thing that the whole picture shows is left out',
      [see(0.5, [0.5, 0.42, 0.75, 0.55])],
      [see(0.9, [0.5, 0.42, 0.6, 0.55])],
      [see(0.5, [0.5, 0.42, 0.75, 0.55])],
    ],
    [
      'a fragment that ends short of the edge, too',
      [see(0.5, [0.5, 0.42, 0.75, 0.55])],
      [see(0.9, [0.5, 0.42, 0.59, 0.55])],
      [see(0.5, [0.5, 0.42, 0.75, 0.55])],
    ],
    [
      'a fragment taken for another class, too',
      [see(0.5, [0.5, 0.42, 0.75, 0.55], 'bus')],
      [see(0.9, [0.5, 0.42, 0.59, 0.55], 'truck')],
      [see(0.5, [0.5, 0.42, 0.75, 0.55], 'bus')],
    ],
    [
      'a small thing before a large one that sticks out stays',
      [see(0.5, [0.45, 0.42, 0.75, 0.58])],
      [see(0.8, [0.47, 0.5, 0.49, 0.55], 'person')],
      [see(0.8, [0.47, 0.5, 0.49, 0.55], 'person'), see(0.5, [0.45, 0.42, 0.75, 0.58])],
    ],
    [
      "a thing that nearly fills the crop keeps the whole picture's box",
      [see(0.5, [0.41, 0.42, 0.585, 0.58])],
      [see(0.9, [0.43, 0.42, 0.59, 0.58])],
      [see(0.9, [0.41, 0.42, 0.585, 0.58])],
    ],
  ])('%s', (_name, whole, found, expected) => {
    expect(merge(whole, { crop, detections: found })).toEqual(expected);
  });

  test("the picture's own edge cuts nothing that was not cut before", () => {
    const corner: Box = [0, 0, 0.3, 0.3];
    const atEdge = see(0.6, [0, 0.1, 0.08, 0.2]);
    expect(merge([], { crop: corner, detections: [atEdge] })).toEqual([atEdge]);
    const cut = see(0.6, [0.25, 0.1, 0.3, 0.2]);
    expect(merge([], { crop: corner, detections: [cut] })).toEqual([]);
  });
});

describe('two crops', () => {
  const left: Box = [0.2, 0.4, 0.5, 0.6];
  const right: Box = [0.45, 0.4, 0.75, 0.6];
  const views = (a: Detection[], b: Detection[]): CropView[] => [
    { crop: left, detections: a },
    { crop: right, detections: b },
  ];

  test.each<[string, Detection[], Detection[], Detection[]]>([
    [
      'a thing in the shared part, seen by both',
      [see(0.5, [0.46, 0.45, 0.485, 0.5])],
      [see(0.7, [0.461, 0.45, 0.486, 0.5])],
      [see(0.7, [0.461, 0.45, 0.486, 0.5])],
    ],
    [
      'cut in one, whole in the other',
      [see(0.9, [0.47, 0.45, 0.5, 0.5])],
      [see(0.6, [0.47, 0.45, 0.56, 0.5])],
      [see(0.6, [0.47, 0.45, 0.56, 0.5])],
    ],
    [
      'cut by both: the two pieces make one thing',
      [see(0.5, [0.35, 0.45, 0.5, 0.5])],
      [see(0.7, [0.45, 0.452, 0.6, 0.5])],
      [see(0.7, [0.35, 0.45, 0.6, 0.5])],
    ],
    [
      'pieces of different classes make nothing',
      [see(0.5, [0.35, 0.45, 0.5, 0.5])],
      [see(0.7, [0.45, 0.45, 0.6, 0.5], 'bus')],
      [],
    ],
    [
      'pieces at different heights make nothing',
      [see(0.5, [0.35, 0.42, 0.5, 0.47])],
      [see(0.7, [0.45, 0.5, 0.6, 0.58])],
      [],
    ],
    [
      'pieces cut on the far sides make nothing',
      [see(0.5, [0.2, 0.45, 0.3, 0.5])],
      [see(0.7, [0.65, 0.45, 0.75, 0.5])],
      [],
    ],
    [
      'a piece cut at a corner makes nothing',
      [see(0.5, [0.35, 0.5, 0.5, 0.6])],
      [see(0.7, [0.45, 0.5, 0.6, 0.6])],
      [],
    ],
  ])('%s', (_name, a, b, expected) => {
    expect(merge([], ...views(a, b))).toEqual(expected);
  });

  test('pieces of a thing that the whole picture shows are it, and its box stays', () => {
    const thing = see(0.4, [0.34, 0.45, 0.61, 0.5]);
    const found = merge(
      [thing],
      ...views([see(0.5, [0.35, 0.45, 0.5, 0.5])], [see(0.7, [0.45, 0.45, 0.6, 0.5])]),
    );
    expect(found).toEqual([{ ...thing, score: 0.7 }]);
  });

  test('crops that only touch join their pieces too', () => {
    const touching: CropView[] = [
      { crop: [0.2, 0.4, 0.45, 0.6], detections: [see(0.5, [0.35, 0.45, 0.448, 0.5])] },
      { crop: [0.45, 0.4, 0.7, 0.6], detections: [see(0.7, [0.452, 0.45, 0.6, 0.5])] },
    ];
    expect(merge([], ...touching)).toEqual([see(0.7, [0.35, 0.45, 0.6, 0.5])]);
  });
});

test('boxes of a crop become boxes of the picture', () => {
  expect(toWholePicture([see(0.5, [0, 0.5, 1, 1])], crop)).toEqual([see(0.5, [0.4, 0.5, 0.6, 0.6])]);
});

const share = fc.integer({ min: 0, max: 200 }).map((value) => value / 200);
const box = fc
  .tuple(share, share, share, share)
  .map(
    ([a, b, c, d]): Box => [Math.min(a, b), Math.min(c, d), Math.max(a, b) + 0.005, Math.max(c, d) + 0.005],
  )
  .map(([a, b, c, d]): Box => [a, b, Math.min(1, c), Math.min(1, d)])
  .filter((each) => each[2] > each[0] && each[3] > each[1]);
const detection = fc.record({
  class: fc.constantFrom<ObjectClass>('car', 'person'),
  score: fc.integer({ min: 1, max: 99 }).map((value) => value / 100),
  box,
});
const view = fc
  .tuple(box, fc.array(detection, { maxLength: 12 }))
  .map(([at, found]): CropView => ({ crop: at, detections: toWholePicture(found, at) }));

describe('laws', () => {
  test('what the whole picture alone gives is never lost: same class, same place, no lower score', () => {
    fc.assert(
      fc.property(
        fc.array(detection, { maxLength: 12 }),
        fc.array(view, { maxLength: 3 }),
        (whole, views) => {
          const merged = merge(whole, ...views);
          return whole.every((one) =>
            merged.some(
              (other) =>
                other.class === one.class && other.score >= one.score && toIou(other.box, one.box) > 0.45,
            ),
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('nothing is made up: each box is one that was found, or the union of two pieces; best score first', () => {
    fc.assert(
      fc.property(
        fc.array(detection, { maxLength: 12 }),
        fc.array(view, { maxLength: 3 }),
        (whole, views) => {
          const all = [...whole, ...views.flatMap((each) => each.detections)];
          const merged = merge(whole, ...views);
          const scores = merged.map((one) => one.score);
          expect(scores).toEqual(scores.toSorted((a, b) => b - a));
          return merged.every(
            (one) =>
              one.score <= Math.max(...all.map((other) => other.score)) &&
              one.box.every((edge, i) =>
                all.some((other) => other.class === one.class && other.box[i] === edge),
              ),
          );
        },
      ),
      { numRuns: 500 },
    );
  });

  test('without crops nothing changes but the order', () => {
    fc.assert(
      fc.property(fc.array(detection, { maxLength: 12 }), (whole) => {
        expect(merge(whole)).toEqual(whole.toSorted((a, b) => b.score - a.score));
      }),
    );
  });
});
