import sharp from 'sharp';
import type { Box, Polygon } from '../../../domain/mod.ts';
import { addNoise, putThing, type Thing, toCanvas, toPixels, toRandom } from '../disturb.ts';
import { type Ground, pixelHeight, pixelWidth, readGround } from './grounds.ts';
import { weathers } from './weather.ts';

export const onsetMs = 60_000;
export const putAtMs = 60_000;
export const stepMs = 2000;
export const zone: Polygon = [
  [0.03, 0.04],
  [0.97, 0.04],
  [0.97, 0.96],
  [0.03, 0.96],
];

/** One thing that is left, or none, on one ground in one weather. The seed decides all that is not said. */
export interface LeftScene {
  readonly seed: number;
  readonly weather: string;
  readonly thing: { readonly sizePx: number; readonly tone: number } | null;
  readonly lengthMs: number;
}

const sizesPx = [13, 18, 26, 40, 70];
/** Brightness over the ground's: dark, near the ground's, bright. */
const tones = [0.45, 0.8, 1.75];

/** Every weather with things of every size and tone, `rounds` times. */
export function listThingScenes(firstSeed: number, rounds: number): LeftScene[] {
  let seed = firstSeed;
  return Array.from({ length: rounds }, () =>
    Object.keys(weathers).flatMap((weather) =>
      sizesPx.flatMap((sizePx) =>
        tones.map((tone) => ({ seed: seed++, weather, thing: { sizePx, tone }, lengthMs: 150_000 })),
      ),
    ),
  ).flat();
}

/** Every weather on bare ground, `rounds` grounds each. */
export function listBareScenes(firstSeed: number, rounds: number, lengthMs: number): LeftScene[] {
  let seed = firstSeed;
  return Object.keys(weathers).flatMap((weather) =>
    Array.from({ length: rounds }, () => ({ seed: seed++, weather, thing: null, lengthMs })),
  );
}

export interface Shot {
  readonly atMs: number;
  readonly pixels: Uint8Array;
}

/** Where the scene's thing stands once it has come: on ground, not on what stands there already. */
export async function toThing({ seed, thing }: LeftScene): Promise<Thing | null> {
  if (thing === null) return null;
  const ground = await readGround(seed);
  const random = toRandom(seed * 31 + 5);
  const kinds = ['box', 'sack', 'bag', 'plain'] as const;
  const kind = kinds[Math.floor(random() * kinds.length)] as Thing['kind'];
  const height = thing.sizePx * (0.8 + 0.5 * random());
  let best: Box = [0, 0, 1, 1];
  let calmest = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 20 && calmest > calmGround; tries++) {
    const left = 24 + random() * (pixelWidth - 48 - thing.sizePx);
    const top = 24 + random() * (pixelHeight - 48 - height);
    const box: Box = [
      left / pixelWidth,
      top / pixelHeight,
      (left + thing.sizePx) / pixelWidth,
      (top + height) / pixelHeight,
    ];
    const spread = toSpread(ground.pictures[0] as Uint8Array, box);
    if (spread < calmest) [best, calmest] = [box, spread];
  }
  return { kind, box: best, seed, tone: thing.tone };
}

/** Paving with its joints scatters less than this about its mean brightness, vehicles and shop fronts more. */
const calmGround = 0.22;

function toSpread(pixels: Uint8Array, [x1, y1, x2, y2]: Box): number {
  let [count, sum, squares] = [0, 0, 0];
  for (let y = Math.floor(y1 * pixelHeight); y < y2 * pixelHeight; y++)
    for (let x = Math.floor(x1 * pixelWidth); x < x2 * pixelWidth; x++) {
      const value = pixels[(y * pixelWidth + x) * 3 + 1] as number;
      count++;
      sum += value;
      squares += value * value;
    }
  const mean = sum / count;
  return Math.sqrt(Math.max(0, squares / count - mean * mean)) / mean;
}

/** Films a scene: a picture each two seconds, every second scene coded as JPEG with what that does to it. */
export async function* filmScene(scene: LeftScene): AsyncGenerator<Shot> {
  const ground: Ground = await readGround(scene.seed);
  const random = toRandom(scene.seed);
  const weather = weathers[scene.weather]?.(random);
  if (weather === undefined) throw new Error(`there is no weather "${scene.weather}"`);
  const thing = await toThing(scene);
  const noise = 1 + 3 * random();
  const quality = random() < 0.5 ? null : 50 + Math.floor(30 * random());
  for (let atMs = 0, i = 0; atMs < scene.lengthMs; atMs += stepMs, i++) {
    const source = ground.pictures[i % ground.pictures.length] as Uint8Array;
    const canvas = toCanvas(source, pixelWidth, pixelHeight);
    if (thing !== null && atMs >= putAtMs) putThing(canvas, thing);
    weather(canvas, atMs / 1000, random);
    addNoise(canvas, random, noise);
    const pixels = toPixels(canvas);
    yield { atMs, pixels: quality === null ? pixels : await recode(pixels, quality) };
  }
}

async function recode(pixels: Uint8Array, quality: number): Promise<Uint8Array> {
  const raw = { width: pixelWidth, height: pixelHeight, channels: 3 } as const;
  const jpeg = await sharp(pixels, { raw }).jpeg({ quality }).toBuffer();
  return sharp(jpeg).raw().toBuffer();
}
