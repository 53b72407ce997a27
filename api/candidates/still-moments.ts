import type { EvidenceItem } from '../../domain/mod.ts';

export const stillMoments = ['first', 'middle', 'last'] as const;
export type StillMoment = (typeof stillMoments)[number];

/** Moments of which the package has a still: all of them must have been shown to whoever confirms. */
export function listStillMoments(items: readonly EvidenceItem[] | null): StillMoment[] {
  return stillMoments.filter((moment) =>
    items?.some((item) => item.kind === 'original' && item.moment === moment),
  );
}
