import { readFile } from 'node:fs/promises';
import Type, { type Static } from 'typebox';
import {
  createCropDetector,
  createStationaryDetector,
  type Detector,
  type StationaryDetector,
  type StationaryMemory,
  type StationaryZone,
} from '../detector/mod.ts';
import {
  type Detection,
  type DetectionBatch,
  findSchemaIssues,
  formatPath,
  type ModelRef,
  objectClasses,
  type Polygon,
  type Scene,
  toMessage,
  XunjieError,
} from '../domain/mod.ts';
import type { Frame } from '../ingest/mod.ts';
import type { Logger } from '../platform/mod.ts';
import type { ObjectMemory } from './object-memory.ts';

/** How a frame's answer is wanted. */
export interface Looking {
  /** `true`: whoever asks waits for it; `false`: a newer frame of the camera replaces it while it waits (`superseded`). */
  readonly isKept: boolean;
  /** Longest gap between samples that the camera's rules allow. */
  readonly floorGapMs: number;
}

/** Whatever looks at frames: a model, or detections recorded before. */
export interface Eyes {
  readonly model: ModelRef | null;
  readonly maxPixelWidth: number;
  readonly maxPixelHeight: number;
  /** Answers a camera's frames in their order. */
  detect(frame: Frame, how: Looking): Promise<readonly Detection[]>;
  /** A camera is not watched any more; resolves when what is known of it is kept. */
  forget(camera: string): Promise<void>;
}

/** Looks at one frame and writes down what was seen; nobody reads its pixels after that. */
export async function look(frame: Frame, eyes: Eyes, how: Looking): Promise<DetectionBatch> {
  const detections = await eyes.detect(frame, how);
  frame.release?.(); // after a failure somebody may still be reading
  return {
    v: 1,
    camera: frame.camera,
    ptsMs: frame.ptsMs,
    capturedAtMs: frame.capturedAtMs,
    clockErrorMs: frame.clockErrorMs,
    width: frame.width,
    height: frame.height,
    model: eyes.model,
    detections,
    ...(frame.view !== undefined && { view: frame.view }),
  };
}

/**
 * One camera's eyes: the model looks at the whole picture, and at zones that cover little of it by themselves; where a rule asks for
 * things that no model knows (class `object`), what came and stayed there is found without one.
 */
export interface ModelEyes extends Eyes {
  /** Looks at another scene's zones from the next frame on. */
  setScene(scene: Scene): void;
}

/** `memory`: what stands in the zones is kept there from one run to the next. */
export function openModelEyes(
  detector: Detector,
  first: Scene,
  logger: Logger,
  memory: ObjectMemory | null = null,
): ModelEyes {
  let scene = first;
  const looker = createCropDetector({ detector, zones: toCropZones(scene), logger });
  let objects = openObjectWatch(scene, logger, memory?.found ?? null);
  return {
    model: detector.model,
    maxPixelWidth: looker.maxPixelWidth,
    maxPixelHeight: looker.maxPixelHeight,
    async detect({ camera, capturedAtMs, pixels, pixelWidth, pixelHeight, view }, how) {
      const picture = { pixels, pixelWidth, pixelHeight };
      const known = await looker.detect(picture, { camera, ...how });
      // A view that is covered or frozen says nothing of what stands there.
      if (objects === null || (view !== undefined && view !== 'moved')) return known;
      const standing = objects.observe(picture, capturedAtMs, known);
      memory?.note(objects);
      return [...known, ...standing];
    },
    async forget(camera) {
      detector.forget(camera);
      if (objects !== null) await memory?.keep(objects);
    },
    setScene(next) {
      looker.setZones(toCropZones(next));
      if (JSON.stringify(toObjectZones(next)) !== JSON.stringify(toObjectZones(scene)))
        objects = openObjectWatch(next, logger, objects?.readMemory() ?? null);
      scene = next;
    },
  };
}

function openObjectWatch(
  scene: Scene,
  logger: Logger,
  memory: StationaryMemory | null,
): StationaryDetector | null {
  const zones = toObjectZones(scene);
  if (zones.length === 0) return null;
  return createStationaryDetector({
    zones,
    memory,
    onRelearn: (reason) => logger.info({ reason }, 'what stands in the zones is learned anew'),
  });
}

/** Zones with a rule for things that no model knows, and the shortest onset of those rules. */
function toObjectZones({ rules }: Scene): StationaryZone[] {
  const zones = new Map<string, StationaryZone>();
  for (const { zone, polygon, onsetMs, classes } of rules) {
    if (!classes.includes('object')) continue;
    zones.set(zone, { name: zone, polygon, onsetMs: Math.min(onsetMs, zones.get(zone)?.onsetMs ?? onsetMs) });
  }
  return [...zones.values()];
}

/** Zones that no rule watches are not looked at. */
function toCropZones({ rules, zones, crops = 'auto' }: Scene): Polygon[] {
  if (crops === 'off') return [];
  const watched = new Set(rules.map((rule) => rule.zone));
  return Object.entries(zones).flatMap(([name, polygon]) => (watched.has(name) ? [polygon] : []));
}

const Edge = Type.Number({ minimum: 0, maximum: 1 });
const RecordedFrame = Type.Object({
  ptsMs: Type.Number(),
  detections: Type.Array(
    Type.Object({
      class: Type.Enum([...objectClasses]),
      score: Type.Number({ minimum: 0, maximum: 1 }),
      box: Type.Tuple([Edge, Edge, Edge, Edge], { minItems: 4, maxItems: 4 }),
    }),
  ),
});

const maxDistanceMs = 600;

/** Detections recorded for a clip, one JSON object per line with `ptsMs` and `detections`. Throws `bad_config` with file and line. */
export async function loadRecordedEyes(file: string): Promise<Eyes> {
  const frames = (await readLines(file)).map((line, index) => parseFrame(line, `${file}:${index + 1}`));
  frames.sort((a, b) => a.ptsMs - b.ptsMs);
  return {
    model: null,
    maxPixelWidth: 416, // only the view is judged by the pixels
    maxPixelHeight: 416,
    async detect(frame) {
      const nearest = findNearest(frames, frame.ptsMs);
      return nearest && Math.abs(nearest.ptsMs - frame.ptsMs) <= maxDistanceMs ? nearest.detections : [];
    },
    async forget() {},
  };
}

async function readLines(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new XunjieError('file_not_found', `${file}: ${toMessage(error)}`, { cause: error });
  });
  return text.split('\n').filter((line) => line.trim() !== '');
}

function parseFrame(line: string, where: string): Static<typeof RecordedFrame> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new XunjieError('bad_config', `${where}: not JSON: ${toMessage(error)}`, { cause: error });
  }
  const [issue] = findSchemaIssues(RecordedFrame, value);
  if (issue) throw new XunjieError('bad_config', `${where}: ${formatPath(issue.path)}: ${issue.message}`);
  return value as Static<typeof RecordedFrame>;
}

function findNearest(
  frames: readonly Static<typeof RecordedFrame>[],
  ptsMs: number,
): Static<typeof RecordedFrame> | undefined {
  let low = 0;
  let high = frames.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((frames[middle]?.ptsMs ?? 0) < ptsMs) low = middle + 1;
    else high = middle;
  }
  const after = frames[low];
  const before = frames[low - 1];
  if (!before || !after) return after;
  return ptsMs - before.ptsMs <= after.ptsMs - ptsMs ? before : after;
}
