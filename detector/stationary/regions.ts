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

/** What a cell holds, as bits: edges that came or went, or hidden ground, for half of what its zone asks, or for all of it. */
const held = { came: 1, went: 2, hidden: 4 } as const;
const inFull = 8;
const asked: Readonly<Record<RegionKind, number>> = {
  any: held.came | held.went | held.hidden,
  came: held.came,
  went: held.went,
  hidden: held.hidden,
};

/** Edges that came or went, ground that is hidden, or any of it. */
type RegionKind = 'any' | 'came' | 'went' | 'hidden';

/** Scratch space of one camera, made once. */
export interface Flood {
  readonly stack: Int32Array;
  readonly mark: Uint32Array;
  readonly holds: Uint8Array;
  /** Cells that hold something, and how many those are. */
  readonly active: Int32Array;
  count: number;
  round: number;
}

export function createFlood(size: number): Flood {
  return {
    stack: new Int32Array(size),
    mark: new Uint32Array(size),
    holds: new Uint8Array(size),
    active: new Int32Array(size),
    count: 0,
    round: 0,
  };
}

/** Notes what each cell holds now, for the searches that follow. */
export function noteHolds({ field, stay, hues }: Background, flood: Flood): void {
  const { columns, rows, from, to, zoneOf, settleMs } = field;
  const { holds, active } = flood;
  const { cover } = hues;
  const hueColumns = toHueColumns(field);
  let count = 0;
  for (let row = 1; row < rows - 1; row++) {
    const start = row * columns;
    const hueStart = (row >> 1) * hueColumns;
    for (let column = from[row] as number; column < (to[row] as number); column++) {
      const i = start + column;
      const zone = (zoneOf[i] as number) - 1;
      const seconds = stay[i] as number;
      const hidden = cover[hueStart + (column >> 1)] as number;
      let bits = 0;
      if (zone >= 0 && (seconds !== 0 || hidden !== 0)) {
        const half = (settleMs[zone] as number) / 2000;
        if (seconds >= half) bits = seconds >= 2 * half ? held.came * (1 + inFull) : held.came;
        else if (seconds <= -half) bits = seconds <= -2 * half ? held.went * (1 + inFull) : held.went;
        if (hidden >= half) bits |= hidden >= 2 * half ? held.hidden * (1 + inFull) : held.hidden;
      }
      holds[i] = bits;
      if (bits !== 0) active[count++] = i;
    }
  }
  flood.count = count;
}

/**
 * Regions of cells that hold something for the settling time, grown through cells that hold it for half as long; as noted by
 * `noteHolds`.
 */
export function findRegions(
  { field }: Background,
  flood: Flood,
  kind: RegionKind,
  reach = wideReach,
): Region[] {
  const { columns, rows, from, to } = field;
  const { stack, mark, holds, active } = flood;
  const [half, full] = [asked[kind], asked[kind] * inFull];
  const edges = held.came | held.went;
  const round = ++flood.round;
  const regions: Region[] = [];
  for (let k = 0; k < flood.count; k++) {
    const seed = active[k] as number;
    if (((holds[seed] as number) & full) === 0 || mark[seed] === round) continue;
    let filled = 0;
    stack[filled++] = seed;
    mark[seed] = round;
    for (let next = 0; next < filled; next++) {
      const cell = stack[next] as number;
      const column = cell % columns;
      const middle = (cell - column) / columns;
      // Hidden ground has no gaps to bridge.
      const far = kind === 'any' && ((holds[cell] as number) & edges) === 0 ? narrowReach : reach;
      const top = Math.max(1, middle - far);
      const bottom = Math.min(rows - 2, middle + far);
      for (let y = top; y <= bottom; y++) {
        const last = y * columns + Math.min((to[y] as number) - 1, column + far);
        for (let near = y * columns + Math.max(from[y] as number, column - far); near <= last; near++) {
          if (((holds[near] as number) & half) === 0 || mark[near] === round) continue;
          mark[near] = round;
          stack[filled++] = near;
        }
      }
    }
    const cells = stack.slice(0, filled);
    const isEdge = (i: number): boolean => ((holds[i] as number) & edges) !== 0;
    const outline = kind === 'hidden' ? none : kind === 'any' ? cells.filter(isEdge) : cells;
    const rest = kind === 'hidden' ? cells : kind === 'any' ? cells.filter((i) => !isEdge(i)) : none;
    const hidden = rest.length === 0 ? null : toSides(rest, columns);
    regions.push(toRegion(cells, outline, hidden, columns));
  }
  return regions;
}

function toSides(cells: Int32Array, columns: number): Pick<Region, 'left' | 'top' | 'right' | 'bottom'> {
  let left = columns;
  let right = 0;
  let top = 0x7fffffff;
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
