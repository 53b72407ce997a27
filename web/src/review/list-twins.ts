import type { CandidateDetail, CandidateSummary } from '../api/types.ts';

/** As many as there are digits to choose with. */
const maxTwins = 9;

/**
 * Candidates of the queue that may show the same as this one: same camera, offence and zone, the nearest in time first. The server
 * has the last word; another zone with the same number plate is found by its own page.
 */
export function listTwins(
  detail: CandidateDetail | undefined,
  queue: readonly CandidateSummary[],
): CandidateSummary[] {
  if (detail === undefined) return [];
  const distance = (other: CandidateSummary) => Math.abs(Date.parse(other.from) - Date.parse(detail.from));
  return queue
    .filter(
      (other) =>
        other.id !== detail.id &&
        other.camera.id === detail.camera.id &&
        other.offence.code === detail.offence.code &&
        other.zone === detail.zone,
    )
    .toSorted((a, b) => distance(a) - distance(b))
    .slice(0, maxTwins);
}
