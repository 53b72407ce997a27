import { type Box, type CandidateFacts, type Offence, toIou } from '../../domain/mod.ts';

/** A candidate as far as it matters for telling whether two of them are one thing. */
export interface Stay {
  readonly id: string;
  readonly camera: string;
  readonly offence: Offence;
  readonly fromMs: number;
  /** `null` while it lasts. */
  readonly toMs: number | null;
  readonly round: number;
  readonly boxes: readonly Box[];
}

/** Overlap from which two boxes are one thing's; its outline differs with who stands in front of it. */
const minIou = 0.3;

export function toStay({ id, camera, offence, fromMs, toMs, round, ...facts }: CandidateFacts): Stay {
  return {
    id,
    camera,
    offence,
    fromMs,
    toMs,
    round,
    boxes: [facts.first.box, facts.middle.box, facts.last.box],
  };
}

/** How much two stays look like one thing, above 0; 0: they are two. Ids are not looked at: another scene makes another id. */
export function toLikeness(a: Stay, b: Stay): number {
  if (a.camera !== b.camera || a.offence !== b.offence) return 0;
  const endMs = (stay: Stay): number => stay.toMs ?? Number.MAX_SAFE_INTEGER;
  const commonMs = Math.min(endMs(a), endMs(b)) - Math.max(a.fromMs, b.fromMs);
  if (commonMs < 0) return 0;
  const iou = Math.max(...a.boxes.flatMap((box) => b.boxes.map((other) => toIou(box, other))));
  if (iou < minIou) return 0;
  const wholeMs = Math.max(1, Math.max(endMs(a), endMs(b)) - Math.min(a.fromMs, b.fromMs));
  return iou + Math.max(0, commonMs) / wholeMs + (a.round === b.round ? 1 : 0);
}
