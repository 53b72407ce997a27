import { type Box, type Detection, type Polygon, toMessage, XunjieError } from '../../domain/mod.ts';
import type { Detector, DetectRequest } from '../detector.ts';
import type { DetectorLogger } from '../detector-options.ts';
import type { Picture } from '../picture.ts';
import { cutPicture, shrinkPicture } from './cut-picture.ts';
import { type CropView, mergeCrops, toWholePicture } from './merge-crops.ts';
import { planCrops, toWantedPixels } from './plan-crops.ts';

/** Counts since it was made. */
interface CropStats {
  /** Crops looked at. */
  readonly done: number;
  /** Crops that gave way because more pictures came than could be looked at, or failed: the whole picture alone counted. */
  readonly givenUp: number;
}

/** One camera's detector: the whole picture, and zones that cover little of it once more by themselves. */
export interface CropDetector {
  /** Size to fit pictures into; follows the zones that it was made with, because a camera is opened with it. */
  readonly maxPixelWidth: number;
  readonly maxPixelHeight: number;
  /** Where it looks again, 0-1 of the picture; empty before the first picture. */
  readonly crops: readonly Box[];
  /** Zones to look at from the next picture on. Sharper pictures than the camera was opened with do not come by it. */
  setZones(zones: readonly Polygon[]): void;
  /**
   * As `Detector.detect`, of a picture of any size with the proportions of `frame`; answers come in the order of the
   * pictures. A crop that cannot be looked at costs its detections, never the whole picture's.
   */
  detect(picture: Picture, request: DetectRequest): Promise<Detection[]>;
  stats(): CropStats;
}

/** What of a detector it uses. */
type Looker = Pick<Detector, 'detect' | 'maxPixelWidth' | 'maxPixelHeight'>;

/** Most cameras are 16:9; only the size that is asked for rests on it, not the crops themselves. */
const usualPicture = { pictureWidth: 1920, pictureHeight: 1080 } as const;
const maxDetections = 300;
const wholeBox: Box = [0, 0, 1, 1];

/** Not promises of promises: what was offered is answered later. */
interface Offered {
  readonly found: Promise<Detection[]>;
  readonly views: readonly Promise<CropView | null>[];
}

export function createCropDetector(options: {
  readonly detector: Looker;
  readonly zones: readonly Polygon[];
  readonly logger: Pick<DetectorLogger, 'info' | 'warn'>;
}): CropDetector {
  const { detector, logger } = options;
  const { maxPixelWidth: inputWidth, maxPixelHeight: inputHeight } = detector;
  const input = { inputWidth, inputHeight };
  let zones = options.zones;
  let planned: { width: number; height: number; crops: Box[] } | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let turn: Promise<unknown> = Promise.resolve();
  const totals = { done: 0, givenUp: 0 };

  function plan({ pixelWidth, pixelHeight }: Picture, camera: string | undefined): readonly Box[] {
    if (planned?.width === pixelWidth && planned.height === pixelHeight) return planned.crops;
    const needs = { pictureWidth: pixelWidth, pictureHeight: pixelHeight, ...input };
    const before = planned?.crops.length ?? 0;
    planned = { width: pixelWidth, height: pixelHeight, crops: planCrops(zones, needs) };
    const { length } = planned.crops;
    if (length > 0 || before > 0)
      logger.info(
        { camera, crops: planned.crops, pixelWidth, pixelHeight },
        `parts of the picture looked at by themselves: ${length}; runs of the model per sample: ${length + 1}`,
      );
    return planned.crops;
  }

  async function lookAt(
    crop: Picture,
    box: Box,
    request: DetectRequest,
    part: number,
  ): Promise<CropView | null> {
    try {
      const { floorGapMs: _ofTheWhole, ...rest } = request;
      const detections = await detector.detect(crop, { ...rest, part });
      totals.done++;
      return { crop: box, detections: toWholePicture(detections, box) };
    } catch (error) {
      totals.givenUp++;
      const gaveWay =
        error instanceof XunjieError && (error.code === 'superseded' || error.code === 'detector_busy');
      if (!gaveWay)
        logger.warn({ camera: request.camera, error: toMessage(error) }, 'a crop could not be looked at');
      return null;
    }
  }

  /** Offers a picture and its crops to the detector once those before are offered, however long each takes to shrink. */
  function offer(picture: Picture, request: DetectRequest): Promise<Offered> {
    const crops = plan(picture, request.camera);
    const fit = (part: Picture): Promise<Picture> => shrinkPicture(part, inputWidth, inputHeight);
    const cut = crops.map((crop) => cutPicture(picture, crop));
    const ready = Promise.all([fit(picture), ...cut.map((part) => fit(part.picture))]);
    const offered = Promise.allSettled([turn, ready]).then(async () => {
      const [whole, ...parts] = await ready;
      return {
        views: parts.map((part, i) => lookAt(part, cut[i]?.box ?? wholeBox, request, i + 1)),
        found: detector.detect(whole, request),
      };
    });
    turn = offered;
    return offered;
  }

  async function detect(picture: Picture, request: DetectRequest): Promise<Detection[]> {
    const { found, views } = await offer(picture, request);
    const whole = await found;
    const seen = (await Promise.all(views)).filter((view) => view !== null);
    return seen.length === 0 ? whole : mergeCrops(whole, seen, maxDetections);
  }

  return {
    ...toWantedPixels(planCrops(zones, { ...usualPicture, ...input }), input),
    get crops() {
      return planned?.crops ?? [];
    },
    setZones(next) {
      if (JSON.stringify(next) === JSON.stringify(zones)) return;
      zones = next;
      if (planned !== null) planned = { ...planned, width: 0 }; // planned anew with the next picture
    },
    detect(picture, request) {
      const answer = detect(picture, request);
      const ordered = Promise.allSettled([last, answer]).then(() => answer);
      last = ordered.catch(() => undefined);
      return ordered;
    },
    stats: () => ({ ...totals }),
  };
}
