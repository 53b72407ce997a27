import { type Box, type Polygon, toBoxArea, toIntersectionArea } from '../../domain/mod.ts';

/** What crops are planned for. */
export interface CropNeeds {
  /** Of the whole picture, pixels; only their proportions count, but for `minEnlargedPixels`. */
  readonly pictureWidth: number;
  readonly pictureHeight: number;
  /** The model's input, pixels. */
  readonly inputWidth: number;
  readonly inputHeight: number;
}

/** Runs of the model per sample on top of the whole picture's. */
export const maxCrops = 2;
/**
 * A zone covers little of the picture when things come out at least this much larger in its crop. Below that its things are
 * large enough for the model as they are, and each sample would cost double for little.
 */
const minGain = 2.5;
/** Enlarging a picture beyond this shows a model nothing more. */
const maxEnlargement = 3;

/**
 * Room around a zone's box, as shares of the box and at least of the picture: a thing belongs to a zone by where it touches
 * the ground, so it sticks out of the zone upwards by its height and sideways by half its width.
 */
const room = { side: 0.2, top: 0.5, bottom: 0.12, minSide: 0.03, minTop: 0.06, minBottom: 0.03 } as const;

/**
 * Plans the parts of a picture that are looked at again by themselves: one for each zone that covers little of it, with
 * room for whole things at its edge, in the proportions of the model's input; zones that lie together share one. At most
 * `maxCrops`: when more zones want one, neighbours share or the larger ones go without. Boxes are 0-1 of the picture, in an
 * order that depends on the zones alone.
 */
export function planCrops(zones: readonly Polygon[], needs: CropNeeds): Box[] {
  let wanted = zones.map((zone) => addRoom(toBounds(zone))).filter((box) => toGain(box, needs) >= minGain);
  for (;;) {
    const pair = findPair(wanted, needs);
    if (pair === null) break;
    const rest = wanted.filter((box) => box !== pair.a && box !== pair.b);
    wanted = [...rest, pair.both].filter((box) => toGain(box, needs) >= minGain);
  }
  return wanted
    .toSorted((a, b) => toGain(b, needs) - toGain(a, needs))
    .slice(0, maxCrops)
    .map((box) => toCrop(box, needs));
}

/**
 * Size that pictures should have so that the smallest crop fills the model's input, within 1920x1080 and never below the
 * input itself. Ingest keeps the proportions and never enlarges.
 */
export function toWantedPixels(
  crops: readonly Box[],
  { inputWidth, inputHeight }: Pick<CropNeeds, 'inputWidth' | 'inputHeight'>,
): { maxPixelWidth: number; maxPixelHeight: number } {
  const width = Math.max(inputWidth, ...crops.map((crop) => inputWidth / (crop[2] - crop[0])));
  const height = Math.max(inputHeight, ...crops.map((crop) => inputHeight / (crop[3] - crop[1])));
  return {
    maxPixelWidth: Math.ceil(Math.max(inputWidth, Math.min(width, maxPicture.width))),
    maxPixelHeight: Math.ceil(Math.max(inputHeight, Math.min(height, maxPicture.height))),
  };
}

/** 6.2 MB as RGB24. */
const maxPicture = { width: 1920, height: 1080 } as const;

function toBounds(zone: Polygon): Box {
  const xs = zone.map(([x]) => x);
  const ys = zone.map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function addRoom([x1, y1, x2, y2]: Box): Box {
  const side = Math.max(room.minSide, (x2 - x1) * room.side);
  const top = Math.max(room.minTop, (y2 - y1) * room.top);
  const bottom = Math.max(room.minBottom, (y2 - y1) * room.bottom);
  return [Math.max(0, x1 - side), Math.max(0, y1 - top), Math.min(1, x2 + side), Math.min(1, y2 + bottom)];
}

/** How much larger things come out in the crop around a box than in the whole picture. */
function toGain(box: Box, needs: CropNeeds): number {
  const { width, height } = toCropSize(box, needs);
  const whole = Math.min(needs.inputWidth / needs.pictureWidth, needs.inputHeight / needs.pictureHeight);
  return Math.min(needs.inputWidth / width, needs.inputHeight / height) / whole;
}

/** Size of the crop around a box, pixels of the picture: in the input's proportions where the picture allows. */
function toCropSize([x1, y1, x2, y2]: Box, needs: CropNeeds): { width: number; height: number } {
  const { pictureWidth, pictureHeight, inputWidth, inputHeight } = needs;
  const scale = Math.max(
    ((x2 - x1) * pictureWidth) / inputWidth,
    ((y2 - y1) * pictureHeight) / inputHeight,
    1 / maxEnlargement,
  );
  return {
    width: Math.min(pictureWidth, inputWidth * scale),
    height: Math.min(pictureHeight, inputHeight * scale),
  };
}

function toCrop(box: Box, needs: CropNeeds): Box {
  const { width, height } = toCropSize(box, needs);
  const place = (from: number, to: number, size: number): readonly [number, number] => {
    const start = Math.min(Math.max(0, (from + to - size) / 2), 1 - size);
    return [start, Math.min(1, start + size)];
  };
  const [x1, x2] = place(box[0], box[2], width / needs.pictureWidth);
  const [y1, y2] = place(box[1], box[3], height / needs.pictureHeight);
  return [x1, y1, x2, y2];
}

interface Pair {
  readonly a: Box;
  readonly b: Box;
  readonly both: Box;
}

/** Two boxes to look at as one: they largely overlap, or there are too many and these two lose least by it. */
function findPair(boxes: readonly Box[], needs: CropNeeds): Pair | null {
  let best: Pair | null = null;
  let bestLoss = Number.POSITIVE_INFINITY;
  for (const [i, a] of boxes.entries())
    for (const b of boxes.slice(i + 1)) {
      const both: Box = [
        Math.min(a[0], b[0]),
        Math.min(a[1], b[1]),
        Math.max(a[2], b[2]),
        Math.max(a[3], b[3]),
      ];
      const loss = Math.max(toGain(a, needs), toGain(b, needs)) / toGain(both, needs);
      const isTogether = isMostlyShared(toCrop(a, needs), toCrop(b, needs)) && loss <= maxLoss;
      const isForced = boxes.length > maxCrops && toGain(both, needs) >= minGain;
      if ((!isTogether && !isForced) || loss >= bestLoss) continue;
      best = { a, b, both };
      bestLoss = loss;
    }
  return best;
}

/** Detail that a zone may lose for sharing a crop. */
const maxLoss = 1.4;
const sharedShare = 0.5;

function isMostlyShared(a: Box, b: Box): boolean {
  return toIntersectionArea(a, b) >= sharedShare * Math.min(toBoxArea(a), toBoxArea(b));
}
