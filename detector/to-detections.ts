import type { Box } from '../domain/geometry.ts';
import type { Detection } from '../domain/mod.ts';
import type { LabelDetection, ThresholdOverrides } from './label-detection.ts';
import type { Letterbox } from './letterbox.ts';
import type { ModelCard } from './model-card.ts';
import { suppressOverlaps } from './nms.ts';
import type { RawBox } from './raw-box.ts';

const maxDetections = 300;

/** From boxes in input pixels to detections in 0-1 of the original picture: map classes, undo the letterbox, NMS. */
export function toDetections(card: ModelCard, boxes: readonly RawBox[], letterbox: Letterbox): Detection[] {
  const classes = card.labels.map((label) => card.classMap[label] ?? null);
  const found: Detection[] = [];
  for (const raw of boxes) {
    const name = classes[raw.label] ?? null;
    if (name !== null) found.push({ class: name, score: raw.score, box: toPictureBox(raw, letterbox) });
  }
  // Clipping comes last: a box cut at the picture's edge would overlap its neighbours differently.
  return suppressOverlaps(found, (each) => each.class, card.thresholds.nmsIou, maxDetections)
    .map(({ class: name, score, box }) => ({
      class: name,
      score: round(score, 4),
      box: roundBox(clipBox(box)),
    }))
    .filter(({ box }) => hasArea(box));
}

/** The same under the model's own labels and unrounded, for evaluation. */
export function toLabelDetections(
  card: ModelCard,
  boxes: readonly RawBox[],
  letterbox: Letterbox,
  thresholds: ThresholdOverrides,
): LabelDetection[] {
  const found = boxes.map((raw) => ({
    label: raw.label,
    score: raw.score,
    box: toPictureBox(raw, letterbox),
  }));
  return suppressOverlaps(
    found,
    (each) => each.label,
    thresholds.nmsIou ?? card.thresholds.nmsIou,
    thresholds.maxDetections ?? maxDetections,
  )
    .map((each) => ({ ...each, box: clipBox(each.box) }))
    .filter(({ box }) => hasArea(box));
}

function toPictureBox(raw: RawBox, letterbox: Letterbox): Box {
  return [
    (raw.x1 - letterbox.left) / letterbox.width,
    (raw.y1 - letterbox.top) / letterbox.height,
    (raw.x2 - letterbox.left) / letterbox.width,
    (raw.y2 - letterbox.top) / letterbox.height,
  ];
}

function hasArea(box: Box): boolean {
  return box[2] > box[0] && box[3] > box[1];
}

function clipBox(box: Box): Box {
  return [clip(box[0]), clip(box[1]), clip(box[2]), clip(box[3])];
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** To a hundred-thousandth: finer than a pixel of any camera, and detections stay short in the log. */
function roundBox(box: Box): Box {
  return [round(box[0], 5), round(box[1], 5), round(box[2], 5), round(box[3], 5)];
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
