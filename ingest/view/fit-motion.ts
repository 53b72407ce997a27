import { regionColumns, regionCount, regionRows, type ShiftScores } from './shift-search.ts';

/** How the picture's content lies compared with a reference: turned and scaled about the centre, then shifted. */
export interface Motion {
  /** Shift of the content at the centre, widths of the picture, to the right and down. */
  readonly dx: number;
  readonly dy: number;
  /** More than 1: things are bigger than in the reference. */
  readonly scale: number;
  /** Clockwise turn of the content, radians. */
  readonly turn: number;
  /** Furthest that any part of the picture has moved, widths of the picture. */
  readonly farthest: number;
  /** It explains its regions clearly better than standing still does. */
  readonly isClear: boolean;
  /** Regions that agree. */
  readonly regions: number;
}

/** A region whose best match is no better than this is not heard. */
const leastScore = 0.28;
/** ... and whose best match does not stand out from all others by this. */
const leastLead = 0.05;
/** Regions agree when the motion explains their shifts to this, pixels of the searched maps. */
const tolerance = 1.1;
const leastForShift = 4;
const leastForTurn = 6;
const leastAgreement = 0.55;
/** The motion must explain its regions this much better than standing still. */
const leastGain = 1.3;
const leastGainPerRegion = 0.06;
const mostScaling = 0.45;
const mostTurn = 0.35;

interface RegionShift {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly score: number;
  readonly still: number;
}

/** The one motion that most regions agree on, or `null` where none does. `width`, `height`: size of the searched maps, pixels. */
export function fitMotion(scores: ShiftScores, width: number, height: number): Motion | null {
  const shifts = listShifts(scores, width, height);
  if (shifts.length < leastForShift) return null;
  let best: { motion: Similarity; agreeing: RegionShift[]; weight: number } | null = null;
  const consider = (motion: Similarity, least: number): void => {
    const agreeing = shifts.filter((shift) => toMiss(motion, shift) <= tolerance);
    if (agreeing.length < least || agreeing.length < leastAgreement * shifts.length) return;
    const weight = agreeing.reduce((sum, { score }) => sum + score, 0);
    if (best === null || weight > best.weight) best = { motion, agreeing, weight };
  };
  for (const one of shifts) consider({ a: 0, b: 0, tx: one.dx, ty: one.dy }, leastForShift);
  // A turn or zoom has more freedom to fit chance: it needs more regions, and is asked only when no shift explains most of them.
  const shiftRegions = (best as { agreeing: RegionShift[] } | null)?.agreeing.length ?? 0;
  if (shiftRegions < 0.85 * shifts.length)
    for (const [index, one] of shifts.entries())
      for (const other of shifts.slice(index + 1)) {
        const motion = solve([one, other]);
        if (motion !== null) consider(motion, Math.max(leastForTurn, shiftRegions + 2));
      }
  if (best === null) return null;
  const { motion: rough, agreeing } = best as { motion: Similarity; agreeing: RegionShift[] };
  const isShift = rough.a === 0 && rough.b === 0;
  const motion = (isShift ? null : solve(agreeing)) ?? toMeanShift(agreeing);
  const gained = agreeing.reduce((sum, { score }) => sum + score, 0);
  const stillScore = agreeing.reduce((sum, { still }) => sum + Math.max(0, still), 0);
  return {
    dx: motion.tx / width,
    dy: motion.ty / width,
    scale: Math.hypot(1 + motion.a, motion.b),
    turn: Math.atan2(motion.b, 1 + motion.a),
    farthest: toFarthest(motion, width, height) / width,
    isClear: gained >= leastGain * stillScore + leastGainPerRegion * agreeing.length,
    regions: agreeing.length,
  };
}

/** Content at (x, y) from the centre has moved by (a x - b y + tx, b x + a y + ty). */
interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

function toMiss({ a, b, tx, ty }: Similarity, { x, y, dx, dy }: RegionShift): number {
  return Math.hypot(a * x - b * y + tx - dx, b * x + a * y + ty - dy);
}

/** Least squares over regions, each as heavy as its score; `null` when they lie in one place or turn or scale too far. */
function solve(shifts: readonly RegionShift[]): Similarity | null {
  let weight = 0;
  let mx = 0;
  let my = 0;
  let mdx = 0;
  let mdy = 0;
  for (const { x, y, dx, dy, score } of shifts) {
    weight += score;
    mx += score * x;
    my += score * y;
    mdx += score * dx;
    mdy += score * dy;
  }
  mx /= weight;
  my /= weight;
  mdx /= weight;
  mdy /= weight;
  let square = 0;
  let a = 0;
  let b = 0;
  for (const { x, y, dx, dy, score } of shifts) {
    square += score * ((x - mx) ** 2 + (y - my) ** 2);
    a += score * ((x - mx) * (dx - mdx) + (y - my) * (dy - mdy));
    b += score * ((x - mx) * (dy - mdy) - (y - my) * (dx - mdx));
  }
  if (square < 1) return null;
  a /= square;
  b /= square;
  if (Math.abs(a) > mostScaling || Math.abs(b) > mostTurn) return null;
  return { a, b, tx: mdx - a * mx + b * my, ty: mdy - b * mx - a * my };
}

function toMeanShift(shifts: readonly RegionShift[]): Similarity {
  const weight = shifts.reduce((sum, { score }) => sum + score, 0);
  const mean = (key: 'dx' | 'dy'): number =>
    shifts.reduce((sum, shift) => sum + shift.score * shift[key], 0) / weight;
  return { a: 0, b: 0, tx: mean('dx'), ty: mean('dy') };
}

function toFarthest({ a, b, tx, ty }: Similarity, width: number, height: number): number {
  let farthest = 0;
  for (const x of [-width / 2, width / 2])
    for (const y of [-height / 2, height / 2])
      farthest = Math.max(farthest, Math.hypot(a * x - b * y + tx, b * x + a * y + ty));
  return farthest;
}

function listShifts({ scores, side, reach }: ShiftScores, width: number, height: number): RegionShift[] {
  const shifts: RegionShift[] = [];
  for (let region = 0; region < regionCount; region++) {
    const table = scores.subarray(region * side * side, (region + 1) * side * side);
    let top = 0;
    for (let at = 1; at < table.length; at++) if ((table[at] as number) > (table[top] as number)) top = at;
    const score = table[top] as number;
    if (score < leastScore) continue;
    const column = top % side;
    const row = (top - column) / side;
    if (score - findRival(table, side, column, row) < leastLead) continue;
    shifts.push({
      x: (((region % regionColumns) + 0.5) / regionColumns - 0.5) * width,
      y: ((Math.floor(region / regionColumns) + 0.5) / regionRows - 0.5) * height,
      dx: column - reach + toFraction(table, top, 1, column > 0 && column < side - 1),
      dy: row - reach + toFraction(table, top, side, row > 0 && row < side - 1),
      score,
      still: table[(table.length - 1) / 2] as number,
    });
  }
  return shifts;
}

/** The best match further than two pixels from the best. */
function findRival(table: Float32Array, side: number, column: number, row: number): number {
  let rival = -1;
  for (let y = 0, at = 0; y < side; y++)
    for (let x = 0; x < side; x++, at++)
      if ((table[at] as number) > rival && (Math.abs(x - column) > 2 || Math.abs(y - row) > 2))
        rival = table[at] as number;
  return rival;
}

/** Where between pixels a parabola through three scores has its top, -0.5 to 0.5. */
function toFraction(table: Float32Array, at: number, step: number, isInside: boolean): number {
  if (!isInside) return 0;
  const before = table[at - step] as number;
  const here = table[at] as number;
  const after = table[at + step] as number;
  const bend = before - 2 * here + after;
  return bend >= 0 ? 0 : Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend)));
}
