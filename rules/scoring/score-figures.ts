/** Weight of recall for operational alerts of parked vehicles (i-LIDS; recording takes 40). */
export const defaultAlpha = 0.55;

const msPerHour = 3_600_000;

export interface ScoreCounts {
  readonly found: number;
  readonly missed: number;
  readonly falseAlarms: number;
  readonly delaysMs: readonly number[];
  /** Recorded time, summed over the cameras. */
  readonly cameraMs: number;
  readonly alpha?: number;
}

/** `null`: there was nothing to divide by. */
export interface ScoreFigures {
  readonly found: number;
  readonly missed: number;
  readonly falseAlarms: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  readonly alpha: number;
  /** F1 with recall bias as i-LIDS has it: (alpha + 1) R P / (R + alpha P). */
  readonly f1Alpha: number | null;
  readonly meanDelayS: number | null;
  readonly falseAlarmsPerCameraHour: number | null;
}

export function toFigures(counts: ScoreCounts): ScoreFigures {
  const { found, missed, falseAlarms, delaysMs, cameraMs, alpha = defaultAlpha } = counts;
  const precision = divide(found, found + falseAlarms);
  const recall = divide(found, found + missed);
  // (a + 1) R P / (R + a P), in counts: zero where nothing was found, whichever of the two is not there to be divided by.
  const toF = (bias: number): number | null =>
    divide((bias + 1) * found, found + falseAlarms + bias * (found + missed));
  return {
    found,
    missed,
    falseAlarms,
    precision,
    recall,
    f1: toF(1),
    alpha,
    f1Alpha: toF(alpha),
    meanDelayS: divide(delaysMs.reduce((sum, ms) => sum + ms, 0) / 1000, delaysMs.length),
    falseAlarmsPerCameraHour: divide(falseAlarms, cameraMs / msPerHour),
  };
}

function divide(value: number, by: number): number | null {
  return by > 0 ? value / by : null;
}
