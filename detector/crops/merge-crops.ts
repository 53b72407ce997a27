import { type Box, type Detection, toBoxArea, toIntersectionArea, toIou } from '../../domain/mod.ts';

/** What was found in one crop. */
export interface CropView {
  /** Where the crop lies, 0-1 of the whole picture. */
  readonly crop: Box;
  /** Boxes 0-1 of the whole picture. */
  readonly detections: readonly Detection[];
}

/** Two boxes of one class that overlap more are one thing, be they found in the whole picture or a crop. */
const sameThing = 0.45;
/** A box this near a crop's edge, as a share of the crop, may be cut by it. */
const edgeSlack = 0.02;
/** A fragment fills that much of what the crop can show of its thing. */
const sameFragment = 0.5;
/** Fragments of one thing in two crops share this much of their length along the common edge. */
const sharedEdge = 0.5;

/** Boxes 0-1 of a crop become boxes 0-1 of the whole picture. */
export function toWholePicture(detections: readonly Detection[], crop: Box): Detection[] {
  const [left, top, right, bottom] = crop;
  const toX = (x: number): number => round(left + x * (right - left));
  const toY = (y: number): number => round(top + y * (bottom - top));
  return detections.map(({ box, ...rest }) => ({
    ...rest,
    box: [toX(box[0]), toY(box[1]), toX(box[2]), toY(box[3])],
  }));
}

/**
 * Merges what was found in a whole picture and in crops of it. Whatever the whole picture shows stays: where a crop shows
 * the same thing uncut, the sharper box is taken for small things and the whole picture's for large ones, with the higher
 * score. What a crop's edge cuts is never reported as it is: it is part of a thing that the whole picture or another
 * crop shows, or two fragments in neighbouring crops make one thing, or it is left out. Best score first, at most `limit`.
 */
export function mergeCrops(
  whole: readonly Detection[],
  views: readonly CropView[],
  limit: number,
): Detection[] {
  const things: Thing[] = whole.map((detection) => ({ detection, isWhole: true }));
  const pieces: Piece[] = [];
  const uncut: { detection: Detection; crop: Box }[] = [];
  for (const { crop, detections } of views)
    for (const detection of detections) {
      const cutEdges = findCutEdges(detection.box, crop);
      if (cutEdges.length > 0) pieces.push({ detection, cutEdges, crop });
      else uncut.push({ detection, crop });
    }
  const complete = [...whole, ...uncut.map(({ detection }) => detection)];
  for (const { detection, crop } of uncut.toSorted((a, b) => b.detection.score - a.detection.score))
    if (!complete.some((other) => isPartOf(detection, other, crop))) place(things, detection, crop);
  for (const joined of joinPieces(pieces)) placeJoined(things, joined);
  return things
    .map(({ detection }) => detection)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, Math.max(limit, whole.length));
}

interface Thing {
  detection: Detection;
  /** Seen in the whole picture and not yet in a crop. */
  isWhole: boolean;
}

/** Adds what a crop shows uncut to the things, or merges it with the one that it is. */
function place(things: Thing[], detection: Detection, crop: Box): void {
  const same = findSame(things, detection);
  if (same === null) {
    things.push({ detection, isWhole: false });
    return;
  }
  const isSharper = same.isWhole && !isLargeIn(detection.box, crop);
  same.detection = {
    ...same.detection,
    box: isSharper ? detection.box : same.detection.box,
    score: Math.max(same.detection.score, detection.score),
  };
  same.isWhole = false;
}

function placeJoined(things: Thing[], detection: Detection): void {
  const same = findSame(things, detection);
  // What is seen in one piece is better placed than what was put together.
  if (same === null) things.push({ detection, isWhole: false });
  else same.detection = { ...same.detection, score: Math.max(same.detection.score, detection.score) };
}

function findSame(things: readonly Thing[], { class: name, box }: Detection): Thing | null {
  let same: Thing | null = null;
  let best = sameThing;
  for (const thing of things) {
    if (thing.detection.class !== name) continue;
    const iou = toIou(thing.detection.box, box);
    if (iou <= best) continue;
    same = thing;
    best = iou;
  }
  return same;
}

const largeShare = 0.6;

/** A thing that nearly fills a crop is shown as well, with more around it, by the whole picture. */
function isLargeIn(box: Box, crop: Box): boolean {
  return (
    box[2] - box[0] > largeShare * (crop[2] - crop[0]) || box[3] - box[1] > largeShare * (crop[3] - crop[1])
  );
}

/** Whether a detection in a crop is what the crop can show of a thing that sticks out of it, of whatever class it looks there. */
function isPartOf({ box }: Detection, other: Detection, crop: Box): boolean {
  if (!sticksOut(other.box, crop) || toBoxArea(other.box) <= toBoxArea(box)) return false;
  return toIou(box, clipTo(other.box, crop)) >= sameFragment;
}

const sticksOutShare = 0.15;

/** By a share of its own that is more than a loosely fitting box's. */
function sticksOut(box: Box, crop: Box): boolean {
  return toIntersectionArea(box, crop) < (1 - sticksOutShare) * toBoxArea(box);
}

function clipTo(box: Box, crop: Box): Box {
  return [
    Math.max(box[0], crop[0]),
    Math.max(box[1], crop[1]),
    Math.min(box[2], crop[2]),
    Math.min(box[3], crop[3]),
  ];
}

type Edge = 'left' | 'top' | 'right' | 'bottom';

/** Edges of a crop that a box reaches, those that are the picture's own left out: nothing is cut there. */
function findCutEdges(box: Box, crop: Box): Edge[] {
  const slackX = (crop[2] - crop[0]) * edgeSlack;
  const slackY = (crop[3] - crop[1]) * edgeSlack;
  const edges: Edge[] = [];
  if (crop[0] > 0 && box[0] <= crop[0] + slackX) edges.push('left');
  if (crop[1] > 0 && box[1] <= crop[1] + slackY) edges.push('top');
  if (crop[2] < 1 && box[2] >= crop[2] - slackX) edges.push('right');
  if (crop[3] < 1 && box[3] >= crop[3] - slackY) edges.push('bottom');
  return edges;
}

interface Piece {
  readonly detection: Detection;
  readonly cutEdges: readonly Edge[];
  readonly crop: Box;
}

const facing: Readonly<Record<Edge, Edge>> = { left: 'right', right: 'left', top: 'bottom', bottom: 'top' };

/** Joins pieces in pairs: each cut by one edge, the edges facing, the boxes meeting there. Pieces left over are dropped. */
function joinPieces(pieces: readonly Piece[]): Detection[] {
  const joined: Detection[] = [];
  const used = new Set<Piece>();
  const ordered = pieces.toSorted((a, b) => b.detection.score - a.detection.score);
  for (const a of ordered) {
    if (used.has(a)) continue;
    const b = ordered.find((other) => other !== a && !used.has(other) && doMeet(a, other));
    if (b === undefined) continue;
    used.add(a).add(b);
    joined.push({
      ...a.detection,
      box: toUnion(a.detection.box, b.detection.box),
      score: Math.max(a.detection.score, b.detection.score),
    });
  }
  return joined;
}

function doMeet(a: Piece, b: Piece): boolean {
  const [edge, ...more] = a.cutEdges;
  if (edge === undefined || more.length > 0 || b.cutEdges.length !== 1) return false;
  if (b.cutEdges[0] !== facing[edge] || a.detection.class !== b.detection.class) return false;
  const [across, along] = edge === 'left' || edge === 'right' ? ([0, 1] as const) : ([1, 0] as const);
  const boxA = a.detection.box;
  const boxB = b.detection.box;
  // Each piece may end short of its crop's edge by the slack.
  const maxGap = edgeSlack * (toLength(a.crop, across) + toLength(b.crop, across));
  return (
    toSharedLength(boxA, boxB, across) >= -maxGap &&
    toSharedLength(boxA, boxB, along) >= sharedEdge * Math.max(toLength(boxA, along), toLength(boxB, along))
  );
}

type Axis = 0 | 1;

function toLength(box: Box, axis: Axis): number {
  return (box[axis + 2] as number) - box[axis];
}

/** Negative: the gap between them. */
function toSharedLength(a: Box, b: Box, axis: Axis): number {
  return Math.min(a[axis + 2] as number, b[axis + 2] as number) - Math.max(a[axis], b[axis]);
}

function toUnion(a: Box, b: Box): Box {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

/** As finely as detections are rounded elsewhere. */
function round(value: number): number {
  return Number(Math.min(1, Math.max(0, value)).toFixed(5));
}
