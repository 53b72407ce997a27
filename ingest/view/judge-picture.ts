import { blockCount, leastShapes, mostNoise, type PictureFacts } from './picture-facts.ts';
import type { Usual } from './usual.ts';

/** Measured at 416 pixels: a blur of sigma 3 leaves 1.8-2.1, of 2 about 3; sharp pictures have 7-18. */
const hopelessSharpness = 2.3;

/**
 * Nothing to be seen but what stands at the upper and lower rim, where cameras write the time and their name. Dark: nothing stands out
 * or is lively. Other: one tone, but for a caption in the middle ("no signal").
 */
export function isCovered(facts: PictureFacts): boolean {
  const { mean, spread, bulk, core, grain, livelyBlocks, shapedBlocks } = facts;
  if (mean >= 225) return false;
  if (mean < 40 && (core.spread < 3.5 || core.lightest < 10) && livelyBlocks <= 1) return true;
  // At dusk the rim may be all that is seen of a street: there it counts.
  const seen = mean < 40 ? { spread, shapedBlocks } : core;
  const isEmpty = seen.spread < 6 && bulk < 4 && seen.shapedBlocks < leastShapes && livelyBlocks <= 1;
  const isScreen = bulk < 1 && grain < 0.5 && livelyBlocks <= 0.12 * blockCount;
  return mean >= 20 && (isEmpty || isScreen);
}

export function isOverexposed(facts: PictureFacts, usual: Usual): boolean {
  const { burntShare, mean, spread, lightest, shapedBlocks } = facts;
  if (burntShare >= 0.75) return true;
  if (burntShare >= 0.4 && burntShare >= usual.burntShare + 0.25) return true;
  // Washed out: nothing dark is left anywhere.
  if (burntShare >= 0.2 && mean >= 215 && lightest - spread >= 150) return true;
  return mean >= 225 && (spread < 30 || shapedBlocks < 0.1 * blockCount);
}

/** Out of focus by any measure: nothing in the picture is sharper than what a blur of a hundredth of the width leaves. */
export function isHopeless({ sharpness, shapedBlocks, noise }: PictureFacts): boolean {
  if (shapedBlocks < leastShapes && noise > mostNoise) return false;
  return sharpness === null || shapedBlocks < leastShapes || sharpness < hopelessSharpness;
}

/** Far more of the picture is burnt out than usual, as by headlights: what is seen beside them means little. */
export function isDazzled({ burntShare }: PictureFacts, usual: Usual): boolean {
  return burntShare > usual.burntShare + 0.02;
}

/** Dark, and nothing in it has an edge: not out of focus but covered. */
export function isDarkness({ mean, shapedBlocks }: PictureFacts): boolean {
  return mean < 60 && shapedBlocks < leastShapes;
}
