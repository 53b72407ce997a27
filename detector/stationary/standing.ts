import type { Box } from '../../domain/mod.ts';
import { type Background, toRate } from './background.ts';
import { toHueColumns } from './cells.ts';
import type { Field } from './field.ts';
import type { Region } from './regions.ts';
import { unrestFactor } from './settings.ts';

/** A thing that came and stayed. */
export interface Standing {
  /** 1-255: its mark in `Background.owner`. */
  readonly id: number;
  /** Cells; edges, not centres. */
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** Its edges, by which it is known again. */
  signature: Int32Array;
  clarity: number;
  readonly sinceMs: number;
  /** Samples since then. */
  samples: number;
  /** Samples in which it was judged an object; it is reported from the second on. */
  hits: number;
  /** Part of its edges found in the newest sample, and of late. */
  share: number;
  /** Part of its edges that were in view in the newest sample. */
  inView: number;
  /** Capture time since when it has been missing; `null`: it is there. */
  missingSinceMs: number | null;
  missingSamples: number;
}

export type Edges = Pick<Standing, 'left' | 'top' | 'right' | 'bottom'>;

/** Share of a cell's reach beyond an edge at which its gradient no longer counts as changed, by experiment. */
const blur = 0.6;

/**
 * Edges of the thing within its region, cells. A cell compares its two neighbours, so the region's outermost cells lie
 * outside of the thing, by a cell and the blur of its averaging.
 */
export function toEdges({ reach, stride }: Field, region: Region): Edges {
  const inset = 1 + (blur * reach) / stride;
  const outset = 1 - ((1 - blur) * reach) / stride;
  // Hidden ground ends where the thing ends.
  const {
    left = region.right,
    top = region.bottom,
    right = region.left,
    bottom = region.top,
  } = region.hidden ?? {};
  const [fromX, toX] = [Math.min(left, region.left + inset), Math.max(right + 1, region.right - outset)];
  const [fromY, toY] = [Math.min(top, region.top + inset), Math.max(bottom + 1, region.bottom - outset)];
  const [lackX, lackY] = [toLack(fromX, toX), toLack(fromY, toY)];
  return { left: fromX - lackX, right: toX + lackX, top: fromY - lackY, bottom: toY + lackY };
}

/** What a span lacks on either side to be a cell long. */
function toLack(from: number, to: number): number {
  return Math.max(0, 1 - (to - from)) / 2;
}

export function toStanding(
  id: number,
  edges: Edges,
  region: Region,
  clarity: number,
  atMs: number,
): Standing {
  return {
    id,
    ...edges,
    signature: region.cells,
    clarity,
    sinceMs: atMs,
    samples: 0,
    hits: 1,
    share: 1,
    inView: 1,
    missingSinceMs: null,
    missingSamples: 0,
  };
}

const shapeLagMs = 15_000;

/** Of the area that one of two boxes covers: less is the thing together with something else that changed beside it. */
const sameShape = 0.4;

function toOverlap(a: Edges, b: Edges): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  const area = ({ left, top, right, bottom }: Edges): number => (right - left) * (bottom - top);
  return both / (area(a) + area(b) - both);
}

/** The thing judged an object once more: its box follows slowly, its edges are those of now. */
export function confirmStanding(
  standing: Standing,
  edges: Edges,
  region: Region,
  clarity: number,
  elapsedMs: number,
): void {
  const rate = toRate(elapsedMs, shapeLagMs);
  if (toOverlap(standing, edges) >= sameShape) {
    standing.left += rate * (edges.left - standing.left);
    standing.top += rate * (edges.top - standing.top);
    standing.right += rate * (edges.right - standing.right);
    standing.bottom += rate * (edges.bottom - standing.bottom);
    standing.signature = region.cells;
  }
  standing.clarity += rate * (clarity - standing.clarity);
  standing.hits++;
}

/** Claims the cells of the thing's box and one around, unless they are another's. */
export function claimCells({ field, owner }: Background, standing: Standing): void {
  const { columns, rows } = field;
  for (
    let row = Math.max(1, Math.floor(standing.top) - 2);
    row <= Math.min(rows - 2, Math.ceil(standing.bottom) + 1);
    row++
  )
    for (
      let column = Math.max(1, Math.floor(standing.left) - 2);
      column <= Math.min(columns - 2, Math.ceil(standing.right) + 1);
      column++
    ) {
      const i = row * columns + column;
      if (owner[i] === 0) owner[i] = standing.id;
    }
}

/** Looks for the thing's edges in the newest sample. */
export function lookForStanding(background: Background, standing: Standing): void {
  const { field, slowX, slowY, fastX, fastY, tolerance, unrest, isCovered, hues } = background;
  const { columns } = field;
  const hueColumns = toHueColumns(field);
  let inView = 0;
  let found = 0;
  for (const i of standing.signature) {
    if (isCovered[i] === 1) continue;
    inView++;
    const x = (fastX[i] as number) - (slowX[i] as number);
    const y = (fastY[i] as number) - (slowY[i] as number);
    const limit = 0.6 * ((tolerance[i] as number) + unrestFactor * (unrest[i] as number));
    const row = Math.floor(i / columns);
    const isHidden = hues.isHidden[(row >> 1) * hueColumns + ((i - row * columns) >> 1)] === 1;
    if (isHidden || x * x + y * y > limit * limit) found++;
  }
  standing.inView = standing.signature.length === 0 ? 0 : inView / standing.signature.length;
  if (inView > 0) standing.share = found / inView;
}

export function toBox(field: Field, { left, top, right, bottom }: Edges): Box {
  const { stride, pixelWidth, pixelHeight } = field;
  const toX = (column: number): number => clamp((field.left + column * stride) / pixelWidth);
  const toY = (row: number): number => clamp((field.top + row * stride) / pixelHeight);
  return [toX(left), toY(top), toX(right), toY(bottom)];
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** An honest scale: 0.5 where the change is just what counts, 0.75 at three times that; less where only a part is seen. */
export function toScore({ clarity, share }: Standing): number {
  return Math.round(Math.min(0.95, (clarity / (clarity + 1)) * Math.sqrt(share)) * 1000) / 1000;
}
