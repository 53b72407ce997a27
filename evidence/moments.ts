import { type CandidateFacts, type Sighting, XunjieError } from '../domain/mod.ts';

/** A sighting that the package shows as a picture. */
export interface Moment {
  readonly name: 'first' | 'middle' | 'last';
  readonly sighting: Sighting;
}

/**
 * The sightings that a package must show, in time order: first, middle, last. Where the stay has only two distinct
 * sightings there is no middle, and the pictures count themselves 1/2 and 2/2.
 * Throws `evidence_unavailable` when first and last are nearer to each other than the legal threshold:
 * such pictures would not show the offence.
 */
export function chooseMoments(candidate: CandidateFacts): Moment[] {
  const { first, middle, last } = candidate;
  const gapMs = last.capturedAtMs - first.capturedAtMs;
  if (last.ptsMs === first.ptsMs || gapMs < candidate.legalMs)
    throw new XunjieError(
      'evidence_unavailable',
      `candidate ${candidate.id} of ${candidate.camera}: first and last sighting are ${gapMs / 1000} s apart, ` +
        `the rule needs ${candidate.legalMs / 1000} s between two pictures`,
    );
  const moments: Moment[] = [{ name: 'first', sighting: first }];
  if (middle.ptsMs !== first.ptsMs && middle.ptsMs !== last.ptsMs)
    moments.push({ name: 'middle', sighting: middle });
  moments.push({ name: 'last', sighting: last });
  return moments;
}
