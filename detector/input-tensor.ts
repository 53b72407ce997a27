import { toHalf } from './half-float.ts';
import { type Letterbox, toLetterbox } from './letterbox.ts';
import type { ModelCard } from './model-card.ts';
import type { InputValues } from './network.ts';
import type { Picture } from './picture.ts';
import { resizeLines } from './resample.ts';

/** How a model's picture input is stored: its element type, and whether colours come as planes or pixel by pixel. */
export interface InputFormat {
  readonly type: InputType;
  readonly layout: 'planes' | 'pixels';
}

/** A reused input tensor that pictures are written into, one for each slot of the batch. */
export interface InputTensor {
  /** Writes a picture and says where it lies. */
  write(picture: Picture, slot: number): Letterbox;
  /** The first `count` slots, without a copy. */
  take(count: number): InputValues;
}

export const inputTypes = ['float32', 'float16', 'uint8', 'int8'] as const;
export type InputType = (typeof inputTypes)[number];

type Values = Float32Array | Uint16Array | Uint8Array | Int8Array;

const createValues: Readonly<Record<InputType, (length: number) => Values>> = {
  float32: (length) => new Float32Array(length),
  float16: (length) => new Uint16Array(length),
  uint8: (length) => new Uint8Array(length),
  int8: (length) => new Int8Array(length),
};

const encoders: Readonly<Record<InputType, (value: number) => number>> = {
  float32: (value) => value,
  float16: toHalf,
  uint8: (value) => Math.min(255, Math.max(0, Math.round(value))),
  // A quantised input of signed bytes has its zero in the middle of the range.
  int8: (value) => Math.min(255, Math.max(0, Math.round(value))) - 128,
};

const plainFormat: InputFormat = { type: 'float32', layout: 'planes' };

export function createInputTensor(
  input: ModelCard['input'],
  format: InputFormat = plainFormat,
  slots = 1,
): InputTensor {
  const { width, height } = input;
  const planeSize = width * height;
  const size = planeSize * 3;
  const data = createValues[format.type](size * slots);
  const encode = encoders[format.type];
  const scales = toScales(input);
  // Value of each of the 256 levels: copying a picture that fits is one look-up per number.
  const levels = scales.map(({ factor, offset }) => {
    const values = createValues[format.type](256);
    for (let level = 0; level < 256; level++) values[level] = encode(level * factor + offset);
    return values;
  });
  const [redLevels, greenLevels, blueLevels] = levels as [Values, Values, Values];
  const step = format.layout === 'planes' ? 1 : 3;
  const channelStep = format.layout === 'planes' ? planeSize : 1;
  const redAt = input.colour === 'rgb' ? 0 : 2 * channelStep;
  const channels = [redAt, channelStep, 2 * channelStep - redAt] as const;
  const padded: (Letterbox | null)[] = Array.from({ length: slots }, () => null);

  function pad(start: number): void {
    for (const [colour, channel] of channels.entries()) {
      const value = levels[colour]?.[input.padding.value] as number;
      if (step === 1) data.fill(value, start + channel, start + channel + planeSize);
      else for (let at = start + channel; at < start + size; at += step) data[at] = value;
    }
  }

  function copy({ pixels }: Picture, box: Letterbox, start: number): void {
    const [red, green, blue] = channels;
    let from = 0;
    for (let y = 0; y < box.height; y++) {
      let to = start + ((box.top + y) * width + box.left) * step;
      for (const end = to + box.width * step; to < end; to += step, from += 3) {
        data[to + red] = redLevels[pixels[from] as number] as number;
        data[to + green] = greenLevels[pixels[from + 1] as number] as number;
        data[to + blue] = blueLevels[pixels[from + 2] as number] as number;
      }
    }
  }

  function resize({ pixels, pixelWidth, pixelHeight }: Picture, box: Letterbox, start: number): void {
    resizeLines(pixels, pixelWidth, pixelHeight, box.width, box.height, (y, line) => {
      const row = start + ((box.top + y) * width + box.left) * step;
      for (const [colour, channel] of channels.entries()) {
        const { factor, offset } = scales[colour] as Scale;
        const to = row + channel;
        if (format.type === 'float32')
          for (let x = 0; x < box.width; x++)
            data[to + x * step] = (line[x * 3 + colour] as number) * factor + offset;
        else
          for (let x = 0; x < box.width; x++)
            data[to + x * step] = encode((line[x * 3 + colour] as number) * factor + offset);
      }
    });
  }

  return {
    write(picture, slot) {
      const box = toLetterbox(input, picture.pixelWidth, picture.pixelHeight);
      const start = slot * size;
      const before = padded[slot] ?? null;
      // The padding stays from picture to picture as long as the pictures lie in the same place.
      if (before === null || !isSame(before, box)) pad(start);
      padded[slot] = box;
      if (box.width === picture.pixelWidth && box.height === picture.pixelHeight) copy(picture, box, start);
      else resize(picture, box, start);
      return box;
    },
    take(count) {
      const dims = format.layout === 'planes' ? [count, 3, height, width] : [count, height, width, 3];
      return { type: format.type, dims, data: data.subarray(0, count * size) };
    },
  };
}

/** A level of 0-255 becomes `level * factor + offset`. */
interface Scale {
  readonly factor: number;
  readonly offset: number;
}

/** Scales of red, green and blue. */
function toScales({ scale, mean = [0, 0, 0], std = [1, 1, 1] }: ModelCard['input']): Scale[] {
  return std.map((each, i) => {
    switch (scale) {
      case '0-255':
        return { factor: 1, offset: 0 };
      case '0-1':
        return { factor: 1 / 255, offset: 0 };
      case 'mean-std':
        return { factor: 1 / (255 * each), offset: -(mean[i] as number) / each };
      default:
        return scale satisfies never;
    }
  });
}

function isSame(a: Letterbox, b: Letterbox): boolean {
  return a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height;
}
