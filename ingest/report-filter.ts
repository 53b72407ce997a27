/** Takes pairs of stream time and wall time as ffmpeg writes them, and hands on those that come from the camera. */
export interface ReportFilter {
  note(rawMs: number, wallMs: number, arrivedAtMs: number): void;
}

/** So many pairs are looked at together. */
const looked = 4;
/** ffmpeg's own clock at writing, which it puts where no sender report has come, is read here this soon after. */
const ownClockMs = 25;
/** Times that come from one sender report lie on a line; those of writing scatter as packets arrive. */
const scatterMs = 5;
/** RTP time stamps begin anew after 2^32 ticks of 90 kHz; ffmpeg 5.1 is off by that much until the next sender report. */
const wrapMs = 2 ** 32 / 90;
const wrapSlackMs = 1000;
/** No clock but the camera's is off by so much. */
const foreignMs = 60_000;
/** So many pairs in a row that lie on no line are no step of a clock that somebody sets. */
const manyErratic = 8;

/**
 * As long as there was no RTCP sender report ffmpeg gives the time of writing instead, and does not say so. The two are told apart by
 * what they must be: the time of writing is the time of arrival here; times by a report lie on a straight line, and, as a pair is
 * written only with the next packet, half a second before the arrival. A camera whose clock makes them look alike (half a second
 * fast) counts as one without reports, which costs nothing but the better bound. Pairs that are far off and lie on no line are reports
 * that contradict each other: of these `onErratic` is told, with the time of their arrival.
 */
export function createReportFilter(
  onReport: ReportFilter['note'],
  onErratic: (arrivedAtMs: number) => void = () => {},
): ReportFilter {
  let erratic = 0;
  let pairs: { readonly offsetMs: number; readonly ageMs: number }[] = [];
  const unwrap = (rawMs: number, wallMs: number): number => {
    const before = pairs.at(-1)?.offsetMs;
    const wrapped = [-wrapMs, wrapMs].find(
      (by) => before !== undefined && Math.abs(wallMs - rawMs - before - by) < wrapSlackMs,
    );
    return wallMs - (wrapped ?? 0);
  };
  return {
    note(rawMs, writtenWallMs, arrivedAtMs) {
      const wallMs = unwrap(rawMs, writtenWallMs);
      pairs = [...pairs, { offsetMs: wallMs - rawMs, ageMs: arrivedAtMs - wallMs }].slice(-looked);
      if (pairs.length < looked || pairs.some(({ ageMs }) => Math.abs(ageMs) <= ownClockMs)) return;
      const offsets = pairs.map(({ offsetMs }) => offsetMs);
      const isStraight = Math.max(...offsets) - Math.min(...offsets) <= scatterMs;
      erratic = isStraight || pairs.some((pair) => Math.abs(pair.ageMs) < foreignMs) ? 0 : erratic + 1;
      if (erratic >= manyErratic) onErratic(arrivedAtMs);
      if (isStraight) onReport(rawMs, wallMs, arrivedAtMs);
    },
  };
}
