import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createInputTensor as create } from './input-tensor.ts';
import { toLetterbox } from './letterbox.ts';
import type { ModelCard } from './model-card.ts';
import type { Picture } from './picture.ts';

const yolox: ModelCard['input'] = {
  width: 64,
  height: 32,
  colour: 'bgr',
  scale: '0-255',
  padding: { value: 114, align: 'top-left' },
};
const yolov8: ModelCard['input'] = {
  ...yolox,
  colour: 'rgb',
  scale: '0-1',
  padding: { value: 114, align: 'centre' },
};

function paint(pixelWidth: number, pixelHeight: number, colour: readonly number[]): Picture {
  const pixels = Uint8Array.from({ length: pixelWidth * pixelHeight * 3 }, (_, i) => colour[i % 3] as number);
  return { pixels, pixelWidth, pixelHeight };
}

function createInputTensor(input: ModelCard['input']) {
  const tensor = create(input);
  const { data, dims } = tensor.take(1);
  return { data: data as Float32Array, dims, write: (picture: Picture) => tensor.write(picture, 0) };
}

/** Value of a plane at a place of the input. */
function read(data: Float32Array, plane: number, x: number, y: number): number {
  return data[plane * 64 * 32 + y * 64 + x] as number;
}

describe('letterbox', () => {
  test.each([
    ['fits exactly', yolox, [64, 32], { left: 0, top: 0, width: 64, height: 32 }],
    ['narrow, top-left', yolox, [40, 32], { left: 0, top: 0, width: 40, height: 32 }],
    ['narrow, centred', yolov8, [40, 32], { left: 12, top: 0, width: 40, height: 32 }],
    ['odd remainder goes right', yolov8, [41, 32], { left: 11, top: 0, width: 41, height: 32 }],
    ['large', yolox, [1920, 1080], { left: 0, top: 0, width: 57, height: 32 }],
    ['small is enlarged', yolox, [16, 4], { left: 0, top: 0, width: 64, height: 16 }],
    ['one pixel high', yolov8, [640, 1], { left: 0, top: 15, width: 64, height: 1 }],
  ])('%s', (_name, input, [width, height], expected) => {
    expect(toLetterbox(input, width as number, height as number)).toEqual(expected);
  });

  test('always lies inside the input and touches two of its edges', () => {
    const edge = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(edge, edge, fc.constantFrom(yolox, yolov8), (width, height, input) => {
        const box = toLetterbox(input, width, height);
        expect(box.left + box.width).toBeLessThanOrEqual(input.width);
        expect(box.top + box.height).toBeLessThanOrEqual(input.height);
        expect(box.width === input.width || box.height === input.height).toBe(true);
      }),
    );
  });
});

describe('planes', () => {
  const orange = [250, 130, 20] as const;

  test('BGR 0-255, padded at the right with 114', () => {
    const tensor = createInputTensor(yolox);
    tensor.write(paint(40, 32, orange));
    expect([0, 1, 2].map((plane) => read(tensor.data, plane, 39, 31))).toEqual([20, 130, 250]);
    expect([0, 1, 2].map((plane) => read(tensor.data, plane, 40, 31))).toEqual([114, 114, 114]);
    expect(tensor.dims).toEqual([1, 3, 32, 64]);
  });

  test('RGB 0-1, padded on both sides', () => {
    const tensor = createInputTensor(yolov8);
    tensor.write(paint(40, 32, orange));
    for (const [plane, level] of orange.entries()) {
      expect(read(tensor.data, plane, 12, 0)).toBeCloseTo(level / 255, 6);
      expect(read(tensor.data, plane, 51, 31)).toBeCloseTo(level / 255, 6);
      expect(read(tensor.data, plane, 11, 0)).toBeCloseTo(114 / 255, 6);
      expect(read(tensor.data, plane, 52, 31)).toBeCloseTo(114 / 255, 6);
    }
  });

  test('each pixel keeps its place', () => {
    const pixels = Uint8Array.from({ length: 64 * 32 * 3 }, (_, i) => (i * 7919) % 256);
    const tensor = createInputTensor(yolox);
    tensor.write({ pixels, pixelWidth: 64, pixelHeight: 32 });
    for (const [x, y] of [
      [0, 0],
      [63, 0],
      [0, 31],
      [63, 31],
      [17, 9],
    ] as const)
      for (const plane of [0, 1, 2])
        expect(read(tensor.data, plane, x, y)).toBe(pixels[(y * 64 + x) * 3 + 2 - plane]);
  });

  test('nothing of a picture shows beside the next, smaller one', () => {
    const tensor = createInputTensor(yolox);
    tensor.write(paint(64, 32, [1, 2, 3]));
    tensor.write(paint(20, 32, orange));
    const fresh = createInputTensor(yolox);
    fresh.write(paint(20, 32, orange));
    expect(tensor.data).toEqual(fresh.data);
  });
});

describe('resizing', () => {
  test.each([
    [7, 5],
    [128, 64],
    [1000, 300],
    [3, 90],
    [65, 33],
    [1, 1],
  ])('keeps a plain colour, %i x %i', (width, height) => {
    const tensor = createInputTensor(yolox);
    const box = tensor.write(paint(width, height, [200, 100, 50]));
    for (let y = 0; y < box.height; y++)
      for (let x = 0; x < box.width; x++) {
        expect(read(tensor.data, 0, x, y)).toBeCloseTo(50, 2);
        expect(read(tensor.data, 2, x, y)).toBeCloseTo(200, 2);
      }
  });

  test('a ramp stays a ramp, larger and smaller', () => {
    for (const factor of [0.5, 2, 4]) {
      const width = 64 * factor;
      const pixels = Uint8Array.from(
        { length: width * 32 * factor * 3 },
        (_, i) => (Math.floor(i / 3) % width) * (2 / factor) + 40,
      );
      const tensor = createInputTensor(yolox);
      tensor.write({ pixels, pixelWidth: width, pixelHeight: 32 * factor });
      for (let x = 8; x < 56; x++) {
        const centre = (x + 0.5) * factor - 0.5;
        expect(read(tensor.data, 1, x, 16)).toBeGreaterThan(centre * (2 / factor) + 40 - 1.1);
        expect(read(tensor.data, 1, x, 16)).toBeLessThan(centre * (2 / factor) + 40 + 1.1);
      }
    }
  });

  test('a line one pixel wide survives shrinking eightfold', () => {
    const width = 512;
    for (let line = 100; line < 108; line++) {
      const pixels = Uint8Array.from({ length: width * 256 * 3 }, (_, i) =>
        Math.floor(i / 3) % width === line ? 255 : 0,
      );
      const tensor = createInputTensor(yolox);
      tensor.write({ pixels, pixelWidth: width, pixelHeight: 256 });
      let sum = 0;
      for (let x = 0; x < 64; x++) sum += read(tensor.data, 0, x, 16);
      expect(sum).toBeGreaterThan(255 / 8 / 1.2);
      expect(sum).toBeLessThan((255 / 8) * 1.2);
    }
  });
});
