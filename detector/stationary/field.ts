import { type Box, isInside, type Polygon } from '../../domain/mod.ts';
import { headroomShare, longestSettleMs, marginCells, maxCells, shortestSettleMs } from './settings.ts';

/** A zone in which things left behind are looked for. */
export interface StationaryZone {
  readonly name: string;
  /** 0-1 of the picture. */
  readonly polygon: Polygon;
  /** Shortest onset of the rules that ask for objects here. */
  readonly onsetMs: number;
}

/** The part of a picture that is looked at, as a grid of square cells. */
export interface Field {
  readonly pixelWidth: number;
  readonly pixelHeight: number;
  /** Pixels from one cell to the next, and pixels that a cell averages along each axis. */
  readonly stride: number;
  readonly reach: number;
  /** Pixel of the picture at which the first cell begins. */
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
  /** Per cell: 0 outside, else 1 + index of the zone with the shortest onset that covers it. */
  readonly zoneOf: Uint8Array;
  /** First and one past the last cell of each row that is inside; equal when none is. The outermost rows and columns never are. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly cells: number;
  readonly zones: readonly StationaryZone[];
  /** How long a thing must have stayed, per zone. */
  readonly settleMs: readonly number[];
  /** Bounding boxes of the zones, cells. */
  readonly zoneWidth: readonly number[];
  readonly zoneHeight: readonly number[];
}

export function toSettleMs(onsetMs: number): number {
  return Math.max(shortestSettleMs, Math.min(longestSettleMs, onsetMs / 2));
}

/** `null` when the zones cover nothing of a picture of this size. */
export function toField(
  zones: readonly StationaryZone[],
  pixelWidth: number,
  pixelHeight: number,
): Field | null {
  const bounds = zones.map(({ polygon }) => toBounds(polygon));
  let stride = 1;
  for (;;) {
    const field = layOut(zones, bounds, pixelWidth, pixelHeight, stride);
    if (field === null || field.cells <= maxCells) return field;
    stride++;
  }
}

function layOut(
  zones: readonly StationaryZone[],
  bounds: readonly Box[],
  pixelWidth: number,
  pixelHeight: number,
  stride: number,
): Field | null {
  const reach = Math.max(2, stride);
  const edge = (marginCells + 1) * stride;
  const left = Math.max(0, Math.floor(Math.min(...bounds.map((box) => box[0])) * pixelWidth) - edge);
  const headroom = Math.round(headroomShare * pixelHeight);
  const top = Math.max(
    0,
    Math.floor(Math.min(...bounds.map((box) => box[1])) * pixelHeight) - edge - headroom,
  );
  const right = Math.min(pixelWidth, Math.ceil(Math.max(...bounds.map((box) => box[2])) * pixelWidth) + edge);
  const bottom = Math.min(
    pixelHeight,
    Math.ceil(Math.max(...bounds.map((box) => box[3])) * pixelHeight) + edge,
  );
  const columns = Math.floor((right - left - reach) / stride) + 1;
  const rows = Math.floor((bottom - top - reach) / stride) + 1;
  if (!(columns >= 3 && rows >= 3)) return null;
  // A first layout may be far too fine; its cells need no counting.
  const isHopeless = columns * rows > 16 * maxCells;
  const zoneOf = new Uint8Array(isHopeless ? 0 : columns * rows);
  const from = new Int32Array(rows);
  const to = new Int32Array(rows);
  const grid = { pixelWidth, pixelHeight, stride, reach, left, top, columns, rows };
  let cells = isHopeless ? columns * rows : 0;
  if (!isHopeless) {
    const order = zones
      .map((_, index) => index)
      .toSorted((a, b) => (zones[b]?.onsetMs ?? 0) - (zones[a]?.onsetMs ?? 0));
    for (const index of order) markZone(zoneOf, grid, zones[index] as StationaryZone, index + 1);
    for (let row = 1; row < rows - 1; row++) {
      const start = row * columns;
      for (let column = 1; column < columns - 1; column++) {
        if (zoneOf[start + column] === 0) continue;
        if (to[row] === 0) from[row] = column;
        to[row] = column + 1;
        cells++;
      }
    }
    if (cells === 0) return null;
  }
  return {
    ...grid,
    zoneOf,
    from,
    to,
    cells,
    zones,
    settleMs: zones.map(({ onsetMs }) => toSettleMs(onsetMs)),
    zoneWidth: bounds.map((box) => ((box[2] - box[0]) * pixelWidth) / stride),
    zoneHeight: bounds.map((box) => ((box[3] - box[1]) * pixelHeight) / stride),
  };
}

type Grid = Pick<
  Field,
  'pixelWidth' | 'pixelHeight' | 'stride' | 'reach' | 'left' | 'top' | 'columns' | 'rows'
>;

/** Marks the cells inside the polygon, `marginCells` around it and the headroom above. */
function markZone(zoneOf: Uint8Array, grid: Grid, zone: StationaryZone, mark: number): void {
  const { columns, rows } = grid;
  const headroom = Math.round((headroomShare * grid.pixelHeight) / grid.stride);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const x = (grid.left + column * grid.stride + grid.reach / 2) / grid.pixelWidth;
      const y = (grid.top + row * grid.stride + grid.reach / 2) / grid.pixelHeight;
      if (isInside([x, y], zone.polygon)) markAround(zoneOf, grid, column, row, headroom, mark);
    }
}

function markAround(
  zoneOf: Uint8Array,
  { columns, rows }: Grid,
  column: number,
  row: number,
  headroom: number,
  mark: number,
): void {
  const from = Math.max(1, column - marginCells);
  const to = Math.min(columns - 2, column + marginCells);
  const last = Math.min(rows - 2, row + marginCells);
  for (let y = Math.max(1, row - marginCells - headroom); y <= last; y++)
    if (from <= to) zoneOf.fill(mark, y * columns + from, y * columns + to + 1);
}

function toBounds(polygon: Polygon): Box {
  const xs = polygon.map(([x]) => x);
  const ys = polygon.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
