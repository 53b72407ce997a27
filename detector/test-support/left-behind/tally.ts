import { type Box, type Detection, toBoxArea, toIntersectionArea, toIou } from '../../../domain/mod.ts';
import { createStationaryDetector } from '../../mod.ts';
import { pixelHeight, pixelWidth } from './grounds.ts';
import { type LeftScene, onsetMs, putAtMs, type Shot, toThing, zone } from './scenes.ts';

/** What became of a scene. */
export interface Outcome {
  /** Whether the thing was reported where it is within its onset; `null`: there was none. */
  readonly isFound: boolean | null;
  /** Reports of something else: each place counts once until it is not told for half a minute. */
  readonly falseReports: number;
  readonly tookMs: readonly number[];
}

const fewestIou = 0.3;
const quietMs = 30_000;

export async function watchScene(
  scene: LeftScene,
  shots: AsyncIterable<Shot> | Iterable<Shot>,
): Promise<Outcome> {
  const detector = createStationaryDetector({ zones: [{ name: 'ground', polygon: zone, onsetMs }] });
  const thing = await toThing(scene);
  const strays: { box: Box; atMs: number }[] = [];
  const tookMs: number[] = [];
  let falseReports = 0;
  let isFound = false;
  for await (const { atMs, pixels } of shots) {
    const before = process.cpuUsage();
    const detections = detector.observe({ pixels, pixelWidth, pixelHeight }, atMs, []);
    const { user, system } = process.cpuUsage(before);
    tookMs.push((user + system) / 1000);
    const stands = thing !== null && atMs >= putAtMs ? thing.box : null;
    for (const { box } of detections) {
      if (stands !== null && toIou(box, stands) >= fewestIou) {
        if (atMs <= putAtMs + onsetMs) isFound = true;
        continue;
      }
      if (stands !== null && isPartOf(box, stands)) continue;
      const known = strays.find((one) => toIntersectionArea(one.box, box) > 0 && atMs - one.atMs <= quietMs);
      if (known === undefined) {
        falseReports++;
        strays.push({ box, atMs });
      } else known.atMs = atMs;
    }
  }
  return { isFound: thing === null ? null : isFound, falseReports, tookMs };
}

/** A part of the thing, or the thing and a little around it, is a box drawn badly and no stranger. */
function isPartOf(box: Detection['box'], thing: Box): boolean {
  return toIntersectionArea(box, thing) >= 0.5 * Math.min(toBoxArea(box), toBoxArea(thing));
}
