import { assert, double, property } from 'fast-check';
import { expect, test } from 'vitest';
import type { Box } from '../../../domain/mod.ts';
import { toZoom } from './still-picture.tsx';

function readZoom(box: Box): { left: number; top: number; scale: number } {
  const [left = Number.NaN, top = Number.NaN, scale = Number.NaN] = [
    ...String(toZoom(box).transform).matchAll(/-?\d+(?:\.\d+)?/g),
  ].map(([number]) => Number(number));
  return { left: left / 100, top: top / 100, scale };
}

test('a box in the middle is brought to the middle', () => {
  const { left, top, scale } = readZoom([0.4, 0.4, 0.6, 0.6]);
  expect(scale).toBeCloseTo(1 / 0.44, 2);
  expect(left + 0.5 * scale).toBeCloseTo(0.5, 2);
  expect(top + 0.5 * scale).toBeCloseTo(0.5, 2);
});

test('the frame is always filled and the box always in it', () => {
  const corner = double({ min: 0, max: 0.9, noNaN: true });
  const size = double({ min: 0.01, max: 0.1, noNaN: true });
  assert(
    property(corner, corner, size, size, (x, y, width, height) => {
      const { left, top, scale } = readZoom([x, y, x + width, y + height]);
      const slack = 0.01;
      for (const [shift, low, high] of [
        [left, x, x + width],
        [top, y, y + height],
      ] as const) {
        expect(shift).toBeLessThanOrEqual(slack);
        expect(shift + scale).toBeGreaterThanOrEqual(1 - slack);
        expect(shift + low * scale).toBeGreaterThanOrEqual(-slack);
        expect(shift + high * scale).toBeLessThanOrEqual(1 + slack);
      }
    }),
  );
});
