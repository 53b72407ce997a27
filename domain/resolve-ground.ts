import type { Point, Polygon } from './geometry.ts';
import { applyHomography, fitHomography, type Homography } from './homography.ts';
import type { Ground } from './scene.ts';
import type { SceneFile } from './scene-file.ts';
import type { SchemaIssue } from './schema-issue.ts';

type Report = (path: SchemaIssue['path'], message: string) => void;

/** A zone or an exempt area, and where in the file it is drawn. */
export interface PlacedArea {
  readonly path: SchemaIssue['path'];
  readonly polygon: Polygon;
}

/** Three points are on a line when their triangle is flatter than this part of its longest side. */
const leastFlatness = 0.005;
/** Points may be off by this much, metres, ... */
const maxErrorM = 0.5;
/** ... or, far away, where that is less than one can point at, by this part of the picture. */
const maxPointingError = 0.01;
/** Nothing that a camera judges lies farther from the measured points than this, metres. */
const maxDistanceM = 2000;

/**
 * The ground plane from a scene file's points. Reports points that do not determine it or contradict each other, and
 * areas that reach to the horizon or beyond, below `ground` and at the areas' paths; the answer is `null` then.
 */
export function resolveGround(
  entries: SceneFile['ground'],
  areas: readonly PlacedArea[],
  report: Report,
): Ground | null {
  if (entries === undefined) return null;
  const points = entries.map(({ at, metres }) => ({ at: toPoint(at), metres: toPoint(metres) }));
  const at = points.map((point) => point.at);
  const metres = points.map((point) => point.metres);
  if (!isSpread(at, metres)) {
    report(
      ['ground'],
      'does not determine the plane: four of its points are needed no three of which lie on one line, neither in the picture nor on the ground',
    );
    return null;
  }
  const toMetres = fitHomography(at, metres);
  const beyond = at.findIndex((point) => !(applyHomography(toMetres, point).divisor > 0));
  if (beyond >= 0) {
    report(
      ['ground', beyond],
      'contradicts the others: seen together they would lie on both sides of the horizon; are two of the places exchanged?',
    );
    return null;
  }
  const isConsistent = reportContradiction(points, toMetres, report);
  const isInSight = reportHorizon(areas, metres, toMetres, report);
  return isConsistent && isInSight ? { points, toMetres } : null;
}

function toPoint([x = 0, y = 0]: readonly number[]): Point {
  return [x, y];
}

/** Whether some four points have no three on a line, in the picture and on the ground. */
function isSpread(at: readonly Point[], metres: readonly Point[]): boolean {
  const count = at.length;
  const isTriangle = (i: number, j: number, k: number): boolean =>
    [at, metres].every((of) => toFlatness(of[i] as Point, of[j] as Point, of[k] as Point) >= leastFlatness);
  for (let i = 0; i < count; i++)
    for (let j = i + 1; j < count; j++)
      for (let k = j + 1; k < count; k++) {
        if (!isTriangle(i, j, k)) continue;
        for (let l = k + 1; l < count; l++)
          if (isTriangle(i, j, l) && isTriangle(i, k, l) && isTriangle(j, k, l)) return true;
      }
  return false;
}

/** Height of a triangle over its longest side, in parts of that side; 0 for points that coincide. */
function toFlatness(a: Point, b: Point, c: Point): number {
  const longest = Math.max(toDistance(a, b), toDistance(b, c), toDistance(a, c));
  const twiceArea = Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
  return longest === 0 ? 0 : twiceArea / longest ** 2;
}

interface Contradiction {
  readonly index: number;
  readonly errorM: number;
  /** The error over what is allowed there; more than 1 is a contradiction. */
  readonly excess: number;
}

function reportContradiction(points: Ground['points'], toMetres: Homography, report: Report): boolean {
  const worst = findWorst(points, toMetres);
  if (worst.excess <= 1) return true;
  const culprit = findCulprit(points);
  report(
    ['ground', (culprit ?? worst).index],
    culprit === null
      ? `contradicts the others: together they put it ${worst.errorM.toFixed(1)} m from where it is said to lie, and one of them is wrong; measure them again`
      : `contradicts the others: they put it ${culprit.errorM.toFixed(1)} m from where it is said to lie; measure it again, or leave it out`,
  );
  return false;
}

function findWorst(points: Ground['points'], toMetres: Homography): Contradiction {
  const all = points.map((_, index) => toContradiction(points, index, toMetres));
  return all.reduce((worst, one) => (one.excess > worst.excess ? one : worst));
}

/** The point without which the others agree best, when there are enough others to say so; `null` when it cannot be told. */
function findCulprit(points: Ground['points']): Contradiction | null {
  if (points.length < 6) return null;
  let culprit: Contradiction | null = null;
  let leastRest = 1;
  for (const index of points.keys()) {
    const others = points.filter((_, other) => other !== index);
    const [at, metres] = [others.map((point) => point.at), others.map((point) => point.metres)];
    if (!isSpread(at, metres)) continue;
    const toMetres = fitHomography(at, metres);
    const rest = findWorst(others, toMetres).excess;
    if (rest > leastRest) continue;
    leastRest = rest;
    culprit = toContradiction(points, index, toMetres);
  }
  return culprit;
}

function toContradiction(points: Ground['points'], index: number, toMetres: Homography): Contradiction {
  const { at, metres } = points[index] as Ground['points'][number];
  const errorM = toDistance(applyHomography(toMetres, at).point, metres);
  return { index, errorM, excess: errorM / Math.max(maxErrorM, toPointingErrorM(at, toMetres)) };
}

/** How far on the ground a point moves that is pointed at a little wrongly. */
function toPointingErrorM([x, y]: Point, toMetres: Homography): number {
  const here = applyHomography(toMetres, [x, y]).point;
  const step = maxPointingError;
  const there = [
    applyHomography(toMetres, [x + step, y]),
    applyHomography(toMetres, [x, y + step]), // towards the camera, so never beyond the horizon
  ];
  return Math.max(...there.map(({ point }) => toDistance(point, here)));
}

function reportHorizon(
  areas: readonly PlacedArea[],
  metres: readonly Point[],
  toMetres: Homography,
  report: Report,
): boolean {
  let isInSight = true;
  for (const { path, polygon } of areas) {
    const index = polygon.findIndex((corner) => {
      const { point, divisor } = applyHomography(toMetres, corner);
      return !(divisor > 0) || !metres.some((measured) => toDistance(measured, point) <= maxDistanceM);
    });
    if (index < 0) continue;
    isInSight = false;
    report(
      path,
      `reaches to the horizon of the ground points or beyond at its point ${index + 1} (${polygon[index]?.join(', ')}); draw it on the ground, or measure points farther away`,
    );
  }
  return isInSight;
}

function toDistance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
