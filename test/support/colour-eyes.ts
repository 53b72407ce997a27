import type { Eyes } from '../../app/eyes.ts';
import type { Detection } from '../../domain/mod.ts';
import type { Frame } from '../../ingest/mod.ts';
import { type Costume, palette } from './street-film.ts';

/** Least difference between a pixel's strongest and weakest colour, as part of the strongest: the street is grey. */
const minSaturation = 0.45;
/** Narrower or lower than this many pixels are the blurred edges of others. */
const minSide = 5;

/** Eyes that find the rectangles of a film by their colours: the box of what is visible of each. */
export function openColourEyes(costumes: readonly Costume[], dropOut: () => boolean = () => false): Eyes {
  return {
    model: null,
    maxPixelWidth: 320,
    maxPixelHeight: 180,
    async detect(frame) {
      const seconds = frame.ptsMs / 1000;
      const worn = costumes.filter(({ fromS, toS }) => seconds >= fromS - 5 && seconds <= toS + 5);
      const spots = findSpots(frame);
      return worn.flatMap(({ colour, class: name, score }): Detection[] => {
        const box = toSpotBox(spots[colour], frame);
        return box === null || dropOut() ? [] : [{ class: name, score, box }];
      });
    },
    async forget() {},
  };
}

/** How many pixels of a colour lie in each column and in each row. */
interface Spot {
  readonly columns: Uint32Array;
  readonly rows: Uint32Array;
}

function findSpots({ pixels, pixelWidth, pixelHeight }: Frame): Spot[] {
  const spots = palette.map(() => ({
    columns: new Uint32Array(pixelWidth),
    rows: new Uint32Array(pixelHeight),
  }));
  for (let y = 0, at = 0; y < pixelHeight; y++)
    for (let x = 0; x < pixelWidth; x++, at += 3) {
      const [r, g, b] = [pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0];
      const strongest = Math.max(r, g, b);
      if (strongest < 20 || strongest - Math.min(r, g, b) < minSaturation * strongest) continue;
      const spot = spots[toNearest(r / strongest, g / strongest, b / strongest)];
      if (spot === undefined) continue;
      spot.columns[x] = (spot.columns[x] ?? 0) + 1;
      spot.rows[y] = (spot.rows[y] ?? 0) + 1;
    }
  return spots;
}

/** The colour of the palette nearest to one whose strongest part is 1. */
function toNearest(r: number, g: number, b: number): number {
  let best = 0;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const [index, [pr, pg, pb]] of palette.entries()) {
    const distance = (r - pr / 255) ** 2 + (g - pg / 255) ** 2 + (b - pb / 255) ** 2;
    if (distance >= bestDistance) continue;
    best = index;
    bestDistance = distance;
  }
  return best;
}

function toSpotBox(spot: Spot | undefined, { pixelWidth, pixelHeight }: Frame): Detection['box'] | null {
  if (spot === undefined) return null;
  const x = toExtent(spot.columns);
  const y = toExtent(spot.rows);
  if (x === null || y === null) return null;
  return [x[0] / pixelWidth, y[0] / pixelHeight, x[1] / pixelWidth, y[1] / pixelHeight];
}

/** From the first to past the last line that is filled to a quarter of the fullest one. */
function toExtent(counts: Uint32Array): [number, number] | null {
  const fullest = Math.max(...counts);
  if (fullest < minSide) return null;
  const isFilled = (count: number) => count >= fullest / 4;
  const from = counts.findIndex(isFilled);
  const to = counts.findLastIndex(isFilled) + 1;
  return to - from < minSide ? null : [from, to];
}
