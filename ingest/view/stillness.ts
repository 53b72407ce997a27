import type { Grey } from './grey.ts';
import { blockColumns, blockCount, blockRows } from './picture-facts.ts';

/** Whether a picture is the same one as before while time goes on. */
export interface Stillness {
  /** What a sample says: `exact` the very same picture, `near` the same but for what an encoder makes of it, `live` another one. */
  note(grey: Grey, atMs: number): 'exact' | 'near' | 'live';
  /** Capture time of the first of the pictures that are the same. */
  readonly sinceMs: number | null;
}

/** Two pictures are compared when they are at least this far apart: slow clips repeat theirs for up to a second. */
const leastGapMs = 1500;
/** Mean difference of a block, grey levels, up to which it is the very same. */
const exactDifference = 0.04;
/** Encoders that repeat one picture differ by 0.1-0.5 (measured: x264 at 2 Mbit/s), a live night sensor by more than 0.4. */
const mostDifference = 0.6;
const unknownDifference = 0.2;
const leastDifference = 0.06;
const shareOfUsual = 0.5;
/** Blocks that may change in a frozen picture: rows at the rim where a camera writes its clock. */
const clockRows = 2;
const clockBlocks = 18;

/**
 * Compares each picture with the one in which the present standstill began. What is usual between two pictures of this camera (its
 * noise, leaves, light) is learned while it lives, quickly downwards as nights grow quiet: a standstill is a sudden fall below half
 * of it in nearly all blocks, with no change at all in the picture's middle; a clock that ticks on at the rim does not matter.
 */
export function createStillness(): Stillness {
  const differences = new Float64Array(blockCount);
  const sorted = new Float64Array(blockCount);
  let first: Uint8Array | null = null;
  let firstAtMs = 0;
  let usual: number | null = null;
  let verdict: 'exact' | 'near' | 'live' = 'live';

  const keep = (grey: Grey, atMs: number): void => {
    first ??= new Uint8Array(grey.pixels.length);
    first.set(grey.pixels);
    firstAtMs = atMs;
  };
  return {
    note(grey, atMs) {
      if (first === null || first.length !== grey.pixels.length || atMs < firstAtMs) {
        first = null;
        verdict = 'live';
        keep(grey, atMs);
        return verdict;
      }
      if (atMs - firstAtMs < leastGapMs) return verdict;
      measureDifferences(first, grey, differences);
      sorted.set(differences);
      sorted.sort();
      const typical = sorted[blockCount >> 1] as number;
      const limit =
        usual === null
          ? unknownDifference
          : Math.min(mostDifference, Math.max(leastDifference, shareOfUsual * usual));
      if (isSame(differences, exactDifference)) verdict = 'exact';
      else if (typical <= limit && isSame(differences, 2 * limit + 0.1)) verdict = 'near';
      else {
        verdict = 'live';
        if (typical > exactDifference)
          usual = usual === null ? typical : usual + (typical < usual ? 0.3 : 0.03) * (typical - usual);
        keep(grey, atMs);
      }
      return verdict;
    },
    get sinceMs() {
      return verdict === 'live' ? null : firstAtMs;
    },
  };
}

/** No block of the middle, and at the rim no more than a clock and a caption take, differs by more than `limit`. */
function isSame(differences: Float64Array, limit: number): boolean {
  let changed = 0;
  for (let block = 0; block < blockCount; block++) {
    if ((differences[block] as number) <= limit) continue;
    const row = Math.floor(block / blockColumns);
    if (row >= clockRows && row < blockRows - clockRows) return false;
    if (++changed > clockBlocks) return false;
  }
  return true;
}

function measureDifferences(before: Uint8Array, { pixels, width, height }: Grey, to: Float64Array): void {
  for (let block = 0; block < blockCount; block++) {
    const column = block % blockColumns;
    const row = (block - column) / blockColumns;
    const left = Math.floor((column * width) / blockColumns);
    const right = Math.floor(((column + 1) * width) / blockColumns);
    const bottom = Math.floor(((row + 1) * height) / blockRows);
    let sum = 0;
    let count = 0;
    for (let y = Math.floor((row * height) / blockRows); y < bottom; y += 3)
      for (let at = y * width + left; at < y * width + right; at++) {
        sum += Math.abs((pixels[at] as number) - (before[at] as number));
        count++;
      }
    to[block] = count === 0 ? 0 : sum / count;
  }
}
