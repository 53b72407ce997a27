import type { Box, Detection, ObjectClass } from '../domain/mod.ts';
import { decodeYolov8 } from './decode-yolov8.ts';
import { decodeYolox } from './decode-yolox.ts';
import type { Letterbox } from './letterbox.ts';
import type { Head, ModelCard } from './model-card.ts';
import { suppressOverlaps } from './nms.ts';
import type { DecodeOptions, RawBox } from './raw-box.ts';

const maxDetections = 300;

/** From a model's output to detections in 0-1 of the original picture: decode, map classes, undo the letterbox, NMS. */
export function toDetections(card: ModelCard, output: Float32Array, letterbox: Letterbox): Detection[] {
  const classes = card.labels.map((label) => card.classMap[label] ?? null);
  const found: Detection[] = [];
  for (const raw of decode(card, output)) {
    const name: ObjectClass | null = classes[raw.label] ?? null;
    if (name !== null) found.push({ class: name, score: raw.score, box: toPictureBox(raw, letterbox) });
  }
  // Clipping comes last: a box cut at the picture's edge would overlap its neighbours differently.
  return suppressOverlaps(found, card.thresholds.nmsIou, maxDetections)
    .map(({ class: name, score, box }) => ({ class: name, score: round(score, 4), box: clipBox(box) }))
    .filter(({ box }) => box[2] > box[0] && box[3] > box[1]);
}

const decoders: Readonly<
  Record<Head, (output: Float32Array, options: DecodeOptions, card: ModelCard) => RawBox[]>
> = {
  yolox: (output, options, card) => decodeYolox(output, { ...options, decoded: card.decoded ?? false }),
  yolov8: decodeYolov8,
};

function decode(card: ModelCard, output: Float32Array): RawBox[] {
  const options = {
    inputWidth: card.input.width,
    inputHeight: card.input.height,
    labelCount: card.labels.length,
    minScore: card.thresholds.score,
  };
  return decoders[card.head](output, options, card);
}

function toPictureBox(raw: RawBox, letterbox: Letterbox): Box {
  return [
    (raw.x1 - letterbox.left) / letterbox.width,
    (raw.y1 - letterbox.top) / letterbox.height,
    (raw.x2 - letterbox.left) / letterbox.width,
    (raw.y2 - letterbox.top) / letterbox.height,
  ];
}

function clipBox(box: Box): Box {
  return [clip(box[0]), clip(box[1]), clip(box[2]), clip(box[3])];
}

/** To a hundred-thousandth: finer than a pixel of any camera, and detections stay short in the log. */
function clip(value: number): number {
  return round(Math.min(1, Math.max(0, value)), 5);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
