import { leastShapes, mostNoise, type PictureFacts } from './picture-facts.ts';

/** What is usual for a camera, as it is kept from one run to the next. */
export interface UsualFacts {
  /** Sharpness in dark and in light pictures; `null`: not learned yet. */
  readonly sharpness: readonly [dark: number | null, light: number | null];
  readonly shapedBlocks: readonly [dark: number | null, light: number | null];
  readonly burntShare: number | null;
}

export interface Usual {
  readonly burntShare: number;
  readSharpness(mean: number): number | null;
  /** Whether a picture is much softer than is usual in such light; `false` while that is not learned. */
  isSofter(facts: PictureFacts): boolean;
  learn(facts: PictureFacts, atMs: number): void;
  read(): UsualFacts;
  takeNews(): boolean;
  forget(): void;
}

/** A picture darker than this is learned as one of the night. */
const darkBelow = 60;
const softShare = 0.42;
/** Fewer shapes than this share of the usual: fog or dirt has taken them. */
const shapeShare = 0.12;
/** Night pictures are learned longer: at dusk the first ones are all headlights. */
const learnSamples = [16, 4] as const;
const unknownBurntShare = 0.25;
/** Slow enough that dirt of weeks is noticed, quick enough for seasons. */
const memoryMs = 20 * 60_000;
const longestStepMs = 5000;

interface Light {
  readonly learnSamples: number;
  samples: number;
  logSharpness: number;
  shapedBlocks: number;
}

export function createUsual(kept: UsualFacts | null): Usual {
  const lights: [Light, Light] = [toLight(kept, 0), toLight(kept, 1)];
  let burnt: number | null = kept?.burntShare ?? null;
  let lastMs: number | null = null;
  let learned = 0;
  let isNews = false;
  const find = (mean: number): Light => lights[mean < darkBelow ? 0 : 1];
  return {
    get burntShare() {
      return burnt ?? unknownBurntShare;
    },
    readSharpness(mean) {
      const light = find(mean);
      return light.samples < light.learnSamples ? null : Math.exp(light.logSharpness);
    },
    isSofter({ mean, sharpness, shapedBlocks, noise }) {
      const light = find(mean);
      if (light.samples < light.learnSamples) return false;
      if (shapedBlocks < shapeShare * light.shapedBlocks) return noise <= mostNoise;
      return sharpness !== null && sharpness < softShare * Math.exp(light.logSharpness);
    },
    learn({ mean, sharpness, shapedBlocks, burntShare }, atMs) {
      const stepMs = lastMs === null ? 0 : Math.min(longestStepMs, Math.max(0, atMs - lastMs));
      lastMs = atMs;
      if (sharpness === null || shapedBlocks < leastShapes) return;
      const light = find(mean);
      light.samples++;
      const share = Math.max(1 / light.samples, stepMs / memoryMs);
      light.logSharpness += share * (Math.log(Math.max(0.5, sharpness)) - light.logSharpness);
      light.shapedBlocks += share * (shapedBlocks - light.shapedBlocks);
      burnt = burnt === null ? burntShare : burnt + share * (burntShare - burnt);
      if (++learned % 500 === 20) isNews = true;
    },
    read: () => ({
      sharpness: [toKept(lights[0], 'logSharpness'), toKept(lights[1], 'logSharpness')],
      shapedBlocks: [toKept(lights[0], 'shapedBlocks'), toKept(lights[1], 'shapedBlocks')],
      burntShare: burnt,
    }),
    takeNews() {
      const was = isNews;
      isNews = false;
      return was;
    },
    forget() {
      for (const light of lights) light.samples = 0;
      burnt = null;
    },
  };
}

/** What was kept counts as much as a few minutes of samples, so that it is neither forgotten nor cast in stone. */
const keptSamples = 100;

function toLight(kept: UsualFacts | null, at: 0 | 1): Light {
  const sharpness = kept?.sharpness[at] ?? null;
  const shapedBlocks = kept?.shapedBlocks[at] ?? null;
  if (sharpness === null || shapedBlocks === null)
    return { learnSamples: learnSamples[at], samples: 0, logSharpness: 0, shapedBlocks: 0 };
  return {
    learnSamples: learnSamples[at],
    samples: keptSamples,
    logSharpness: Math.log(sharpness),
    shapedBlocks,
  };
}

function toKept(light: Light, what: 'logSharpness' | 'shapedBlocks'): number | null {
  if (light.samples < light.learnSamples) return null;
  return what === 'logSharpness' ? Math.exp(light.logSharpness) : light.shapedBlocks;
}
