import { expect, test } from 'vitest';
import { decodeAnchorMaps } from './decode-anchors.ts';
import type { OutputValues } from './network.ts';

const logit = (value: number): number => Math.log(value / (1 - value));
const anchors = [
  [10, 20, 16, 32, 30, 24],
  [40, 40, 60, 48, 50, 100],
];

/** Maps of strides 8 and 16 over 32 x 16, one box at anchor 1, column 2, line 1 of the finer; both forms hold the same. */
function toMaps(form: 'five' | 'four'): OutputValues[] {
  return [
    [2, 4],
    [1, 2],
  ].map(([lines = 0, columns = 0], level) => {
    const read = (anchor: number, line: number, column: number, number: number): number => {
      const isBox = level === 0 && anchor === 1 && line === 1 && column === 2;
      // sigmoid 0.5 everywhere but: x 0.75, height 0.25, objectness 0.8, second score 0.9
      return isBox ? ([logit(0.75), 0, 0, logit(0.25), logit(0.8), -9, logit(0.9)][number] as number) : -9;
    };
    const values: number[] = [];
    for (let a = 0; a < 3; a++)
      if (form === 'five')
        for (let y = 0; y < lines; y++)
          for (let x = 0; x < columns; x++) for (let n = 0; n < 7; n++) values.push(read(a, y, x, n));
      else
        for (let n = 0; n < 7; n++)
          for (let y = 0; y < lines; y++) for (let x = 0; x < columns; x++) values.push(read(a, y, x, n));
    const dims = form === 'five' ? [1, 3, lines, columns, 7] : [1, 21, lines, columns];
    return { name: `map${level}`, type: 'float32', dims, data: Float32Array.from(values) };
  });
}

test.each(['five', 'four'] as const)('maps of %s dimensions, in any order', (form) => {
  const options = {
    inputWidth: 32,
    inputHeight: 16,
    labelCount: 2,
    minScore: 0.1,
    everyLabel: false,
    layout: { anchors },
  };
  for (const maps of [toMaps(form), toMaps(form).toReversed()]) {
    const [box, ...others] = decodeAnchorMaps(maps, options);
    expect(others).toEqual([]);
    // centre ((2 * 0.75 - 0.5 + 2) * 8, (2 * 0.5 - 0.5 + 1) * 8) = (24, 12); size (1 * 16, 0.25 * 32) = (16, 8)
    expect(box).toMatchObject({ label: 1, score: expect.closeTo(0.72, 5) });
    expect([box?.x1, box?.y1, box?.x2, box?.y2]).toEqual(
      [16, 8, 32, 16].map((value) => expect.closeTo(value, 4)),
    );
  }
  expect(() => decodeAnchorMaps(toMaps(form).slice(1), options)).toThrow(
    /anchors for 2 strides, but 1 output/,
  );
});
