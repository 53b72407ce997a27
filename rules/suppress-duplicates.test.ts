import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Box, type Detection, objectClasses, toIou } from '../domain/mod.ts';
import { suppressDuplicates } from './suppress-duplicates.ts';

function toDetection(objectClass: Detection['class'], score: number, box: Box): Detection {
  return { class: objectClass, score, box };
}

const box: Box = [0.2, 0.2, 0.4, 0.4];
const near: Box = [0.205, 0.2, 0.405, 0.4];

describe('suppressDuplicates', () => {
  test.each<[string, Detection[], string[]]>([
    ['one van, two labels', [toDetection('car', 0.5, box), toDetection('truck', 0.6, near)], ['truck']],
    ['two families', [toDetection('car', 0.5, box), toDetection('person', 0.6, near)], ['person', 'car']],
    [
      'two neighbours',
      [toDetection('car', 0.5, box), toDetection('car', 0.6, [0.25, 0.2, 0.45, 0.4])],
      ['car', 'car'],
    ],
    [
      'one heap, two labels',
      [toDetection('goods', 0.5, box), toDetection('garbage', 0.6, near)],
      ['garbage'],
    ],
    [
      'a nameless thing that has a name',
      [toDetection('goods', 0.4, box), toDetection('object', 0.9, near)],
      ['goods'],
    ],
    [
      'a name that is hardly one',
      [toDetection('goods', 0.15, box), toDetection('object', 0.9, near)],
      ['object'],
    ],
    [
      'a nameless thing on a car',
      [toDetection('car', 0.4, box), toDetection('object', 0.9, [0.18, 0.18, 0.41, 0.42])],
      ['car'],
    ],
    [
      'the upper half of a person',
      [toDetection('person', 0.5, box), toDetection('object', 0.9, [0.21, 0.2, 0.39, 0.29])],
      ['person'],
    ],
    [
      'a heap with a person before it',
      [toDetection('person', 0.5, [0.3, 0.2, 0.36, 0.4]), toDetection('object', 0.9, box)],
      ['object', 'person'],
    ],
    ['too faint', [toDetection('car', 0.05, box)], []],
    ['no area', [toDetection('car', 0.5, [0.2, 0.2, 0.2, 0.4])], []],
    [
      'broken numbers',
      [toDetection('car', 0.5, [0.2, Number.NaN, 0.4, 0.4]), toDetection('car', Number.NaN, box)],
      [],
    ],
  ])('%s', (_name, detections, classes) => {
    expect(suppressDuplicates(detections).map((kept) => kept.detection.class)).toEqual(classes);
  });

  test('a nameless thing where a car stands that this sample misses is that car', () => {
    expect(suppressDuplicates([toDetection('object', 0.9, near)], [box])).toEqual([]);
    expect(suppressDuplicates([toDetection('goods', 0.9, near)], [box])).toHaveLength(1);
  });

  test('does not depend on the order of the batch and keeps no two of one family on one another', () => {
    const coordinate = fc.integer({ min: 0, max: 20 }).map((n) => n / 20);
    const detection = fc
      .tuple(fc.constantFrom(...objectClasses), fc.integer({ min: 1, max: 99 }), coordinate, coordinate)
      .map(([name, score, x, y]) => toDetection(name, score / 100, [x, y, x + 0.3, y + 0.2]));
    const distinct = fc.uniqueArray(detection, {
      selector: (one) => JSON.stringify([one.score, one.box]),
      maxLength: 30,
    });
    fc.assert(
      fc.property(distinct, (detections) => {
        const kept = suppressDuplicates(detections);
        expect(suppressDuplicates(detections.toReversed())).toEqual(kept);
        for (const [index, one] of kept.entries())
          for (const other of kept.slice(index + 1))
            if (one.family === other.family) expect(toIou(one.box, other.box)).toBeLessThanOrEqual(0.7);
      }),
    );
  });
});
