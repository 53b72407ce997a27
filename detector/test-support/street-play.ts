import type { Box, Detection } from '../../domain/mod.ts';
import { createStationaryDetector, type StationaryMemory } from '../mod.ts';
import { type Canvas, putThing, type Thing, toCanvas, toPixels, toRandom } from './disturb.ts';
import { readStreetClip, type StreetClip } from './street-clip.ts';
import type { Disturbance, StreetScene } from './street-scenes.ts';

export const pixelWidth = 416;
export const pixelHeight = 234;
export const onsetMs = 60_000;
/** When a thing is put down, unless a test says otherwise. */
export const putAtMs = 60_000;
export const startMs = Date.UTC(2026, 0, 1);

const clips = new Map<string, Promise<StreetClip>>();

export function readScene(scene: StreetScene): Promise<StreetClip> {
  const { file, perSecond, maxPictures } = scene;
  const known = clips.get(file) ?? readStreetClip(file, { pixelWidth, pixelHeight, perSecond, maxPictures });
  clips.set(file, known);
  return known;
}

export const toCarton = (box: Box): Thing => ({ kind: 'box', box, seed: 5, tone: 0.5 });

interface Play {
  /** What is filmed at that time; one scene's zone is watched throughout. */
  readonly scene: StreetScene;
  readonly sceneAt?: (atMs: number) => StreetScene;
  readonly disturbance?: Disturbance;
  /** What stands in the picture at that time of the play. */
  readonly thingAt?: (atMs: number) => Thing | null;
  readonly explainedAt?: (atMs: number) => Detection[];
  readonly lengthMs?: number;
  readonly stepMs?: number;
  readonly isShown?: (atMs: number) => boolean;
  readonly seed?: number;
  /** Another detector takes over then, with what is left of the memory of the first. */
  readonly restart?: {
    readonly atMs: number;
    readonly keep: (memory: StationaryMemory | null) => StationaryMemory | null;
  };
}

export interface Seen {
  readonly atMs: number;
  readonly detections: readonly Detection[];
}

/** Plays a clip to and fro for some minutes, a picture each two seconds, and returns what was reported when. */
export async function playStreet(options: Play): Promise<{ seen: Seen[]; relearned: string[] }> {
  const { scene, disturbance = () => {}, thingAt = () => null, isShown = () => true, seed = 7 } = options;
  const { lengthMs = 180_000, stepMs = 2000, restart, sceneAt = () => scene } = options;
  const random = toRandom(seed);
  const relearned: string[] = [];
  const open = (memory: StationaryMemory | null) =>
    createStationaryDetector({
      zones: [{ name: 'ground', polygon: scene.zone, onsetMs }],
      memory,
      onRelearn: (reason) => relearned.push(reason),
    });
  let detector = open(null);
  let isRestarted = false;
  const seen: Seen[] = [];
  for (let atMs = 0, i = 0; atMs < lengthMs; atMs += stepMs, i++) {
    if (restart !== undefined && !isRestarted && atMs >= restart.atMs) {
      const memory = restart.keep(detector.readMemory());
      detector = open(JSON.parse(JSON.stringify(memory)) as StationaryMemory | null);
      isRestarted = true;
    }
    if (!isShown(atMs)) continue;
    const { pictures } = await readScene(sceneAt(atMs));
    const period = Math.max(1, 2 * pictures.length - 2);
    const turn = i % period;
    const source = pictures[turn < pictures.length ? turn : period - turn] as Uint8Array;
    const canvas: Canvas = toCanvas(source, pixelWidth, pixelHeight);
    const thing = thingAt(atMs);
    if (thing !== null) putThing(canvas, thing);
    disturbance(canvas, atMs / 1000, random);
    const picture = { pixels: toPixels(canvas), pixelWidth, pixelHeight };
    const explained = options.explainedAt?.(atMs) ?? [];
    seen.push({ atMs, detections: detector.observe(picture, startMs + atMs, explained) });
  }
  return { seen, relearned };
}

export const listReported = (seen: readonly Seen[]): Detection[] =>
  seen.flatMap(({ detections }) => detections);
