import type { Box } from '../../domain/mod.ts';

/** A picture in the making: linear in brightness, not clamped. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

export function toRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function toCanvas(pixels: Uint8Array, width: number, height: number): Canvas {
  return { width, height, values: Float32Array.from(pixels) };
}

export function toPixels({ values }: Canvas): Uint8Array {
  const pixels = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++)
    pixels[i] = Math.max(0, Math.min(255, Math.round(values[i] as number)));
  return pixels;
}

export interface Thing {
  /** `plain`: one tone all over, nothing else to know it by. */
  readonly kind: 'box' | 'sack' | 'bag' | 'plain';
  /** 0-1 of the picture. */
  readonly box: Box;
  readonly seed: number;
  /** Brightness of its lit side relative to the ground it stands on. */
  readonly tone: number;
}

/** Puts a thing on the ground: textured, soft at its edge, with its shadow beside it, as bright as the ground allows. */
export function putThing(canvas: Canvas, thing: Thing): void {
  const { width, height, values } = canvas;
  const random = toRandom(thing.seed);
  const [x1, y1, x2, y2] = [
    thing.box[0] * width,
    thing.box[1] * height,
    thing.box[2] * width,
    thing.box[3] * height,
  ];
  const ground = toMean(canvas, x1 - 4, y1 - 4, x2 + 4, y2 + 4);
  const tint =
    thing.kind === 'box'
      ? [1.15, 1, 0.75]
      : thing.kind === 'sack'
        ? [1, 1, 0.95]
        : thing.kind === 'plain'
          ? [1, 1, 1]
          : [0.95, 0.95, 1.05];
  const isPlain = thing.kind === 'plain';
  const grain = Array.from({ length: 64 }, () => (isPlain ? 0.98 + 0.04 * random() : 0.85 + 0.3 * random()));
  const w = x2 - x1;
  const h = y2 - y1;
  const at = (x: number, y: number): number => (y * width + x) * 3;
  // the shadow lies to the right of its foot
  const shadeEnd = isPlain ? 0 : Math.min(height, y2 + 2);
  for (let y = Math.max(0, Math.floor(y2 - h * 0.45)); y < shadeEnd; y++)
    for (let x = Math.max(0, Math.floor(x1)); x < Math.min(width, x2 + w * 0.5); x++) {
      const u = (x - (x1 + w * 0.7)) / (w * 0.75);
      const v = (y - (y2 - h * 0.12)) / (h * 0.25);
      const depth = Math.max(0, 1 - u * u - v * v);
      for (let c = 0; c < 3; c++)
        values[at(x, y) + c] = (values[at(x, y) + c] as number) * (1 - 0.35 * depth);
    }
  for (let y = Math.max(0, Math.floor(y1 - 1)); y < Math.min(height, y2 + 1); y++)
    for (let x = Math.max(0, Math.floor(x1 - 1)); x < Math.min(width, x2 + 1); x++) {
      const u = (x + 0.5 - x1) / w;
      const v = (y + 0.5 - y1) / h;
      const alpha = toCoverage(thing.kind, u, v, w, h);
      if (alpha <= 0) continue;
      const cell = grain[(Math.floor(u * 7) + 8 * Math.floor(v * 7)) & 63] as number;
      const shade = toShade(thing.kind, u, v);
      for (let c = 0; c < 3; c++) {
        const value = ground * thing.tone * (tint[c] as number) * shade * cell;
        values[at(x, y) + c] = (values[at(x, y) + c] as number) * (1 - alpha) + value * alpha;
      }
    }
}

function toShade(kind: Thing['kind'], u: number, v: number): number {
  if (kind === 'plain') return 1;
  if (kind === 'box') return v < 0.3 ? 1.12 : u < 0.55 ? 0.95 : 0.7;
  return 1.1 - 0.5 * v;
}

function toCoverage(kind: Thing['kind'], u: number, v: number, w: number, h: number): number {
  if (kind === 'box' || kind === 'plain') {
    const inset = Math.min(u * w, (1 - u) * w, v * h, (1 - v) * h);
    return Math.max(0, Math.min(1, inset + 0.5));
  }
  // a rounded body, broader at its foot
  const half = 0.5 * (0.75 + 0.25 * v);
  const r = Math.hypot((u - 0.5) / half, (v - 0.5) / 0.5) ** 1.5;
  return Math.max(0, Math.min(1, ((1 - r) * Math.min(w, h)) / 3 + 0.5));
}

function toMean({ width, height, values }: Canvas, x1: number, y1: number, x2: number, y2: number): number {
  let sum = 0;
  let count = 0;
  for (let y = Math.max(0, Math.floor(y1)); y < Math.min(height, y2); y++)
    for (let x = Math.max(0, Math.floor(x1)); x < Math.min(width, x2); x++) {
      sum += values[(y * width + x) * 3 + 1] as number;
      count++;
    }
  return count === 0 ? 128 : sum / count;
}

/** Everything brighter or darker; `offset` is the sensor's. */
export function relight({ values }: Canvas, gain: number): void {
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * gain;
}

/** A band of shade (`depth` below 1) or light (above), `softness` of the width wide at its edges, leaning. */
export function castBand(
  canvas: Canvas,
  band: { centre: number; halfWidth: number; softness: number; depth: number; lean: number },
): void {
  const { width, height, values } = canvas;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const distance = Math.abs(x / width + (band.lean * y) / height - band.centre) - band.halfWidth;
      const part = 1 / (1 + Math.exp((distance / band.softness) * 4));
      const factor = 1 + (band.depth - 1) * part;
      const i = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) values[i + c] = (values[i + c] as number) * factor;
    }
}

/** A round pool of light, added: a headlight or its reflection. */
export function castLight(
  canvas: Canvas,
  light: { x: number; y: number; radius: number; strength: number },
): void {
  const { width, height, values } = canvas;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const d = Math.hypot(x / width - light.x, (y / height - light.y) * (height / width)) / light.radius;
      const part = Math.exp(-d * d);
      if (part < 0.004) continue;
      const i = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) values[i + c] = (values[i + c] as number) + light.strength * part;
    }
}

/** The picture moved by fractions of a pixel. */
export function shift(canvas: Canvas, dx: number, dy: number): void {
  const { width, height, values } = canvas;
  const source = values.slice();
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const sx = Math.max(0, Math.min(width - 1.001, x - dx));
      const sy = Math.max(0, Math.min(height - 1.001, y - dy));
      const [x0, y0] = [Math.floor(sx), Math.floor(sy)];
      const [u, v] = [sx - x0, sy - y0];
      for (let c = 0; c < 3; c++) {
        const a = source[(y0 * width + x0) * 3 + c] as number;
        const b = source[(y0 * width + x0 + 1) * 3 + c] as number;
        const d = source[((y0 + 1) * width + x0) * 3 + c] as number;
        const e = source[((y0 + 1) * width + x0 + 1) * 3 + c] as number;
        values[(y * width + x) * 3 + c] = (a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + e * u) * v;
      }
    }
}

/** Streaks of rain, brighter than what is behind them, and less contrast. */
export function rain(canvas: Canvas, random: () => number, streaks: number): void {
  const { width, height, values } = canvas;
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * 0.9 + 12;
  for (let n = 0; n < streaks; n++) {
    const x0 = random() * width;
    const y0 = random() * height;
    const length = 6 + random() * 14;
    const strength = 15 + random() * 35;
    for (let s = 0; s < length; s++) {
      const x = Math.floor(x0 + s * 0.2);
      const y = Math.floor(y0 + s);
      if (x < 0 || y < 0 || x >= width || y >= height) continue;
      for (let c = 0; c < 3; c++) {
        const i = (y * width + x) * 3 + c;
        values[i] = (values[i] as number) + strength;
      }
    }
  }
}

/** Sensor noise of the given deviation. */
export function addNoise({ values }: Canvas, random: () => number, deviation: number): void {
  for (let i = 0; i < values.length; i++)
    values[i] = (values[i] as number) + deviation * (random() + random() + random() + random() - 2) * 1.73;
}
