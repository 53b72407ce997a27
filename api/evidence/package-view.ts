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

/**
 * Stills in time order: originals with their annotated copies, or their masked copies for somebody who may not see more; a still without a
 * masked copy is left out then.
 */
export function toStillViews(sealed: SealedPackage, timeZone: string, isUnmasked: boolean): StillView[] {
  return sealed.items
    .filter((item) => item.kind === (isUnmasked ? 'original' : 'masked'))
    .toSorted((a, b) => a.ptsMs - b.ptsMs)
    .flatMap((item) => {
      const { moment } = item;
      if (moment === 'start' || moment === 'end') return [];
      const { box, score } = findSighting(sealed.facts, item, moment);
      const annotated = isUnmasked
        ? sealed.items.find((copy) => copy.kind === 'annotated' && copy.moment === moment)
        : undefined;
      return {
        moment,
        capturedAt: toZonedIso(item.capturedAtMs, timeZone),
        ptsMs: item.ptsMs,
        box: toMutable(box),
        score,
        originalUrl: toEvidenceUrl(sealed.manifestHash, item.path),
        masked: !isUnmasked,
        thumbnailUrl: toThumbnailUrl(sealed.manifestHash, findMasked(sealed, moment)),
        annotatedUrl: annotated === undefined ? null : toEvidenceUrl(sealed.manifestHash, annotated.path),
        width: item.width ?? sealed.facts.width,
        height: item.height ?? sealed.facts.height,
      };
    });
}

function findMasked({ items }: SealedPackage, moment: EvidenceItem['moment']): string | null {
  return items.find((copy) => copy.kind === 'masked' && copy.moment === moment)?.path ?? null;
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

/** The picture that stands for a package in lists: its last masked copy. Looks at it are not written down, so it shows nobody. */
export function findThumbnail(items: readonly EvidenceItem[] | null): string | null {
  const masked = items?.filter((item) => item.kind === 'masked') ?? [];
  return masked.toSorted((a, b) => b.ptsMs - a.ptsMs)[0]?.path ?? null;
}

/** It, small. */
export function toThumbnailUrl(manifestHash: string | null, path: string | null): string | null {
  return manifestHash === null || path === null ? null : `${toEvidenceUrl(manifestHash, path)}?width=320`;
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
