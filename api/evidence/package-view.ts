import {
  type Box,
  type CandidateFacts,
  type EvidenceItem,
  type Sighting,
  toZonedIso,
} from '../../domain/mod.ts';
import type { ClipView, StillView } from './schema.ts';

export interface SealedPackage {
  readonly manifestHash: string;
  readonly items: readonly EvidenceItem[];
  /** The candidate as it was when its package was sealed: the boxes in it belong to the stills. */
  readonly facts: CandidateFacts;
}

export function toEvidenceUrl(manifestHash: string, path: string): string {
  return `/api/evidence/${manifestHash}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** Originals with their annotated copies, in time order. */
export function toStillViews(sealed: SealedPackage, timeZone: string): StillView[] {
  return sealed.items
    .filter((item) => item.kind === 'original')
    .toSorted((a, b) => a.ptsMs - b.ptsMs)
    .flatMap((item) => {
      const { moment } = item;
      if (moment === 'start' || moment === 'end') return [];
      const { box, score } = findSighting(sealed.facts, item, moment);
      const annotated = sealed.items.find((copy) => copy.kind === 'annotated' && copy.moment === moment);
      return {
        moment,
        capturedAt: toZonedIso(item.capturedAtMs, timeZone),
        ptsMs: item.ptsMs,
        box: toMutable(box),
        score,
        originalUrl: toEvidenceUrl(sealed.manifestHash, item.path),
        annotatedUrl: annotated === undefined ? null : toEvidenceUrl(sealed.manifestHash, annotated.path),
        width: item.width ?? sealed.facts.width,
        height: item.height ?? sealed.facts.height,
      };
    });
}

export function toClipViews(sealed: SealedPackage): ClipView[] {
  return sealed.items.flatMap((item) =>
    item.kind === 'clip' && (item.moment === 'start' || item.moment === 'end')
      ? {
          moment: item.moment,
          url: toEvidenceUrl(sealed.manifestHash, item.path),
          durationMs: item.durationMs ?? null,
        }
      : [],
  );
}

/** The picture that stands for a package in lists: its last original, small. */
export function toThumbnailUrl(
  manifestHash: string | null,
  items: readonly EvidenceItem[] | null,
): string | null {
  const still = items?.filter((item) => item.kind === 'original').toSorted((a, b) => b.ptsMs - a.ptsMs)[0];
  if (manifestHash === null || still === undefined) return null;
  return `${toEvidenceUrl(manifestHash, still.path)}?width=320`;
}

function findSighting(
  facts: CandidateFacts,
  item: EvidenceItem,
  moment: 'first' | 'middle' | 'last',
): Sighting {
  return (
    [facts.first, facts.middle, facts.last].find((sighting) => sighting.ptsMs === item.ptsMs) ?? facts[moment]
  );
}

function toMutable(box: Box): [number, number, number, number] {
  return [...box];
}
