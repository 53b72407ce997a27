import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tinyCard } from '../../detector/test-support/tiny-card.ts';
import { fitPicture, resizeBilinear } from './fit-picture.ts';

function makePicture(pixelWidth: number, pixelHeight: number, level: (x: number, y: number) => number) {
  const pixels = new Uint8Array(pixelWidth * pixelHeight * 3);
  for (let y = 0; y < pixelHeight; y++)
    for (let x = 0; x < pixelWidth; x++)
      pixels.fill(level(x, y), (y * pixelWidth + x) * 3, (y * pixelWidth + x + 1) * 3);
  return { pixels, pixelWidth, pixelHeight };
}

const toRed = (picture: { pixels: Uint8Array }): number[] =>
  [...picture.pixels].filter((_value, i) => i % 3 === 0);

test.each([
  // as cv2.resize(..., interpolation=cv2.INTER_LINEAR) gives, read off OpenCV 4
  ['half', [0, 100, 200, 40], 2, [50, 120]],
  ['a third looks at the middle alone', [0, 90, 200, 30, 60, 240], 2, [90, 60]],
  ['double', [0, 100], 4, [0, 25, 75, 100]],
])('one line, %s', (_name, line, width, expected) => {
  const picture = makePicture(line.length, 1, (x) => line[x] as number);
  expect(toRed(resizeBilinear(picture, width, 1))).toEqual(expected);
});

test('law: a picture of one level stays so', () => {
  const edge = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(edge, edge, edge, edge, fc.integer({ min: 0, max: 255 }), (w, h, toW, toH, level) => {
      const resized = resizeBilinear(
        makePicture(w, h, () => level),
        toW,
        toH,
      );
      return resized.pixels.length === toW * toH * 3 && resized.pixels.every((value) => value === level);
    }),
  );
});

test.each([
  ['top-left', 128, 85, [64, 42]], // 42.5 is cut off, as YOLOX does
  ['centre', 128, 85, [64, 43]], // and rounded, as Ultralytics does
  ['top-left', 1920, 1080, [64, 36]],
  ['centre', 20, 10, [64, 32]],
] as const)('%s: %dx%d becomes %j', (align, width, height, expected) => {
  const input = { ...tinyCard.input, padding: { value: 114, align } };
  const fitted = fitPicture(
    makePicture(width, height, () => 7),
    input,
  );
  expect([fitted.pixelWidth, fitted.pixelHeight]).toEqual(expected);
});
