import type { Picture } from '../picture.ts';

/** How a picture lies against the view that was learned. */
export interface ViewShift {
  /** Pixels, and parts of them, by which the scene has moved to the right and down. */
  readonly dx: number;
  readonly dy: number;
  /** Part of the strong marks that were found again there, over what is usual: about 1, near 0 for another view. */
  readonly found: number;
}

interface SteadyViewState {
  /** Of each tile's mark: twice its pixel's index, and one more where it is compared along the column; -1: none. */
  readonly at: number[];
  readonly contrast: number[];
  /** Part of the strong marks that is usually found. */
  readonly usual: number;
}

const tileColumns = 22;
const tileRows = 13;
const tiles = tileColumns * tileRows;
/** Pixels on either side of a mark that are compared. */
const arm = 2;
/** Furthest shift looked for, as part of the picture's width. */
const searchShare = 0.016;
const clip = 0.25;
/** Another shift must fit better than none by this factor: a view without marks does not wander. */
const betterFit = 0.94;
const lostAfter = 40;
const followShare = 0.05;
/** Marks that noise does not hide; fewer than a few of them say nothing about the view. */
const strongMark = 0.15;
const fewMarks = 20;
const usualRate = 0.1;
/** Pictures after which it is known how many marks are usually found: those of the first may have been drops of rain. */
const learnPictures = 5;
const unsureView = 0.4;

/**
 * Finds by how much a shaken camera's picture is shifted: the strongest edge of each tile of the picture is a mark, and the
 * shift is the one at which most marks are found again. Contrasts are relative to brightness, so light does not matter, and
 * each mark's error is bounded, so passers-by do not. One mark per tile, in reference coordinates; plain arrays, no allocation.
 */
export class SteadyView {
  readonly #width: number;
  readonly #height: number;
  readonly #radius: number;
  /** Pixel index of each mark, and 0 for one compared along the row, 1 along the column; -1: the tile has none. */
  readonly #at = new Int32Array(tiles).fill(-1);
  readonly #isDown = new Uint8Array(tiles);
  readonly #contrast = new Float32Array(tiles);
  readonly #misses = new Uint8Array(tiles);
  #nextTile = 0;
  #dx = 0;
  #dy = 0;
  /** Part of the strong marks that is usually found, from so many pictures. */
  #usual = 1;
  #pictures = 0;

  constructor(pixelWidth: number, pixelHeight: number) {
    this.#width = pixelWidth;
    this.#height = pixelHeight;
    this.#radius = Math.max(2, Math.round(pixelWidth * searchShare));
  }

  /** Learns all marks anew from this picture. */
  learn(picture: Picture): void {
    for (let tile = 0; tile < tiles; tile++) this.#pick(picture, tile, 0, 0);
    this.#dx = 0;
    this.#dy = 0;
    this.#usual = 1;
    this.#pictures = 0;
  }

  /** Without marks the answer is: no shift, all found. */
  measure(picture: Picture): ViewShift {
    const { pixels } = picture;
    const radius = this.#radius;
    let best = this.#toMisfit(pixels, 0, 0) * betterFit;
    let dx = 0;
    let dy = 0;
    for (let y = -radius; y <= radius; y += 2)
      for (let x = -radius; x <= radius; x += 2) {
        const misfit = this.#toMisfit(pixels, x, y, best);
        if (misfit < best) {
          best = misfit;
          dx = x;
          dy = y;
        }
      }
    const [coarseX, coarseY] = [dx, dy];
    for (let y = coarseY - 1; y <= coarseY + 1; y++)
      for (let x = coarseX - 1; x <= coarseX + 1; x++) {
        if (x === coarseX && y === coarseY) continue;
        const misfit = this.#toMisfit(pixels, x, y, best);
        if (misfit < best) {
          best = misfit;
          dx = x;
          dy = y;
        }
      }
    this.#dx = dx;
    this.#dy = dy;
    const found = this.#follow(picture);
    const misfit = this.#toMisfit(pixels, dx, dy);
    const partX = toPart(this.#toMisfit(pixels, dx - 1, dy), misfit, this.#toMisfit(pixels, dx + 1, dy));
    const partY = toPart(this.#toMisfit(pixels, dx, dy - 1), misfit, this.#toMisfit(pixels, dx, dy + 1));
    return { dx: dx + partX, dy: dy + partY, found };
  }

  toState(): SteadyViewState {
    return {
      at: Array.from(this.#at, (at, tile) => (at < 0 ? -1 : at * 2 + (this.#isDown[tile] as number))),
      contrast: Array.from(this.#contrast, (value) => Math.round(value * 1000) / 1000),
      usual: Math.round(this.#usual * 1000) / 1000,
    };
  }

  /** `false`: the state is not one of this picture size. */
  restore(state: SteadyViewState): boolean {
    const limit = this.#width * this.#height * 2;
    if (state.at.length !== tiles || state.contrast.length !== tiles) return false;
    if (!state.at.every((at) => Number.isInteger(at) && at >= -1 && at < limit && this.#isInReach(at >> 1)))
      return false;
    for (let tile = 0; tile < tiles; tile++) {
      const at = state.at[tile] as number;
      this.#at[tile] = at < 0 ? -1 : at >> 1;
      this.#isDown[tile] = at < 0 ? 0 : at & 1;
      this.#contrast[tile] = state.contrast[tile] as number;
      this.#misses[tile] = 0;
    }
    this.#usual = state.usual;
    this.#pictures = learnPictures;
    return true;
  }

  /** Whether a mark can be compared at every shift without leaving the picture. */
  #isInReach(at: number): boolean {
    if (at < 0) return true; // the tile has none
    const edge = this.#radius + arm;
    const [x, y] = [at % this.#width, Math.floor(at / this.#width)];
    return x >= edge && x < this.#width - edge && y >= edge && y < this.#height - edge;
  }

  /** Sum of the marks' errors at a shift; from `bound` on, that it is no less. */
  #toMisfit(pixels: Uint8Array, dx: number, dy: number, bound = Number.POSITIVE_INFINITY): number {
    const width = this.#width;
    const by = dy * width + dx;
    let misfit = 0;
    for (let tile = 0; tile < tiles; tile++) {
      const at = this.#at[tile] as number;
      if (at < 0) continue;
      const step = this.#isDown[tile] === 1 ? arm * width : arm;
      const a = pixels[(at + by + step) * 3 + 1] as number;
      const b = pixels[(at + by - step) * 3 + 1] as number;
      const error = Math.abs((a - b) / (a + b + 16) - (this.#contrast[tile] as number));
      misfit += error < clip ? error : clip;
      if (misfit >= bound) return misfit;
    }
    return misfit;
  }

  /** Counts the marks found at the shift, lets their contrasts follow, and replaces one that is long gone. */
  #follow(picture: Picture): number {
    const { pixels } = picture;
    const width = this.#width;
    const by = this.#dy * width + this.#dx;
    let used = 0;
    let found = 0;
    for (let tile = 0; tile < tiles; tile++) {
      const at = this.#at[tile] as number;
      if (at < 0) continue;
      const step = this.#isDown[tile] === 1 ? arm * width : arm;
      const a = pixels[(at + by + step) * 3 + 1] as number;
      const b = pixels[(at + by - step) * 3 + 1] as number;
      const known = this.#contrast[tile] as number;
      const error = (a - b) / (a + b + 16) - known;
      const isStrong = Math.abs(known) >= strongMark;
      if (isStrong) used++;
      if (Math.abs(error) > 0.5 * Math.abs(known) + 0.05) {
        if ((this.#misses[tile] as number) < lostAfter) (this.#misses[tile] as number)++;
        continue;
      }
      if (isStrong) found++;
      this.#misses[tile] = 0;
      this.#contrast[tile] = known + followShare * error;
    }
    const share = used < fewMarks ? 1 : found / used;
    if (this.#pictures < learnPictures) this.#pictures++;
    this.#usual +=
      Math.max(usualRate, this.#pictures < learnPictures ? 1 / this.#pictures : 0) * (share - this.#usual);
    // One tile per sample, and only where the rest of the view is sure of itself.
    const tile = this.#nextTile;
    this.#nextTile = (tile + 1) % tiles;
    if (share > 0.5 * this.#usual && (this.#at[tile] === -1 || this.#misses[tile] === lostAfter))
      this.#pick(picture, tile, this.#dx, this.#dy);
    // where few marks are usually found (rain, night) their absence says nothing
    return this.#usual < unsureView ? 1 : share / this.#usual;
  }

  /** Takes the strongest edge of a tile as its mark. */
  #pick(picture: Picture, tile: number, dx: number, dy: number): void {
    const { pixels } = picture;
    const width = this.#width;
    const edge = this.#radius + arm + 1;
    const tileWidth = (width - 2 * edge) / tileColumns;
    const tileHeight = (this.#height - 2 * edge) / tileRows;
    const left = Math.round(edge + (tile % tileColumns) * tileWidth);
    const top = Math.round(edge + Math.floor(tile / tileColumns) * tileHeight);
    let best = 0.06; // weaker edges are noise
    this.#at[tile] = -1;
    this.#misses[tile] = 0;
    const toContrast = (at: number, step: number): number => {
      const a = pixels[(at + step) * 3 + 1] as number;
      const b = pixels[(at - step) * 3 + 1] as number;
      return (a - b) / (a + b + 16);
    };
    for (let y = top; y < Math.round(top + tileHeight); y++)
      for (let x = left; x < Math.round(left + tileWidth); x++) {
        const at = (y + dy) * width + x + dx;
        const across = toContrast(at, arm);
        const down = toContrast(at, arm * width);
        const isDown = Math.abs(down) > Math.abs(across);
        const contrast = isDown ? down : across;
        if (Math.abs(contrast) <= best) continue;
        best = Math.abs(contrast);
        this.#at[tile] = y * width + x;
        this.#isDown[tile] = isDown ? 1 : 0;
        this.#contrast[tile] = contrast;
      }
  }
}

/** Where between its neighbours the least misfit lies, -0.5 to 0.5: sums of bounded errors fall to it in straight lines. */
function toPart(before: number, at: number, after: number): number {
  const slope = Math.max(before, after) - at;
  if (!(slope > 0.02 * at)) return 0;
  return Math.max(-0.5, Math.min(0.5, (before - after) / (2 * slope)));
}
