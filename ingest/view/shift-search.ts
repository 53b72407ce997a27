import type { EdgeMap } from './edge-map.ts';

/** Regions across and down whose shifts are looked for one by one. */
export const regionColumns = 4;
export const regionRows = 3;
export const regionCount = regionColumns * regionRows;

/** How well each region of a picture matches a reference at each shift. */
export interface ShiftScores {
  /** Furthest shift each way, pixels of the maps searched. */
  readonly reach: number;
  /** Shifts on a side: `2 * reach + 1`. */
  readonly side: number;
  /** `regionCount` tables of `side * side` normalised correlations, -1 to 1, rows first; the shift is that of the content. */
  readonly scores: Float32Array;
  /** Energy of each region's edges. */
  readonly energy: Float32Array;
}

export interface ShiftSearch {
  run(current: EdgeMap, reference: EdgeMap): ShiftScores;
}

/** Of a window that has little in the reference, at least this share of the mean is taken, so that chance does not score. */
const leastShare = 0.25;

/** Looks for each region of a map in a reference of the same size, shifted by up to `reach` pixels each way. Reuses its tables. */
export function createShiftSearch(width: number, height: number, reach: number): ShiftSearch {
  const side = 2 * reach + 1;
  const scores = new Float32Array(regionCount * side * side);
  const energy = new Float32Array(regionCount);
  const paddedWidth = width + 2 * reach;
  const paddedHeight = height + 2 * reach;
  const along = new Float32Array(paddedWidth * paddedHeight);
  const across = new Float32Array(paddedWidth * paddedHeight);
  // Summed squares of the padded reference: the energy of any window in four look-ups.
  const stride = paddedWidth + 1;
  const summed = new Float64Array(stride * (paddedHeight + 1));

  const pad = (reference: EdgeMap): number => {
    for (let y = 0; y < height; y++) {
      const to = (y + reach) * paddedWidth + reach;
      along.set(reference.along.subarray(y * width, (y + 1) * width), to);
      across.set(reference.across.subarray(y * width, (y + 1) * width), to);
    }
    for (let y = 0; y < paddedHeight; y++) {
      let row = 0;
      for (let x = 0; x < paddedWidth; x++) {
        const at = y * paddedWidth + x;
        const dx = along[at] as number;
        const dy = across[at] as number;
        row += dx * dx + dy * dy;
        summed[(y + 1) * stride + x + 1] = (summed[y * stride + x + 1] as number) + row;
      }
    }
    return summed[summed.length - 1] as number;
  };
  const sumWindow = (left: number, top: number, right: number, bottom: number): number =>
    (summed[bottom * stride + right] as number) -
    (summed[top * stride + right] as number) -
    (summed[bottom * stride + left] as number) +
    (summed[top * stride + left] as number);

  return {
    run(current, reference) {
      const whole = pad(reference);
      for (let region = 0; region < regionCount; region++) {
        const column = region % regionColumns;
        const row = (region - column) / regionColumns;
        const left = Math.round((column * width) / regionColumns);
        const right = Math.round(((column + 1) * width) / regionColumns);
        const top = Math.round((row * height) / regionRows);
        const bottom = Math.round(((row + 1) * height) / regionRows);
        let own = 0;
        for (let y = top; y < bottom; y++)
          for (let at = y * width + left; at < y * width + right; at++) {
            const dx = current.along[at] as number;
            const dy = current.across[at] as number;
            own += dx * dx + dy * dy;
          }
        energy[region] = own;
        const least = leastShare * (whole / (width * height)) * (right - left) * (bottom - top);
        for (let dy = -reach; dy <= reach; dy++)
          for (let dx = -reach; dx <= reach; dx++) {
            // Content that moved by (dx, dy) since the reference: the pixel at x was at x - dx.
            let product = 0;
            for (let y = top; y < bottom; y++) {
              let from = (y - dy + reach) * paddedWidth + left - dx + reach;
              for (let at = y * width + left; at < y * width + right; at++, from++)
                product +=
                  (current.along[at] as number) * (along[from] as number) +
                  (current.across[at] as number) * (across[from] as number);
            }
            const there = sumWindow(
              left - dx + reach,
              top - dy + reach,
              right - dx + reach,
              bottom - dy + reach,
            );
            const scale = own * Math.max(there, least);
            scores[(region * side + dy + reach) * side + dx + reach] =
              scale === 0 ? 0 : product / Math.sqrt(scale);
          }
      }
      return { reach, side, scores, energy };
    },
  };
}
