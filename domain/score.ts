import { type Counts, computeIndicators } from './indicator.ts';

/** 考核等级. */
export const grades = ['A', 'B', 'C', 'D', 'E'] as const;
export type Grade = (typeof grades)[number];

export interface Score {
  readonly name: 'unit' | 'collector' | 'intake_officer' | 'shift_leader' | 'dispatcher';
  readonly nameZh: string;
  readonly formula: string;
  /** 0 to 100; `null` where nothing of it can be judged. */
  readonly value: number | null;
  readonly grade: Grade | null;
}

/** What quantities are measured against: the largest among those compared. */
export type Peers = Readonly<Record<'accepted' | 'dispatched' | 'disposed', number>>;

/** A part of a score, 0 to 1; `null` where its denominator is 0. */
type Part = readonly [weight: number, value: number | null];

/**
 * Scores by post as the published schemes weigh them. A quantity counts as its share of the largest among those compared; a
 * part without data is left out and the others weigh the more, so that nobody is judged by what was never theirs.
 */
export function computeScores(counts: Counts, peers: Peers): Score[] {
  const rates = new Map(computeIndicators(counts).map(({ name, value }) => [name, value]));
  const rate = (name: string) => rates.get(name) ?? null;
  const less = (name: string) => {
    const value = rate(name);
    return value === null ? null : 1 - value;
  };
  const quantity = (name: keyof Peers) =>
    counts[name] === 0 || peers[name] === 0 ? null : counts[name] / peers[name];
  return [
    toScore('unit', '处置单位', '数量分 10 + 结案率 30 + 按期处置率 30 + (1 − 返工率) 30', [
      [10, quantity('disposed')],
      [30, rate('closureRate')],
      [30, rate('onTimeDisposalRate')],
      [30, less('reworkRate')],
    ]),
    toScore('collector', '采集员', '有效上报率 40 + (1 − 漏报率) 20 + 按时核实率 20 + 按时核查率 20', [
      [40, rate('validReportRate')],
      [20, less('omissionRate')],
      [20, rate('onTimeVerificationRate')],
      [20, rate('onTimeCheckRate')],
    ]),
    toScore('intake_officer', '受理员', '受理数分 25 + 核实按时派发率 40 + 核查按时派发率 35', [
      [25, quantity('accepted')],
      [40, rate('onTimeVerificationSendRate')],
      [35, rate('onTimeCheckSendRate')],
    ]),
    toScore('shift_leader', '值班长', '按时立案率 25 + 准确立案率 40 + 按期结案率 35', [
      [25, rate('onTimeFilingRate')],
      [40, rate('rightFilingRate')],
      [35, rate('onTimeClosureRate')],
    ]),
    toScore('dispatcher', '派单员', '派遣数分 20 + 按时派遣率 40 + 准确派遣率 40', [
      [20, quantity('dispatched')],
      [40, rate('onTimeDispatchRate')],
      [40, rate('rightDispatchRate')],
    ]),
  ];
}

function toScore(name: Score['name'], nameZh: string, formula: string, parts: readonly Part[]): Score {
  const known = parts.flatMap(([weight, value]) => (value === null ? [] : [{ weight, value }]));
  const weights = known.reduce((sum, { weight }) => sum + weight, 0);
  const points = known.reduce((sum, { weight, value }) => sum + weight * Math.min(1, Math.max(0, value)), 0);
  const value = weights === 0 ? null : (100 * points) / weights;
  return { name, nameZh, formula, value, grade: value === null ? null : toGrade(value) };
}

/** A from 90, B from 75, C from 60, D from 40, else E. */
export function toGrade(value: number): Grade {
  if (value >= 90) return 'A';
  if (value >= 75) return 'B';
  if (value >= 60) return 'C';
  return value >= 40 ? 'D' : 'E';
}
