import {
  type Box,
  type Detection,
  isInside,
  type ObjectClass,
  toBoxArea,
  toFootprint,
  toIntersectionArea,
  toIou,
} from '../../domain/mod.ts';
import type { Field } from './field.ts';
import {
  explainedAlways,
  explainedMemoryMs,
  explainedScore,
  explainedShare,
  parkedMemoryMs,
  parkedMs,
} from './settings.ts';

interface Sight {
  readonly box: Box;
  readonly atMs: number;
}

interface Parked {
  box: Box;
  readonly sinceMs: number;
  lastMs: number;
}

const vehicles: ReadonlySet<ObjectClass> = new Set(['car', 'bus', 'truck', 'tricycle', 'motorcycle']);
/** A vehicle's own shadow, and what a model's box leaves out of it, as parts of the box's width and height. */
const besideShare = 0.06;
const belowShare = 0.12;
const [maxSights, maxParked] = [200, 60];
/** Two sights of a vehicle that has not moved overlap by as much ... */
const samePlace = 0.6;
/** ... and it may be out of sight for so long, behind others. */
const longestGapMs = 60_000;

/** What a model saw of late, and where vehicles stood. */
export class Explanations {
  #sights: Sight[] = [];
  #parked: Parked[] = [];

  /** Takes what a model sees now, and marks the cells behind it in `isCovered`. */
  note(explained: readonly Detection[], atMs: number, field: Field, isCovered: Uint8Array): void {
    isCovered.fill(0);
    this.#sights = this.#sights.filter((one) => atMs - one.atMs <= explainedMemoryMs).slice(-maxSights);
    this.#parked = this.#parked.filter(
      (one) => atMs - one.lastMs <= (isLong(one) ? parkedMemoryMs : longestGapMs),
    );
    for (const { class: name, box: seen, score } of explained) {
      if (score < explainedScore && !explainedAlways.has(name)) continue;
      const box = vehicles.has(name) ? withShadow(seen) : seen;
      if (vehicles.has(name)) this.#park(box, atMs);
      this.#sights.push({ box, atMs });
      cover(box, field, isCovered);
    }
  }

  /** How many sights of late cover most of a box. */
  countSights(box: Box): number {
    const least = explainedShare * toBoxArea(box);
    return this.#sights.filter((one) => toIntersectionArea(one.box, box) >= least).length;
  }

  /** Whether a vehicle stood there for long, until some minutes ago: it leaves dry or wet or oily ground behind. */
  isWhereVehicleStood(box: Box): boolean {
    const foot = toFootprint(box);
    return this.#parked.some((one) => isLong(one) && isInside(foot, toCorners(one.box)));
  }

  #park(box: Box, atMs: number): void {
    const known = this.#parked.find((one) => toIou(one.box, box) >= samePlace);
    if (known === undefined) {
      if (this.#parked.length < maxParked) this.#parked.push({ box, sinceMs: atMs, lastMs: atMs });
      return;
    }
    known.lastMs = atMs;
  }
}

const isLong = ({ sinceMs, lastMs }: Parked): boolean => lastMs - sinceMs >= parkedMs;

function withShadow([x1, y1, x2, y2]: Box): Box {
  const beside = besideShare * (x2 - x1);
  return [Math.max(0, x1 - beside), y1, Math.min(1, x2 + beside), Math.min(1, y2 + belowShare * (y2 - y1))];
}

function toCorners([x1, y1, x2, y2]: Box): [number, number][] {
  return [
    [x1, y1],
    [x2, y1],
    [x2, y2],
    [x1, y2],
  ];
}

/** Marks the cells behind a box and one around. */
function cover(box: Box, field: Field, isCovered: Uint8Array): void {
  const { columns, rows, stride, pixelWidth, pixelHeight } = field;
  const left = Math.max(0, Math.floor((box[0] * pixelWidth - field.left) / stride) - 1);
  const right = Math.min(columns - 1, Math.ceil((box[2] * pixelWidth - field.left) / stride) + 1);
  const top = Math.max(0, Math.floor((box[1] * pixelHeight - field.top) / stride) - 1);
  const bottom = Math.min(rows - 1, Math.ceil((box[3] * pixelHeight - field.top) / stride) + 1);
  for (let row = top; row <= bottom; row++)
    if (right >= left) isCovered.fill(1, row * columns + left, row * columns + right + 1);
}
