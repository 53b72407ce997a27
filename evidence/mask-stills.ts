import type { CandidateFacts, DetectionBatch, EvidenceItem, Sighting, StillMasking } from '../domain/mod.ts';
import { maskRaster } from './mask-picture.ts';
import { listMaskRegions } from './mask-regions.ts';
import { encodeJpeg, type Raster } from './raster.ts';
import type { OriginalPicture } from './read-footage.ts';

/** What was detected in a camera's pictures, for as long as somebody keeps it. */
export interface DetectionsReader {
  /** The sample taken nearest this capture time; `null` where none is kept any more. Rejects when its keeper does not answer. */
  readNearest(capturedAtMs: number): Promise<DetectionBatch | null>;
}

/** People and vehicles are still where a sample so near in time saw them, or the sample is of no use for masking. */
const maxOffsetMs = 2_000;

export interface MaskedStill {
  readonly masking: StillMasking;
  /** `null`: nothing tells where people and vehicles are, and no copy pretends to be masked. */
  readonly copy: { readonly item: Omit<EvidenceItem, 'sha256' | 'bytes'>; readonly bytes: Uint8Array } | null;
}

/** The masked copy of an original, from the sample nearest it in time; it is made in the original's raster, which holds it afterwards. */
export async function maskOriginal(
  candidate: CandidateFacts,
  original: OriginalPicture,
  raster: Raster,
  detections: DetectionsReader | undefined,
): Promise<MaskedStill> {
  const { name: moment, sighting } = original.moment;
  if (detections === undefined) return toUnmasked(moment, 'no detections were at hand');
  const batch = await detections.readNearest(sighting.capturedAtMs);
  if (batch === null) return toUnmasked(moment, 'no detections of that time are kept');
  const offsetMs = Math.abs(batch.capturedAtMs - sighting.capturedAtMs);
  if (offsetMs > maxOffsetMs)
    return toUnmasked(moment, `the nearest detections are ${Math.round(offsetMs)} ms off`);
  const { heads, plates } = listMaskRegions(batch.detections, candidate, sighting);
  maskRaster(raster, [...heads, ...plates]);
  const { capturedAtMs } = batch;
  return {
    masking: { moment, source: 'detections', sampleCapturedAtMs: capturedAtMs, heads, plates },
    copy: { item: toItem(moment, sighting, original), bytes: await encodeJpeg(raster) },
  };
}

function toItem(
  moment: 'first' | 'middle' | 'last',
  { capturedAtMs, ptsMs }: Sighting,
  { width, height }: OriginalPicture,
): Omit<EvidenceItem, 'sha256' | 'bytes'> {
  return {
    kind: 'masked',
    path: `masked/${moment}.jpg`,
    mediaType: 'image/jpeg',
    moment,
    capturedAtMs,
    ptsMs,
    width,
    height,
  };
}

function toUnmasked(moment: 'first' | 'middle' | 'last', reason: string): MaskedStill {
  return { masking: { moment, source: 'none', reason }, copy: null };
}
