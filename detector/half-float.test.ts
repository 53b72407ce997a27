import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromHalves, toHalf } from './half-float.ts';

// IEEE 754-2019, binary16.
test.each([
  [0x0000, 0],
  [0x8000, -0],
  [0x0001, 2 ** -24],
  [0x03ff, 1023 * 2 ** -24],
  [0x0400, 2 ** -14],
  [0x3555, 0.333251953125],
  [0x3c00, 1],
  [0x3c01, 1 + 2 ** -10],
  [0xc000, -2],
  [0x7bff, 65504],
  [0x7c00, Number.POSITIVE_INFINITY],
  [0xfc00, Number.NEGATIVE_INFINITY],
  [0x7e00, Number.NaN],
])('bits %i are %f, both ways', (bits, value) => {
  expect(fromHalves(Uint16Array.of(bits))[0]).toBe(value);
  expect(toHalf(value)).toBe(bits);
});

test.each([
  ['between two, to the even one below', 1 + 2 ** -11, 0x3c00],
  ['between two, to the even one above', 1 + 3 * 2 ** -11, 0x3c02],
  ['up into the next power', 2 - 2 ** -12, 0x4000],
  ['halfway to the smallest', 2 ** -25, 0x0000],
  ['over halfway to the smallest', 1.5 * 2 ** -25, 0x0001],
  ['up into the normals', 1023.75 * 2 ** -24, 0x0400],
  ['under the limit', 65519, 0x7bff],
  ['at the limit', 65520, 0x7c00],
  ['far too large', -1e30, 0xfc00],
])('rounding %s', (_name, value, bits) => {
  expect(toHalf(value)).toBe(bits);
});

test('every half survives the way there and back', () => {
  const all = Uint16Array.from({ length: 1 << 16 }, (_, i) => i);
  const back = Uint16Array.from(fromHalves(all), toHalf);
  const isNaNBits = (bits: number): boolean => (bits & 0x7fff) > 0x7c00;
  expect(back.map((bits) => (isNaNBits(bits) ? 0x7e00 : bits))).toEqual(
    all.map((bits) => (isNaNBits(bits) ? 0x7e00 : bits)),
  );
});

test('no half is nearer', () => {
  const all = [...fromHalves(Uint16Array.from({ length: 0x7c00 }, (_, i) => i))];
  fc.assert(
    fc.property(fc.double({ min: 0, max: 65504, noNaN: true }), (double) => {
      const value = Math.fround(double);
      const bits = toHalf(value);
      const distance = Math.abs((all[bits] as number) - value);
      for (const other of [bits - 1, bits + 1])
        if (all[other] !== undefined) expect(Math.abs(all[other] - value)).toBeGreaterThanOrEqual(distance);
    }),
  );
});
