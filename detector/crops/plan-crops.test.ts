import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Box, Polygon } from '../../domain/mod.ts';
import { type CropNeeds, maxCrops, planCrops, toWantedPixels } from './plan-crops.ts';

const hd: CropNeeds = { pictureWidth: 1920, pictureHeight: 1080, inputWidth: 416, inputHeight: 416 };

function zoneAt(x1: number, y1: number, x2: number, y2: number): Polygon {
  return [
    [x1, y1],
    [x2, y1],
    [x2, y2],
    [x1, y2],
  ];
}

const far = zoneAt(0.4, 0.3, 0.5, 0.4);

/** Width and height in pixels. */
function toPixels(box: Box, { pictureWidth, pictureHeight }: CropNeeds): readonly [number, number] {
  return [(box[2] - box[0]) * pictureWidth, (box[3] - box[1]) * pictureHeight];
}

describe('which zones get a crop', () => {
  test.each<[string, Polygon[], number]>([
    ['a small one', [far], 1],
    ['none', [], 0],
    ['one that covers most of the picture', [zoneAt(0.1, 0.1, 0.9, 0.9)], 0],
    ['a broad strip, which the picture shows as wide', [zoneAt(0, 0.5, 1, 0.6)], 0],
    ['two far apart', [far, zoneAt(0.8, 0.7, 0.9, 0.8)], 2],
    ['two that overlap share one', [far, zoneAt(0.42, 0.32, 0.52, 0.42)], 1],
    ['a small one beside a large one', [far, zoneAt(0, 0.2, 1, 1)], 1],
    [
      'four in the corners: the most that a sample may cost',
      [zoneAt(0, 0, 0.1, 0.1), zoneAt(0.9, 0, 1, 0.1), zoneAt(0, 0.9, 0.1, 1), zoneAt(0.9, 0.9, 1, 1)],
      2,
    ],
  ])('%s', (_name, zones, count) => {
    expect(planCrops(zones, hd)).toHaveLength(count);
  });

  test('three of which two lie close: those share, and none goes without', () => {
    const zones = [far, zoneAt(0.5, 0.5, 0.55, 0.55), zoneAt(0.9, 0.05, 0.95, 0.1)];
    const crops = planCrops(zones, hd);
    expect(crops).toHaveLength(2);
    for (const zone of zones) expect(crops.some((crop) => contains(crop, zone))).toBe(true);
  });

  test('a tall camera picture counts in pixels, not in shares', () => {
    const strip = [zoneAt(0.25, 0.4, 0.65, 0.5)];
    expect(planCrops(strip, { ...hd, pictureWidth: 1080, pictureHeight: 1920 })).toHaveLength(1);
    expect(planCrops(strip, hd)).toHaveLength(0);
  });
});

function contains(crop: Box, zone: Polygon): boolean {
  const slack = 1e-9;
  return zone.every(
    ([x, y]) => x >= crop[0] - slack && x <= crop[2] + slack && y >= crop[1] - slack && y <= crop[3] + slack,
  );
}

test('a crop leaves room for a thing whose foot is at the edge: above more than below', () => {
  const [crop] = planCrops([far], hd) as [Box];
  expect(crop[0]).toBeLessThan(0.4 - 0.015);
  expect(crop[2]).toBeGreaterThan(0.5 + 0.015);
  expect(0.3 - crop[1]).toBeGreaterThan(crop[3] - 0.4);
  const [width, height] = toPixels(crop, hd);
  expect(width).toBeCloseTo(height, 6); // the input is square
});

describe('size asked of ingest', () => {
  test('as much as fills the input with the smallest crop, within 1920x1080', () => {
    expect(toWantedPixels([[0, 0, 0.5, 0.5]], hd)).toEqual({ maxPixelWidth: 832, maxPixelHeight: 832 });
    expect(toWantedPixels([[0, 0, 0.1, 0.2]], hd)).toEqual({ maxPixelWidth: 1920, maxPixelHeight: 1080 });
    expect(toWantedPixels([], hd)).toEqual({ maxPixelWidth: 416, maxPixelHeight: 416 });
  });

  test('a model with a larger input keeps it', () => {
    const wide = { inputWidth: 2048, inputHeight: 2048 };
    expect(toWantedPixels([[0, 0, 0.1, 0.1]], wide)).toEqual({ maxPixelWidth: 2048, maxPixelHeight: 2048 });
  });
});

const share = fc.double({ min: 0, max: 1, noNaN: true });
const zone = fc
  .tuple(share, share, share, share)
  .map(([a, b, c, d]) =>
    zoneAt(Math.min(a, b), Math.min(c, d), Math.max(a, b) + 1e-3, Math.max(c, d) + 1e-3).map(
      ([x, y]): readonly [number, number] => [Math.min(1, x), Math.min(1, y)],
    ),
  );
const needs = fc.record({
  pictureWidth: fc.integer({ min: 320, max: 3840 }),
  pictureHeight: fc.integer({ min: 240, max: 3840 }),
  inputWidth: fc.constantFrom(320, 416, 640, 1280),
  inputHeight: fc.constantFrom(320, 384, 416, 640),
});

describe('laws', () => {
  test('crops are few, lie in the picture, enlarge two and a half times at least, and none is a sliver', () => {
    fc.assert(
      fc.property(fc.array(zone, { maxLength: 8 }), needs, (zones, given) => {
        const crops = planCrops(zones, given);
        if (crops.length > maxCrops) return false;
        const whole = Math.min(
          given.inputWidth / given.pictureWidth,
          given.inputHeight / given.pictureHeight,
        );
        return crops.every((crop) => {
          const [width, height] = toPixels(crop, given);
          const gain = Math.min(given.inputWidth / width, given.inputHeight / height) / whole;
          const isInside = crop[0] >= 0 && crop[1] >= 0 && crop[2] <= 1 && crop[3] <= 1;
          return isInside && width >= 1 && height >= 1 && gain >= 2.5 - 1e-6;
        });
      }),
    );
  });

  test('a single zone that gets a crop lies inside it', () => {
    fc.assert(
      fc.property(zone, needs, (one, given) => planCrops([one], given).every((crop) => contains(crop, one))),
    );
  });

  test('the plan is the same for the same zones', () => {
    fc.assert(
      fc.property(fc.array(zone, { maxLength: 6 }), needs, (zones, given) => {
        expect(planCrops(zones, given)).toEqual(planCrops(zones, given));
      }),
    );
  });
});
