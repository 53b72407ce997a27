import {
  cameraIdPattern,
  type Detection,
  type DetectionBatch,
  isObjectClass,
  objectClasses,
  toMessage,
  viewProblems,
  XunjieError,
} from '../../domain/mod.ts';

/** What a line of recorded detections leaves out because it is the same in the whole file. */
export interface LineDefaults {
  /** Camera of lines that name none. */
  readonly camera: string;
  /** Capture time of `ptsMs` 0, for lines without a capture time. */
  readonly startMs: number;
}

const cameraId = new RegExp(cameraIdPattern);

/**
 * One line of a log: a whole DetectionBatch, or `ptsMs` and `detections` alone as recorded beside a clip. Checked by hand: a schema costs
 * more than the fold. Throws `bad_config` that begins with `where`.
 */
export function parseBatch(line: string, defaults: LineDefaults, where: string): DetectionBatch {
  const refuse = (what: string): never => {
    throw new XunjieError('bad_config', `${where}: ${what}`);
  };
  const value = parseObject(line, refuse);
  if (value['v'] !== undefined && value['v'] !== 1)
    refuse(`v: is ${JSON.stringify(value['v'])}; this version reads 1`);
  const camera = value['camera'] ?? defaults.camera;
  if (typeof camera !== 'string' || !cameraId.test(camera))
    refuse(`camera: ${JSON.stringify(camera)} is no camera name (letters, digits, - and _)`);
  const ptsMs = value['ptsMs'] ?? value['capturedAtMs'];
  if (!isFinite(ptsMs)) return refuse('ptsMs: must be a number (milliseconds)');
  const capturedAtMs = value['capturedAtMs'] ?? defaults.startMs + ptsMs;
  if (!isFinite(capturedAtMs)) return refuse('capturedAtMs: must be a number (milliseconds since 1970)');
  const clockErrorMs = value['clockErrorMs'] ?? null;
  if (clockErrorMs !== null && !isFinite(clockErrorMs))
    return refuse('clockErrorMs: must be a number or null');
  const [width, height] = [value['width'] ?? 1920, value['height'] ?? 1080];
  if (!isFinite(width) || !isFinite(height) || width < 1 || height < 1)
    return refuse('width, height: must be numbers above 0 (pixels)');
  const view = viewProblems.find((problem) => problem === value['view']);
  if (value['view'] !== undefined && view === undefined)
    refuse(`view: ${JSON.stringify(value['view'])} is none of ${viewProblems.join(', ')}`);
  return {
    v: 1,
    camera: camera as string,
    ptsMs,
    capturedAtMs,
    clockErrorMs,
    width,
    height,
    model: toModel(value['model'], refuse),
    detections: toDetections(value['detections'], refuse),
    ...(view !== undefined && { view }),
  };
}

type Refuse = (what: string) => never;

function parseObject(line: string, refuse: Refuse): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch (error) {
    return refuse(`not JSON: ${toMessage(error)}`);
  }
  return refuse('must be an object with ptsMs and detections');
}

function toModel(value: unknown, refuse: Refuse): DetectionBatch['model'] {
  if (value === undefined || value === null) return null;
  const { name, sha256 } = value as Record<string, unknown>;
  if (typeof name !== 'string' || typeof sha256 !== 'string')
    return refuse('model: must have name and sha256');
  return { name, sha256 };
}

function toDetections(value: unknown, refuse: Refuse): Detection[] {
  if (!Array.isArray(value)) return refuse('detections: must be a list');
  return value.map((entry: unknown, index) => {
    const { class: name, score, box } = (entry ?? {}) as Record<string, unknown>;
    if (typeof name !== 'string' || !isObjectClass(name))
      return refuse(
        `detections.${index}.class: unknown class ${JSON.stringify(name)}; known: ${objectClasses.join(', ')}`,
      );
    if (!isFinite(score) || score < 0 || score > 1)
      return refuse(`detections.${index}.score: must be a number from 0 to 1`);
    if (!isBox(box))
      return refuse(`detections.${index}.box: must be [left, top, right, bottom], 0-1 of the picture`);
    return { class: name, score, box };
  });
}

/** Boxes may stick out of the picture a little, as detectors report them. */
const slack = 0.5;

function isBox(value: unknown): value is Detection['box'] {
  return (
    Array.isArray(value) &&
    value.length === 4 &&
    value.every((edge) => isFinite(edge) && edge >= -slack && edge <= 1 + slack) &&
    value[0] < value[2] &&
    value[1] < value[3]
  );
}

function isFinite(value: unknown): value is number {
  return Number.isFinite(value);
}
