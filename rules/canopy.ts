import type { Box, DetectionBatch, ObjectClass, Rule } from '../domain/mod.ts';
import { toFamily } from './family.ts';
import type { Sample } from './sample.ts';
import { type isInZone, toZoneArea } from './zone.ts';

/** A box flatter than this (height by width, pixels) shows the canopy of an umbrella alone; with its pole it is higher. */
const maxCanopyShape = 0.6;
/** The canopy of a stall's umbrella hangs about two metres above the ground and is about two and a half wide. */
const canopyHeight = 0.8;

/** Whether a thing, or the foot of its canopy, stands in the rule's zone by `isIn`. */
export function standsIn(
  isIn: typeof isInZone,
  box: Box,
  objectClass: ObjectClass,
  rule: Rule,
  { ground, batch }: Sample,
): boolean {
  const family = toFamily(objectClass);
  const area = toZoneArea(rule, ground);
  if (isIn(box, family, area)) return true;
  const foot = objectClass === 'umbrella' ? findCanopyFoot(box, batch) : null;
  return foot !== null && isIn(foot, family, area);
}

/**
 * The box down to the ground where it shows the canopy of an umbrella alone, as detectors often report it: nothing of it touches the
 * ground, and its pole stands straight below.
 */
function findCanopyFoot(box: Box, { width: pictureWidth, height }: DetectionBatch): Box | null {
  const width = ((box[2] - box[0]) * pictureWidth) / height;
  if (!(box[3] - box[1] <= maxCanopyShape * width)) return null;
  return [box[0], box[1], box[2], box[3] + canopyHeight * width];
}
