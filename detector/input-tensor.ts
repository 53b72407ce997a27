import { type Letterbox, toLetterbox } from './letterbox.ts';
import type { ModelCard } from './model-card.ts';
import type { Picture } from './picture.ts';
import { resizeToPlanes } from './resample.ts';

/** A reused input tensor 1x3xHxW that pictures are written into. */
export interface InputTensor {
  readonly data: Float32Array;
  readonly dims: readonly [1, 3, number, number];
  /** Writes a picture and says where it lies. */
  write(picture: Picture): Letterbox;
}

export function createInputTensor(input: ModelCard['input']): InputTensor {
  const planeSize = input.width * input.height;
  const data = new Float32Array(planeSize * 3);
  const factor = input.scale === '0-1' ? 1 / 255 : 1;
  const redAt = input.colour === 'rgb' ? 0 : 2 * planeSize;
  const blueAt = 2 * planeSize - redAt;
  let padded: Letterbox | null = null;

  function copy(picture: Picture, box: Letterbox): void {
    const { pixels } = picture;
    let from = 0;
    for (let y = 0; y < box.height; y++) {
      let to = (box.top + y) * input.width + box.left;
      for (const end = to + box.width; to < end; to++, from += 3) {
        data[redAt + to] = (pixels[from] as number) * factor;
        data[planeSize + to] = (pixels[from + 1] as number) * factor;
        data[blueAt + to] = (pixels[from + 2] as number) * factor;
      }
    }
  }

  function resize(picture: Picture, box: Letterbox): void {
    const planes = resizeToPlanes(
      picture.pixels,
      picture.pixelWidth,
      picture.pixelHeight,
      box.width,
      box.height,
    );
    const boxSize = box.width * box.height;
    for (const [plane, start] of [redAt, planeSize, blueAt].entries())
      for (let y = 0; y < box.height; y++) {
        const from = plane * boxSize + y * box.width;
        const to = start + (box.top + y) * input.width + box.left;
        for (let x = 0; x < box.width; x++) data[to + x] = (planes[from + x] as number) * factor;
      }
  }

  return {
    data,
    dims: [1, 3, input.height, input.width],
    write(picture) {
      const box = toLetterbox(input, picture.pixelWidth, picture.pixelHeight);
      // The padding stays from picture to picture as long as the pictures lie in the same place.
      if (padded === null || !isSame(padded, box)) data.fill(input.padding.value * factor);
      padded = box;
      if (box.width === picture.pixelWidth && box.height === picture.pixelHeight) copy(picture, box);
      else resize(picture, box);
      return box;
    },
  };
}

function isSame(a: Letterbox, b: Letterbox): boolean {
  return a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height;
}
