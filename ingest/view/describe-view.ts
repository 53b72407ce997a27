import type { Motion } from './fit-motion.ts';
import { leastShapes, type PictureFacts } from './picture-facts.ts';
import type { Usual } from './usual.ts';

export function describeCover({ mean }: PictureFacts): string {
  return mean < 40
    ? `the picture is black (mean ${Math.round(mean)} of 255): lens covered, or no light`
    : `the picture is one tone (mean ${Math.round(mean)} of 255): lens covered, no signal, or thick fog`;
}

export function describeBlur(facts: PictureFacts, usual: Usual): string {
  if (facts.sharpness === null || facts.shapedBlocks < leastShapes)
    return 'nothing in the picture has an edge: out of focus, dirt or fog';
  const known = usual.readSharpness(facts.mean);
  return known === null
    ? `out of focus or dirty: sharpness ${facts.sharpness.toFixed(1)}, where 1 is no detail and 5 is sharp`
    : `out of focus or dirty: ${toPercent(facts.sharpness / known)} of the usual sharpness`;
}

/** In words of the camera: what lies further left is seen by a camera that looks further right. Shares of the picture's width. */
export function describeMotion({ dx, dy, scale, turn, farthest }: Motion): string {
  const shifts: string[] = [];
  if (Math.abs(dx) >= 0.02) shifts.push(`${toPercent(Math.abs(dx))} ${dx < 0 ? 'right' : 'left'}`);
  if (Math.abs(dy) >= 0.02) shifts.push(`${toPercent(Math.abs(dy))} ${dy < 0 ? 'down' : 'up'}`);
  const parts = shifts.length === 0 ? [] : [`moved ${shifts.join(' and ')}`];
  if (Math.abs(scale - 1) >= 0.03)
    parts.push(`zoomed ${scale > 1 ? 'in' : 'out'} ${toPercent(Math.abs(scale - 1))}`);
  const degrees = Math.round(Math.abs((turn * 180) / Math.PI));
  if (degrees >= 2) parts.push(`turned ${degrees}° ${turn < 0 ? 'clockwise' : 'anticlockwise'}`);
  return parts.length > 0 ? parts.join(', ') : `moved ${toPercent(farthest)}`;
}

function toPercent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

export function describeBurnt({ burntShare, mean }: PictureFacts): string {
  return `${toPercent(burntShare)} of the picture is burnt out (mean ${Math.round(mean)} of 255)`;
}
