import type { Picture } from './picture.ts';

/** Draws a plain road scene: sky, house front, pavement, road and two boxes on it. No model is expected to see anything certain. */
export function drawStreet(pixelWidth: number, pixelHeight: number): Picture {
  const pixels = new Uint8Array(pixelWidth * pixelHeight * 3);
  for (let y = 0; y < pixelHeight; y++)
    for (let x = 0; x < pixelWidth; x++) {
      const [red, green, blue] = toColour(x / pixelWidth, y / pixelHeight);
      const at = (y * pixelWidth + x) * 3;
      pixels[at] = red;
      pixels[at + 1] = green;
      pixels[at + 2] = blue;
    }
  return { pixels, pixelWidth, pixelHeight };
}

type Colour = readonly [red: number, green: number, blue: number];

function toColour(x: number, y: number): Colour {
  const isBox = y > 0.6 && y < 0.75 && ((x > 0.2 && x < 0.4) || (x > 0.6 && x < 0.8));
  if (isBox) return [150, 40, 40];
  if (y < 0.3) return [150, 180, 210 + Math.round(40 * y)];
  if (y < 0.5) return x % 0.1 < 0.05 ? [170, 150, 130] : [120, 110, 100];
  if (y < 0.6) return [190, 185, 175];
  const grey = 80 + Math.round(40 * y);
  return [grey, grey, grey + 5];
}
