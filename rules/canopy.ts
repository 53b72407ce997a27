import type { Box, ObjectClass, Rule } from '../domain/mod.ts';
import { toFamily } from './family.ts';
import type { Sample } from './sample.ts';
import { type isInZone, toZoneArea } from './zone.ts';

/** A box flatter than this (height by width, pixels) shows the canopy of an umbrella alone; with its pole it is higher. */
const maxCanopyShape = 0.6;
/** The canopy of a stall's umbrella hangs about two metres above the ground and is about two and a half wide. */
const canopyHeight = 0.8;

/**
 * Whether a thing whose own box does not stand in the rule's zone, by `isIn`, is an umbrella that stands there: detectors often report
 * the canopy alone, of which nothing touches the ground; its pole stands straight below.
 */
export function isCanopyIn(
  isIn: typeof isInZone,
  box: Box,
  objectClass: ObjectClass,
  rule: Rule,
  { ground, batch }: Sample,
): boolean {
  if (objectClass !== 'umbrella') return false;
  const width = ((box[2] - box[0]) * batch.width) / batch.height;
  if (!(box[3] - box[1] <= maxCanopyShape * width)) return false;
  const foot: Box = [box[0], box[1], box[2], box[3] + canopyHeight * width];
  return isIn(foot, toFamily(objectClass), toZoneArea(rule, ground));
}
