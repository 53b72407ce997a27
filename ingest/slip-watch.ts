/** What a camera's clock reports say of its stream's time. */
export interface SlipWatch {
  /**
   * Takes the wall time less the stream time of a report, and by how much the last pictures came later than the earliest could. Answers
   * by how much the stream's time has fallen behind the camera's clock since it was last told; 0: it has not; `null`: perhaps it has,
   * which the next report tells.
   */
  note(report: {
    readonly offsetMs: number;
    readonly isNew: boolean;
    readonly behindMs: number;
  }): number | null;
  /** It falls behind now, as far as is known. */
  isSlipping(): boolean;
  /** A new connection. */
  restart(): void;
}

/** Less than this is what reports are off by. */
const leastSlipMs = 100;
/** Pictures are judged by those of the last moments that came soonest, in which the stream's time may have slipped by so much more. */
const slackMs = 500;
/** Time that slips goes on slipping; a clock that was set has leapt once. */
const leastGrowthMs = 20;

/**
 * Tells time that slips from pictures that come late. Some encoders count on as by day when the shutter slows at night: their pictures
 * then lie, by the stream's time, ever further before their arrival, as behind a slow network. But what comes late over the network is
 * reported in the time it was captured in, while of time that slips each report says a later wall time than the one before. A clock that
 * is set forward says so, too, but once, and the pictures come no later for it. Works with a camera's clock that is wrong as well, for
 * only differences count.
 */
export function createSlipWatch(): SlipWatch {
  let fromMs: number | null = null;
  let suspectedMs: number | null = null;
  let isSlipping = false;
  return {
    note({ offsetMs, isNew, behindMs }) {
      if (!isNew) return suspectedMs === null ? 0 : null;
      const slipMs = offsetMs - (fromMs ?? offsetMs);
      const isLate = slipMs > leastSlipMs && behindMs > slipMs - slackMs;
      if (isLate && suspectedMs === null && !isSlipping) {
        suspectedMs = slipMs;
        return null;
      }
      isSlipping = isLate && slipMs - (suspectedMs ?? 0) > leastGrowthMs;
      suspectedMs = null;
      if (fromMs === null || slipMs < 0 || slipMs > leastSlipMs) fromMs = offsetMs;
      return isSlipping ? Math.min(slipMs, behindMs) : 0;
    },
    isSlipping: () => isSlipping,
    restart() {
      fromMs = null;
      suspectedMs = null;
      isSlipping = false;
    },
  };
}
