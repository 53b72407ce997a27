import { describe, expect, test } from 'vitest';
import type { Box, Detection, ObjectClass } from '../domain/mod.ts';
import { listMaskRegions } from './mask-regions.ts';

const subjectBox: Box = [0.4, 0.5, 0.62, 0.8];
const see = (name: ObjectClass, box: Box): Detection => ({ class: name, score: 0.8, box });
const list = (detections: readonly Detection[], name: ObjectClass = 'car') =>
  listMaskRegions(detections, { class: name, width: 1920, height: 1080 }, { box: subjectBox });

function covers(regions: readonly Box[], [x, y]: readonly [number, number]): boolean {
  return regions.some((box) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3]);
}

describe('people', () => {
  test.each<[string, Box, readonly [number, number], readonly [number, number]]>([
    ['standing: the head, not the legs', [0.2, 0.2, 0.25, 0.5], [0.225, 0.22], [0.225, 0.4]],
    ['seated: half of the box', [0.2, 0.2, 0.35, 0.45], [0.275, 0.3], [0.275, 0.4]],
    ['cut off by the lower edge: half of the box', [0.2, 0.7, 0.26, 1], [0.23, 0.83], [0.23, 0.95]],
  ])('%s', (_, box, inside, outside) => {
    const { heads } = list([see('person', box)]);
    expect(covers(heads, inside)).toBe(true);
    expect(covers(heads, outside)).toBe(false);
  });

  test('who is the candidate is masked like everybody', () => {
    expect(list([see('person', subjectBox)], 'person').heads).toHaveLength(1);
  });

  test('a rider whom the detector did not see is above his motorcycle', () => {
    const { heads } = list([see('motorcycle', [0.1, 0.6, 0.2, 0.8])]);
    expect(covers(heads, [0.15, 0.55])).toBe(true);
  });
});

describe('plates', () => {
  test.each<ObjectClass>(['car', 'bus', 'truck', 'motorcycle', 'tricycle'])(
    'a %s that passes: the lower part, at its sides too',
    (name) => {
      const { plates } = list([see(name, [0.1, 0.2, 0.3, 0.4])]);
      for (const place of [
        [0.11, 0.37],
        [0.2, 0.37],
        [0.29, 0.31],
      ] as const)
        expect(covers(plates, place)).toBe(true);
      expect(covers(plates, [0.2, 0.22])).toBe(false);
    },
  );

  test('the vehicle in question keeps its plate, seen twice and as another class too', () => {
    const seen = [
      see('car', subjectBox),
      see('truck', [0.41, 0.5, 0.62, 0.81]),
      see('car', [0.39, 0.48, 0.61, 0.8]),
    ];
    expect(list(seen)).toEqual({ heads: [], plates: [] });
  });

  test('a neighbour that stands half behind it does not', () => {
    expect(list([see('car', subjectBox), see('car', [0.55, 0.45, 0.77, 0.75])]).plates).toHaveLength(1);
  });

  test('where the candidate is no vehicle, every vehicle is a bystander', () => {
    expect(list([see('car', subjectBox)], 'vendor_stall').plates).toHaveLength(1);
  });

  test('things have none', () => {
    expect(list([see('garbage', [0, 0, 1, 1]), see('cart', [0, 0, 1, 1])])).toEqual({
      heads: [],
      plates: [],
    });
  });
});
