import type { Picture } from '../picture.ts';

/** Wider pictures are looked at smaller: what lies about is not seen better for it, and a sample stays below a millisecond. */
const longestWidth = 640;

/**
 * Returns a function that makes pictures small enough, by a whole factor; each new cell is the mean of four pixels of its block. Small
 * ones are passed on as they are. The returned picture is overwritten by the next call.
 */
export function createShrinker(): (picture: Picture) => Picture {
  let pixels = new Uint8Array(0);
  return (picture) => {
    const factor = Math.ceil(picture.pixelWidth / longestWidth);
    if (factor <= 1) return picture;
    const pixelWidth = Math.floor(picture.pixelWidth / factor);
    const pixelHeight = Math.floor(picture.pixelHeight / factor);
    if (pixels.length !== pixelWidth * pixelHeight * 3) pixels = new Uint8Array(pixelWidth * pixelHeight * 3);
    const source = picture.pixels;
    const line = picture.pixelWidth * 3;
    let to = 0;
    for (let y = 0; y < pixelHeight; y++)
      for (let x = 0; x < pixelWidth; x++) {
        let from = (y * factor * picture.pixelWidth + x * factor) * 3;
        for (let c = 0; c < 3; c++, from++, to++)
          pixels[to] =
            ((source[from] as number) +
              (source[from + 3] as number) +
              (source[from + line] as number) +
              (source[from + line + 3] as number) +
              2) >>
            2;
      }
    return { pixels, pixelWidth, pixelHeight };
  };
}
