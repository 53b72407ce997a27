import { type Box, XunjieError } from '../domain/mod.ts';
import { decodePicture, encodeJpeg, type Raster, rasterChannels } from './raster.ts';

/** A region keeps at most so many averages along its longer side: too few to tell a face or a plate by. */
const maxCells = 5;
/** An average is over at least so many pixels each way, or a small region would hardly change. */
const minCellPixels = 12;
/** Averages are rounded to steps of this: several pictures of one thing do not add up to more of it. */
const colourStep = 16;
/** Each region grows by this share of its size, and by at least so many pixels (the blocks of a JPEG are eight wide). */
const paddingShare = 0.08;
const minPaddingPixels = 4;

/**
 * A copy of a picture, JPEG of the same size without metadata, in which nothing can be made out inside the given boxes (0-1, drawn a
 * little larger). What is left of a box are at most 5 x 5 coarse averages with smooth passages between them, so the way back is lost, not
 * hidden. Rejects when the bytes are no picture, with `bad_argument` for a box that is none; what lies outside the picture is no harm.
 */
export async function maskPicture(picture: Uint8Array, boxes: readonly Box[]): Promise<Uint8Array> {
  checkBoxes(boxes);
  const raster = await decodePicture(picture);
  maskRaster(raster, boxes);
  return encodeJpeg(raster);
}

/** The same on a decoded picture, which it changes. Throws `bad_argument` for a box that is none, and has changed nothing then. */
export function maskRaster(raster: Raster, boxes: readonly Box[]): void {
  checkBoxes(boxes);
  for (const box of boxes) {
    const region = toRegion(box, raster.width, raster.height);
    if (region !== null) blurRegion(raster, region);
  }
}

function checkBoxes(boxes: readonly Box[]): void {
  for (const [index, box] of boxes.entries()) checkBox(box, index);
}

function checkBox(box: Box, index: number): void {
  if (box.length === 4 && box.every(Number.isFinite) && box[0] <= box[2] && box[1] <= box[3]) return;
  throw new XunjieError(
    'bad_argument',
    `mask box ${index} is [${box.join(', ')}]: four numbers [x1, y1, x2, y2] with x1 <= x2 and y1 <= y2 are needed`,
  );
}

/** Pixels, right and bottom not included. */
interface Region {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function toRegion([x1, y1, x2, y2]: Box, width: number, height: number): Region | null {
  if (x2 < 0 || y2 < 0 || x1 > 1 || y1 > 1) return null;
  const across = Math.max(minPaddingPixels, (x2 - x1) * width * paddingShare);
  const down = Math.max(minPaddingPixels, (y2 - y1) * height * paddingShare);
  return {
    left: Math.max(0, Math.floor(x1 * width - across)),
    top: Math.max(0, Math.floor(y1 * height - down)),
    right: Math.min(width, Math.ceil(x2 * width + across)),
    bottom: Math.min(height, Math.ceil(y2 * height + down)),
  };
}

function blurRegion(raster: Raster, region: Region): void {
  const columns = countCells(region.right - region.left, region.bottom - region.top);
  const rows = countCells(region.bottom - region.top, region.right - region.left);
  for (let channel = 0; channel < rasterChannels; channel++) {
    const cells = averageCells(raster, region, { columns, rows, channel });
    fillSmoothly(raster, region, { columns, rows, channel }, cells);
  }
}

/** Cells along one side: square ones where the room allows, none smaller than the least. */
function countCells(side: number, otherSide: number): number {
  const cellPixels = Math.max(minCellPixels, side / maxCells, otherSide / maxCells);
  return Math.max(1, Math.floor(side / cellPixels));
}

interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly channel: number;
}

function averageCells(
  { data, width }: Raster,
  { left, top, right, bottom }: Region,
  { columns, rows, channel }: Grid,
): Float64Array {
  const sums = new Float64Array(columns * rows);
  const counts = new Float64Array(columns * rows);
  for (let y = top; y < bottom; y++) {
    const row = Math.floor(((y - top) * rows) / (bottom - top)) * columns;
    for (let x = left; x < right; x++) {
      const cell = row + Math.floor(((x - left) * columns) / (right - left));
      sums[cell] = (sums[cell] ?? 0) + (data[(y * width + x) * rasterChannels + channel] ?? 0);
      counts[cell] = (counts[cell] ?? 0) + 1;
    }
  }
  return sums.map((sum, cell) => Math.round(sum / (counts[cell] || 1) / colourStep) * colourStep);
}

/** Writes the averages back with straight passages from one cell's middle to the next, so that no edge of a cell shows. */
function fillSmoothly(
  { data, width }: Raster,
  { left, top, right, bottom }: Region,
  { columns, rows, channel }: Grid,
  cells: Float64Array,
): void {
  // What a column needs is the same in every row, and is worked out once.
  const across = Array.from({ length: right - left }, (_, at) =>
    toNeighbours(((at + 0.5) * columns) / (right - left), columns),
  );
  const upper = new Float64Array(across.length);
  const lower = new Float64Array(across.length);
  const spread = (row: number, into: Float64Array): void => {
    for (const [at, [before, after, share]] of across.entries())
      into[at] =
        (cells[row * columns + before] ?? 0) * (1 - share) + (cells[row * columns + after] ?? 0) * share;
  };
  let spreadAbove = -1;
  for (let y = top; y < bottom; y++) {
    const [above, below, down] = toNeighbours(((y - top + 0.5) * rows) / (bottom - top), rows);
    // `below` follows from `above`, save before the first cell's middle, where both are the first.
    const key = above * 2 + (below === above ? 0 : 1);
    if (key !== spreadAbove) {
      spread(above, upper);
      spread(below, lower);
      spreadAbove = key;
    }
    let target = (y * width + left) * rasterChannels + channel;
    for (let at = 0; at < upper.length; at++, target += rasterChannels) {
      const value = (upper[at] ?? 0) * (1 - down) + (lower[at] ?? 0) * down;
      data[target] = Math.min(255, Math.round(value));
    }
  }
}

/** The cells before and after a place, and how far it is from the one to the other (0-1). */
function toNeighbours(at: number, count: number): [before: number, after: number, share: number] {
  const from = at - 0.5;
  const before = Math.min(Math.max(Math.floor(from), 0), count - 1);
  const after = Math.min(Math.max(Math.floor(from) + 1, 0), count - 1);
  return [before, after, Math.min(Math.max(from - before, 0), 1)];
}
