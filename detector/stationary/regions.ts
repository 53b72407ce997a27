import type { Background } from './background.ts';
import { toHueColumns } from './cells.ts';

/** Cells that changed together and stayed. Cell numbers; the box is first and last column and row, both included. */
export interface Region {
  readonly cells: Int32Array;
  /** Those of them whose edges changed; the others are known by the ground that is hidden there. */
  readonly outline: Int32Array;
  /** Box of those others; `null`: there are none. */
  readonly hidden: Pick<Region, 'left' | 'top' | 'right' | 'bottom'> | null;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** Part of the box that lies between the region's outermost cells of its row or column: 1 for an outline, little for a line. */
  readonly hullShare: number;
}

/** Cells between two parts of one region: low contrast interrupts an outline. */
export const wideReach = 4;
/** The same where a thing is to be told from what lies beside it. */
export const narrowReach = 2;

const none = new Int32Array(0);

/** Scratch space of one camera, made once. */
export interface Flood {
  readonly stack: Int32Array;
  readonly mark: Uint32Array;
  round: number;
}

export function createFlood(size: number): Flood {
  return { stack: new Int32Array(size), mark: new Uint32Array(size), round: 0 };
}

/**
 * Regions of cells that hold something for the settling time (`sign` 1: edges that came, -1: edges that went, 0: either, and
 * ground that is hidden; 'hidden': that alone), grown through cells that hold it for half as long.
 */
export function findRegions(
  background: Background,
  flood: Flood,
  sign: 1 | 0 | -1 | 'hidden',
  reach = wideReach,
): Region[] {
  const { field, stay, hues } = background;
  const { cover } = hues;
  const hueColumns = toHueColumns(field);
  const toSeconds = (cell: number, row: number, column: number): number => {
    const seconds = stay[cell] as number;
    if (sign === 1 || sign === -1) return sign * seconds;
    const hidden = cover[(row >> 1) * hueColumns + (column >> 1)] as number;
    return sign === 'hidden' ? hidden : Math.max(Math.abs(seconds), hidden);
  };
  const { columns, rows, from, to, zoneOf, settleMs } = field;
  const halfS = settleMs.map((ms) => ms / 2000);
  const { stack, mark } = flood;
  const round = ++flood.round;
  const regions: Region[] = [];
  for (let row = 1; row < rows - 1; row++) {
    for (
      let seed = row * columns + (from[row] as number);
      seed < row * columns + (to[row] as number);
      seed++
    ) {
      const zone = (zoneOf[seed] as number) - 1;
      if (
        zone < 0 ||
        mark[seed] === round ||
        toSeconds(seed, row, seed - row * columns) < 2 * (halfS[zone] as number)
      )
        continue;
      let filled = 0;
      stack[filled++] = seed;
      mark[seed] = round;
      for (let next = 0; next < filled; next++) {
        const cell = stack[next] as number;
        const column = cell % columns;
        const middle = Math.floor(cell / columns);
        // Hidden ground has no gaps to bridge.
        const isSolid = sign === 0 && Math.abs(stay[cell] as number) < (halfS[zone] as number);
        const far = isSolid ? narrowReach : reach;
        const top = Math.max(1, middle - far);
        const bottom = Math.min(rows - 2, middle + far);
        for (let y = top; y <= bottom; y++)
          for (let x = Math.max(1, column - far); x <= Math.min(columns - 2, column + far); x++) {
            const near = y * columns + x;
            const nearZone = (zoneOf[near] as number) - 1;
            if (nearZone < 0 || mark[near] === round) continue;
            if (toSeconds(near, y, x) < (halfS[nearZone] as number)) continue;
            mark[near] = round;
            stack[filled++] = near;
          }
      }
      const cells = stack.slice(0, filled);
      const isEdge = (i: number): boolean => Math.abs(stay[i] as number) >= (halfS[zone] as number);
      const outline = sign === 1 || sign === -1 ? cells : sign === 'hidden' ? none : cells.filter(isEdge);
      const rest = sign === 'hidden' ? cells : cells.filter((i) => !isEdge(i));
      const hidden = sign === 1 || sign === -1 || rest.length === 0 ? null : toSides(rest, columns);
      regions.push(toRegion(cells, outline, hidden, columns));
    }
  }
  return regions;
}

function toSides(cells: Int32Array, columns: number): Pick<Region, 'left' | 'top' | 'right' | 'bottom'> {
  let left = columns;
  let right = 0;
  let top = Number.POSITIVE_INFINITY;
  let bottom = 0;
  for (const cell of cells) {
    const column = cell % columns;
    const row = (cell - column) / columns;
    if (column < left) left = column;
    if (column > right) right = column;
    if (row < top) top = row;
    if (row > bottom) bottom = row;
  }
  return { left, right, top, bottom };
}

function toRegion(cells: Int32Array, outline: Int32Array, hidden: Region['hidden'], columns: number): Region {
  const { left, right, top, bottom } = toSides(cells, columns);
  const width = right - left + 1;
  const height = bottom - top + 1;
  const rowFirst = new Int32Array(height).fill(columns);
  const rowLast = new Int32Array(height).fill(-1);
  const columnFirst = new Int32Array(width).fill(bottom + 1);
  const columnLast = new Int32Array(width).fill(-1);
  for (const cell of cells) {
    const x = (cell % columns) - left;
    const y = Math.floor(cell / columns) - top;
    if (x < (rowFirst[y] as number)) rowFirst[y] = x;
    if (x > (rowLast[y] as number)) rowLast[y] = x;
    if (y < (columnFirst[x] as number)) columnFirst[x] = y;
    if (y > (columnLast[x] as number)) columnLast[x] = y;
  }
  let inside = 0;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      if (
        (x >= (rowFirst[y] as number) && x <= (rowLast[y] as number)) ||
        (y >= (columnFirst[x] as number) && y <= (columnLast[x] as number))
      )
        inside++;
  return { cells, outline, hidden, left, top, right, bottom, hullShare: inside / (width * height) };
}
