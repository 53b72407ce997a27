import type { Box, Polygon } from '../domain/mod.ts';
import { type Raster, rasterChannels } from './raster.ts';

const colours = {
  zone: [0, 208, 255],
  box: [255, 212, 0],
  halo: [0, 0, 0],
} as const;

type Colour = readonly [red: number, green: number, blue: number];
type Point = readonly [x: number, y: number];

/**
 * Draws a zone's outline and a thing's frame (both 0-1) into a picture, each with a dark edge that shows it on any ground. Gives what
 * takes them out again, to the last bit, if nothing else has changed the picture since.
 */
export function drawLines(raster: Raster, zonePolygon: Polygon, box: Box): () => void {
  const pen = new Pen(raster);
  drawZone(pen, raster, zonePolygon);
  drawBox(pen, raster, box);
  return () => pen.undo();
}

function toLineWidth(height: number): number {
  return Math.max(2, Math.round(height / 360));
}

/** The outline stays wholly inside the picture, also where the zone reaches its edge. */
function drawZone(pen: Pen, { width, height }: Raster, zonePolygon: Polygon): void {
  const line = toLineWidth(height);
  const inset = line / 2 + 1;
  const points = zonePolygon.map(
    ([x, y]): Point => [clamp(x * width, inset, width - inset), clamp(y * height, inset, height - inset)],
  );
  for (const [colour, stroke] of [[colours.halo, line + 2] as const, [colours.zone, line] as const])
    for (const [index, to] of points.entries())
      pen.drawSegment(points.at(index - 1) ?? to, to, stroke, colour);
}

/** Drawn around the box, not on it, so that the line hides nothing of the thing itself. */
function drawBox(pen: Pen, { width, height }: Raster, box: Box): void {
  const line = toLineWidth(height) + 1;
  const margin = line + 2;
  const left = clamp(Math.floor(box[0] * width), margin, width - margin);
  const top = clamp(Math.floor(box[1] * height), margin, height - margin);
  const right = clamp(Math.ceil(box[2] * width), left, width - margin);
  const bottom = clamp(Math.ceil(box[3] * height), top, height - margin);
  const drawFrame = (inner: number, outer: number, colour: Colour): void => {
    pen.fill(left - outer, top - outer, right + outer, top - inner, colour);
    pen.fill(left - outer, bottom + inner, right + outer, bottom + outer, colour);
    pen.fill(left - outer, top - inner, left - inner, bottom + inner, colour);
    pen.fill(right + inner, top - inner, right + outer, bottom + inner, colour);
  };
  drawFrame(0, line + 2, colours.halo);
  drawFrame(1, line + 1, colours.box);
}

/** Draws in a picture and remembers what was there. */
class Pen {
  readonly #raster: Raster;
  readonly #before: { readonly at: number; readonly bytes: Uint8Array }[] = [];

  constructor(raster: Raster) {
    this.#raster = raster;
  }

  /** A line with round ends; of a pixel at its rim so much as the line covers. */
  drawSegment([ax, ay]: Point, [bx, by]: Point, stroke: number, colour: Colour): void {
    const length = Math.hypot(bx - ax, by - ay);
    const [alongX, alongY] = length === 0 ? [1, 0] : [(bx - ax) / length, (by - ay) / length];
    const half = stroke / 2;
    const reach = half + 1;
    const [low, high] = [Math.min(ay, by) - reach, Math.max(ay, by) + reach];
    for (let y = Math.max(0, Math.floor(low)); y < Math.min(this.#raster.height, high); y++) {
      const down = y + 0.5 - ay;
      let [from, to] = [Math.min(ax, bx) - reach, Math.max(ax, bx) + reach];
      if (Math.abs(alongY) > 1e-6) {
        const [one, other] = [(down * alongX - reach) / alongY, (down * alongX + reach) / alongY];
        from = Math.max(from, ax + Math.min(one, other) - 0.5);
        to = Math.min(to, ax + Math.max(one, other) + 0.5);
      }
      this.#paint(y, Math.floor(from), Math.ceil(to), colour, (x) => {
        const across = x + 0.5 - ax;
        const along = clamp(across * alongX + down * alongY, 0, length);
        return clamp(half + 0.5 - Math.hypot(across - along * alongX, down - along * alongY), 0, 1);
      });
    }
  }

  /** Pixels from `left` and `top` up to `right` and `bottom`, those not included. */
  fill(left: number, top: number, right: number, bottom: number, colour: Colour): void {
    for (let y = Math.max(0, top); y < Math.min(this.#raster.height, bottom); y++)
      this.#paint(y, left, right, colour, () => 1);
  }

  undo(): void {
    for (const { at, bytes } of this.#before.toReversed()) this.#raster.data.set(bytes, at);
    this.#before.length = 0;
  }

  #paint(y: number, from: number, to: number, colour: Colour, toCover: (x: number) => number): void {
    const { data, width } = this.#raster;
    const [first, end] = [Math.max(0, from), Math.min(width, to)];
    if (first >= end) return;
    const at = (y * width + first) * rasterChannels;
    this.#before.push({ at, bytes: data.slice(at, (y * width + end) * rasterChannels) });
    for (let x = first, place = at; x < end; x++, place += rasterChannels) {
      const cover = toCover(x);
      if (cover === 0) continue;
      for (let channel = 0; channel < rasterChannels; channel++) {
        const below = data[place + channel] ?? 0;
        data[place + channel] = Math.round(below + ((colour[channel] ?? 0) - below) * cover);
      }
    }
  }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
