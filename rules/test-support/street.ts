import {
  type Box,
  type Detection,
  type DetectionBatch,
  type ObjectClass,
  toBoxArea,
  toIntersectionArea,
} from '../../domain/mod.ts';
import { createRandom } from './random.ts';

/** Something on the street: where it is at a time (seconds), `null` when not in the picture. */
export interface Actor {
  readonly class: ObjectClass;
  readonly score: number;
  /** What the detector calls it, at random from sample to sample; default: always `class`. */
  readonly labels?: readonly ObjectClass[];
  at(seconds: number): Box | null;
}

export interface StreetOptions {
  readonly seconds: number;
  readonly stepMs: number;
  readonly seed?: number;
  /** Largest error of each box edge, in parts of the box's side. */
  readonly jitter?: number;
  /** Part of the detections that are missing at random, 0-1. */
  readonly dropOut?: number;
  /** Largest movement of the whole picture, in picture sizes. */
  readonly shake?: number;
  /** Whether no picture comes at this time. */
  readonly isHole?: (seconds: number) => boolean;
}

export const epochMs = Date.UTC(2026, 0, 9, 11, 42, 10);

/** What a detector would report of the actors, one batch per sample. What is mostly covered by something nearer is not seen. */
export function filmStreet(actors: readonly Actor[], options: StreetOptions): DetectionBatch[] {
  const random = createRandom(options.seed ?? 1);
  const spread = (size: number) => (2 * random() - 1) * size;
  const batches: DetectionBatch[] = [];
  for (let ms = 0; ms <= options.seconds * 1000; ms += options.stepMs) {
    if (options.isHole?.(ms / 1000) === true) continue;
    const shakeX = spread(options.shake ?? 0);
    const shakeY = spread(options.shake ?? 0);
    const present = actors.flatMap((actor) => {
      const box = actor.at(ms / 1000);
      return box === null ? [] : [{ actor, box }];
    });
    const detections: Detection[] = [];
    for (const { actor, box } of present) {
      const nearer = present.filter((other) => other.box[3] > box[3] + 0.01).map((other) => other.box);
      const covered = nearer.reduce((sum, other) => sum + toIntersectionArea(box, other), 0) / toBoxArea(box);
      if (random() < (options.dropOut ?? 0) || covered > 0.5) continue;
      const errorX = (options.jitter ?? 0) * (box[2] - box[0]);
      const errorY = (options.jitter ?? 0) * (box[3] - box[1]);
      detections.push({
        class: actor.labels?.[Math.floor(random() * actor.labels.length)] ?? actor.class,
        score: actor.score + spread(0.05),
        box: [
          box[0] + shakeX + spread(errorX),
          box[1] + shakeY + spread(errorY),
          box[2] + shakeX + spread(errorX),
          box[3] + shakeY + spread(errorY),
        ],
      });
    }
    batches.push(toBatch(ms, detections));
  }
  return batches;
}

export function toBatch(ms: number, detections: readonly Detection[], camera = 'kerb-1'): DetectionBatch {
  return {
    v: 1,
    camera,
    ptsMs: ms,
    capturedAtMs: epochMs + ms,
    clockErrorMs: 100,
    width: 1920,
    height: 1080,
    model: null,
    detections,
  };
}
