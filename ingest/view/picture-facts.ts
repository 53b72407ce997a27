import type { Grey, Plane } from './grey.ts';

/** Blocks across and down in which a picture is described. */
export const blockColumns = 16;
export const blockRows = 9;
export const blockCount = blockColumns * blockRows;
/** With fewer blocks that have shapes there is nothing to be seen. */
export const leastShapes = 4;
/** Noise of a variance above this drowns the shapes of a dull picture: that none are found means nothing. */
export const mostNoise = 16;

/** What a picture is like as a whole and block by block; the arrays are used again for the next picture. */
export interface PictureFacts {
  /** Mean grey level, 0-255. */
  mean: number;
  /** Difference of the third lightest and third darkest of a hundred blocks. */
  spread: number;
  /** The third lightest of a hundred blocks. */
  lightest: number;
  /** The same, and `shapedBlocks`, of the blocks away from the upper and lower rim, where captions stand. */
  readonly core: { spread: number; lightest: number; shapedBlocks: number };
  /** Spread of the middle eight of ten blocks: next to nothing when a caption stands on one tone. */
  bulk: number;
  /** Mean squared finest step of the median block: noise and detail. */
  grain: number;
  /** Variance of the pixels' noise, squared grey levels. */
  noise: number;
  /** Share of pixels that are as good as white, 0-1. */
  burntShare: number;
  /** Blocks away from the upper and lower rim (where captions stand) that have lamps, edges or anything else in them. */
  livelyBlocks: number;
  /** How much finer the picture's detail is than its coarse shapes: about 1 when out of focus, 5-20 when sharp; `null`: no shapes. */
  sharpness: number | null;
  /** Blocks with coarse shapes, of `blockCount`. */
  shapedBlocks: number;
}

export interface FactsReader {
  read(grey: Grey, half: Plane, coarse: Plane): PictureFacts;
}

/** Grey level from which a pixel counts as burnt out. */
const burntFrom = 248;
/** Mean squared step of the coarse picture, in a picture of middling brightness, from which a block has shapes. */
const shapeEnergy = 9;
const leastShapeEnergy = 1;
const middlingMean = 110;
/** A block differs from its picture's darkest by this much, or has steps this big, when something is in it. */
const livelyStep = 14;
const captionRows = 1;
/** A block this much lighter than its picture is lit by a lamp, whose glow is soft in the sharpest picture. */
const glare = 110;

/** Reads the facts of pictures of one size; `half` and `coarse` are the same picture at about a half and a sixth of the width. */
export function createFactsReader(): FactsReader {
  const fine = new Float64Array(blockCount);
  const middle = new Float64Array(blockCount);
  const rough = new Float64Array(blockCount);
  const means = new Float64Array(blockCount);
  const tops = new Float64Array(blockCount);
  const sorted = new Float64Array(blockCount);
  const inner = new Float64Array(blockCount - 2 * captionRows * blockColumns);
  const facts = {
    mean: 0,
    spread: 0,
    lightest: 0,
    core: { spread: 0, lightest: 0, shapedBlocks: 0 },
    bulk: 0,
    grain: 0,
    noise: 0,
    burntShare: 0,
    livelyBlocks: 0,
    sharpness: null as number | null,
  };
  return {
    read(grey, half, coarse) {
      measureSteps(grey.pixels, grey.width, grey.height, 4, fine);
      measureSteps(half.values, half.width, half.height, 1, middle);
      measureSteps(coarse.values, coarse.width, coarse.height, 1, rough);
      measureMeans(coarse, means, tops);
      const burntShare = measureBurnt(grey);
      const mean = means.reduce((sum, value) => sum + value, 0) / blockCount;
      sorted.set(means);
      sorted.sort();
      const darkest = pick(sorted, 0.03);
      const lightest = pick(sorted, 0.97);
      const spread = lightest - darkest;
      const bulk = pick(sorted, 0.88) - pick(sorted, 0.1);
      inner.set(means.subarray(captionRows * blockColumns, (blockRows - captionRows) * blockColumns));
      inner.sort();
      facts.core.lightest = pick(inner, 0.97);
      facts.core.spread = facts.core.lightest - pick(inner, 0.03);

      // Noise: in flat blocks all of the finest steps are noise; twice the pixel's variance across, twice down.
      sorted.set(fine);
      sorted.sort();
      const noise = pick(sorted, 0.15) / 4;
      const grain = pick(sorted, 0.5);
      const cellPixels = (grey.width / half.width) * (grey.height / half.height);
      const roughPixels = (grey.width / coarse.width) * (grey.height / coarse.height);
      sorted.set(rough);
      sorted.sort();
      // Dark and foggy pictures have weaker shapes, which are shapes all the same.
      const light = shapeEnergy * Math.min(1, (mean / middlingMean) ** 2);
      const weak = Math.min(light, 0.25 * pick(sorted, 0.9));
      const leastShape = Math.max(leastShapeEnergy, weak, 1.5 * noise);
      let shapedBlocks = 0;
      let livelyBlocks = 0;
      facts.core.shapedBlocks = 0;
      for (let block = 0; block < blockCount; block++) {
        const shape = (rough[block] as number) - (4 * noise) / roughPixels;
        const row = Math.floor(block / blockColumns);
        const isCore = row >= captionRows && row < blockRows - captionRows;
        if (isCore && (tops[block] as number) - darkest > livelyStep) livelyBlocks++;
        if (shape < leastShape || (tops[block] as number) - mean > glare) continue;
        if (isCore) facts.core.shapedBlocks++;
        const detail = Math.max(0, (middle[block] as number) - (4 * noise) / cellPixels);
        sorted[shapedBlocks++] = detail / shape;
      }
      let sharpness: number | null = null;
      if (shapedBlocks > 0) {
        const ratios = sorted.subarray(0, shapedBlocks);
        ratios.sort();
        // Per pixel, a slope that is smooth at both scales has steps in the ratio of the scales.
        sharpness = pick(ratios, 0.8) * (half.width / coarse.width) ** 2;
      }
      return Object.assign(facts, {
        mean,
        spread,
        lightest,
        bulk,
        grain,
        noise,
        burntShare,
        livelyBlocks,
        sharpness,
        shapedBlocks,
      });
    },
  };
}

/** Mean squared step to the right and down neighbour, per block; only each `every`th row is read. */
function measureSteps(
  values: ArrayLike<number>,
  width: number,
  height: number,
  every: number,
  to: Float64Array,
): void {
  to.fill(0);
  for (let block = 0; block < blockCount; block++) {
    const column = block % blockColumns;
    const row = (block - column) / blockColumns;
    const left = Math.floor((column * width) / blockColumns);
    const right = Math.min(width - 1, Math.floor(((column + 1) * width) / blockColumns));
    const bottom = Math.min(height - 1, Math.floor(((row + 1) * height) / blockRows));
    let sum = 0;
    let count = 0;
    for (let y = Math.floor((row * height) / blockRows); y < bottom; y += every)
      for (let at = y * width + left; at < y * width + right; at++) {
        const value = values[at] as number;
        const across = (values[at + 1] as number) - value;
        const down = (values[at + width] as number) - value;
        sum += across * across + down * down;
        count++;
      }
    to[block] = count === 0 ? 0 : sum / count;
  }
}

function measureMeans({ values, width, height }: Plane, means: Float64Array, tops: Float64Array): void {
  for (let block = 0; block < blockCount; block++) {
    const column = block % blockColumns;
    const row = (block - column) / blockColumns;
    const left = Math.floor((column * width) / blockColumns);
    const right = Math.floor(((column + 1) * width) / blockColumns);
    const bottom = Math.floor(((row + 1) * height) / blockRows);
    let sum = 0;
    let count = 0;
    let top = 0;
    for (let y = Math.floor((row * height) / blockRows); y < bottom; y++)
      for (let at = y * width + left; at < y * width + right; at++) {
        const value = values[at] as number;
        sum += value;
        if (value > top) top = value;
        count++;
      }
    means[block] = count === 0 ? 0 : sum / count;
    tops[block] = top;
  }
}

function measureBurnt({ pixels, width, height }: Grey): number {
  let burnt = 0;
  for (let y = 0; y < height; y += 4)
    for (let at = y * width; at < (y + 1) * width; at++) if ((pixels[at] as number) >= burntFrom) burnt++;
  return burnt / (width * Math.ceil(height / 4));
}

function pick(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
}
