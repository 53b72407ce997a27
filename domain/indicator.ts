/** What is counted of cases in a period. Names and definitions are shown beside every figure. */
export const countFacts = {
  reports: ['上报数', 'reports made in the period'],
  collectorReports: ['采集员上报数', 'of these, by collectors'],
  collectorDays: ['采集员出勤日', 'days on which a collector reported, summed over collectors'],
  validReports: [
    '有效上报数',
    'reports made in the period that were accepted, or cleared on the spot, by its end',
  ],
  notAccepted: ['不予受理数', 'reports refused in the period'],
  selfDisposed: ['自行处置数', 'self-disposals approved in the period'],
  accepted: ['受理数', 'reports accepted in the period'],
  filed: ['立案数', 'cases filed in the period'],
  filedOnTime: ['按时立案数', 'of these, filed within the limit of their stage'],
  notFiled: ['不立案数', 'cases declined in the period'],
  filedVoided: ['立案后作废数', 'cases filed in the period that were voided by its end'],
  answerableFilings: [
    '责任立案数',
    "cases filed in the period; by person, under each collector of the case's grid on the day of its report",
  ],
  possibleOmissions: [
    '疑似漏报数',
    'of these, those that the public reported and nobody had found near there before',
  ],
  omissions: ['漏报数', 'of these, those of which intake says that a collector should have reported them'],
  dispatched: ['派遣数', 'cases dispatched in the period, each once'],
  dispatchedUnits: ['派遣单位数', 'different units that these were dispatched to'],
  dispatchDue: [
    '应派遣数',
    'stages of filing left in the period, and those whose limit ran out in it unfinished',
  ],
  dispatchedOnTime: ['按时派遣数', 'of these, dispatched within the limit of the stage'],
  dispatchedRight: ['准确派遣数', 'cases dispatched in the period that had one unit only, by its end'],
  due: [
    '应处置数',
    'disposed in the period, and what fell due in it undisposed; neither voided, merged nor suspended',
  ],
  disposed: ['处置数', 'of these, those that the unit has replied to and no check has sent back'],
  disposedOnTime: ['按期处置数', 'of these, within the deadline, or late with an appeal granted'],
  handled: ['处理数', 'disposed by units and cleared on the spot together'],
  extended: ['延期数', 'extensions granted in the period'],
  reworked: ['返工数', 'checks of the period that sent a case back'],
  verifyDue: ['应核实数', 'verifications ended in the period, and those whose limit ran out in it'],
  verifiedOnTime: ['按时核实数', 'of these, ended within the limit'],
  verifySends: ['发核实数', 'verifications that were asked for in the period'],
  verifySentOnTime: ['按时发核实数', 'of these, within the limit of intake'],
  checkSendDue: [
    '应发核查数',
    'replies passed on for a check in the period, and those whose limit ran out in it',
  ],
  checkSentOnTime: ['按时发核查数', 'of these, within the limit'],
  checkDue: ['应核查数', 'checks ended in the period, and those whose limit ran out in it'],
  checkedOnTime: ['按时核查数', 'of these, ended within the limit'],
  closeDue: ['应结案数', 'closed in the period, and what fell due in it and is not closed'],
  suspended: ['缓办数', 'of these, those that are suspended at its end'],
  closed: ['结案数', 'cases closed in the period, self-disposals apart'],
  closedOnTime: ['按期结案数', 'of these, those disposed within the deadline'],
  candidates: ['候选数', 'candidates that cameras raised in the period'],
  suppressed: ['抑制数', 'candidates of the period that the rules hold back, with a reason'],
  reviewed: ['审核数', 'first decisions to confirm or reject that took effect in the period'],
  confirmed: ['审核通过数', 'of these, confirmed'],
  rejected: ['误报数', 'of these, rejected'],
  duplicates: ['重复数', 'of these, rejected as duplicates'],
  reminded: ['提醒数', 'decisions of the period to remind'],
  cleared: ['自动清除数', 'of these, gone within the grace, by now'],
  aiFilings: ['候选立案件数', 'cases of candidates that were filed in the period'],
  minutesFromCandidate: ['候选至立案分钟', 'of these, from raising to filing, summed'],
  blindPairs: ['复核数', 'blind second decisions that took effect in the period'],
  blindDisagreed: ['复核不一致数', 'of these, other than the first'],
  timedReviews: ['计时审核数', 'decisions of the period that were made under a lease'],
  reviewSeconds: ['审核用时秒', 'of these, from taking the lease to deciding, summed'],
  evidenceDue: ['应有证据数', 'candidates of the period whose evidence was sealed, or could not be'],
  evidenceComplete: ['证据完整数', 'of these, with the originals of three moments and a clip at each end'],
  cameraMinutes: [
    '相机应在线分钟',
    'time since a camera was first heard of, within the period and up to now; ended recordings apart',
  ],
  cameraLiveMinutes: ['相机在线分钟', 'of this, while pictures came'],
  urged: ['催办数', 'times that somebody urged'],
  escalated: ['超时升级数', 'cases that became overdue in the period'],
  replies: ['回复数', 'replies of units in the period'],
  minutesToReply: ['上报至回复分钟', 'of these, from report to reply, summed'],
  minutesOfDisposal: ['派遣至回复分钟', 'of these, from dispatch to reply, summed'],
  checks: ['核查数', 'checks of the period that passed'],
  minutesToCheck: ['回复至核查分钟', 'of these, from reply to check, summed'],
  filings: ['立案用时件数', 'cases filed in the period'],
  minutesToFiling: ['上报至立案分钟', 'of these, from report to filing, summed'],
} as const satisfies Record<string, readonly [nameZh: string, definition: string]>;

export type CountName = keyof typeof countFacts;
export type Counts = Readonly<Record<CountName, number>>;
export const countNames = Object.keys(countFacts) as CountName[];

export interface Indicator {
  readonly name: string;
  readonly nameZh: string;
  readonly formula: string;
  /** A share is shown as per cent; a mean in the unit of its numerator. */
  readonly kind: 'share' | 'mean';
  readonly numerator: number;
  readonly denominator: number;
  /** `null` where the denominator is 0: there is nothing to judge. */
  readonly value: number | null;
  /** As reports print it: `99.91 %`, `97.0`. */
  readonly text: string;
}

type Formula = readonly [
  name: string,
  nameZh: string,
  formula: string,
  kind: Indicator['kind'],
  numerator: (counts: Counts) => number,
  denominator: (counts: Counts) => number,
];

/** Formulas as the cities' schemes have them; denominators that differ between cities are told by the formula. */
const formulas: readonly Formula[] = [
  ['validReportRate', '有效上报率', '有效上报数 ÷ 上报数', 'share', (c) => c.validReports, (c) => c.reports],
  ['omissionRate', '漏报率', '漏报数 ÷ 责任立案数', 'share', (c) => c.omissions, (c) => c.answerableFilings],
  [
    'onTimeVerificationRate',
    '按时核实率',
    '按时核实数 ÷ 应核实数',
    'share',
    (c) => c.verifiedOnTime,
    (c) => c.verifyDue,
  ],
  [
    'onTimeCheckRate',
    '按时核查率',
    '按时核查数 ÷ 应核查数',
    'share',
    (c) => c.checkedOnTime,
    (c) => c.checkDue,
  ],
  [
    'onTimeVerificationSendRate',
    '核实按时派发率',
    '按时发核实数 ÷ 发核实数',
    'share',
    (c) => c.verifySentOnTime,
    (c) => c.verifySends,
  ],
  [
    'onTimeCheckSendRate',
    '核查按时派发率',
    '按时发核查数 ÷ 应发核查数',
    'share',
    (c) => c.checkSentOnTime,
    (c) => c.checkSendDue,
  ],
  ['filingRate', '立案率', '立案数 ÷ 上报数', 'share', (c) => c.filed, (c) => c.reports],
  ['onTimeFilingRate', '按时立案率', '按时立案数 ÷ 立案数', 'share', (c) => c.filedOnTime, (c) => c.filed],
  [
    'rightFilingRate',
    '准确立案率',
    '(立案数 − 立案后作废数) ÷ 立案数',
    'share',
    (c) => c.filed - c.filedVoided,
    (c) => c.filed,
  ],
  [
    'onTimeDispatchRate',
    '按时派遣率',
    '按时派遣数 ÷ 应派遣数',
    'share',
    (c) => c.dispatchedOnTime,
    (c) => c.dispatchDue,
  ],
  [
    'rightDispatchRate',
    '准确派遣率',
    '准确派遣数 ÷ 派遣数',
    'share',
    (c) => c.dispatchedRight,
    (c) => c.dispatched,
  ],
  ['disposalRate', '处置率', '处置数 ÷ 应处置数', 'share', (c) => c.disposed, (c) => c.due],
  [
    'onTimeDisposalRate',
    '按期处置率',
    '按期处置数 ÷ 应处置数',
    'share',
    (c) => c.disposedOnTime,
    (c) => c.due,
  ],
  [
    'closureRate',
    '结案率',
    '结案数 ÷ (应结案数 − 缓办数)',
    'share',
    (c) => c.closed,
    (c) => c.closeDue - c.suspended,
  ],
  [
    'onTimeClosureRate',
    '按期结案率',
    '按期结案数 ÷ (应结案数 − 缓办数)',
    'share',
    (c) => c.closedOnTime,
    (c) => c.closeDue - c.suspended,
  ],
  ['reworkRate', '返工率', '返工数 ÷ 处置数', 'share', (c) => c.reworked, (c) => c.disposed],
  ['extensionRate', '延期率', '延期数 ÷ 立案数', 'share', (c) => c.extended, (c) => c.filed],
  [
    'selfDisposalShare',
    '自行处置占比',
    '自行处置数 ÷ 上报数',
    'share',
    (c) => c.selfDisposed,
    (c) => c.reports,
  ],
  [
    'reportsPerCollectorDay',
    '采集员日均上报数',
    '采集员上报数 ÷ 采集员出勤日',
    'mean',
    (c) => c.collectorReports,
    (c) => c.collectorDays,
  ],
  [
    'meanMinutesToFiling',
    '上报至立案平均分钟',
    '上报至立案分钟 ÷ 立案用时件数',
    'mean',
    (c) => c.minutesToFiling,
    (c) => c.filings,
  ],
  [
    'meanMinutesToReply',
    '上报至回复平均分钟',
    '上报至回复分钟 ÷ 回复数',
    'mean',
    (c) => c.minutesToReply,
    (c) => c.replies,
  ],
  [
    'meanMinutesOfDisposal',
    '派遣至回复平均分钟',
    '派遣至回复分钟 ÷ 回复数',
    'mean',
    (c) => c.minutesOfDisposal,
    (c) => c.replies,
  ],
  [
    'meanMinutesToCheck',
    '回复至核查平均分钟',
    '回复至核查分钟 ÷ 核查数',
    'mean',
    (c) => c.minutesToCheck,
    (c) => c.checks,
  ],
  ['confirmationRate', '审核通过率', '审核通过数 ÷ 审核数', 'share', (c) => c.confirmed, (c) => c.reviewed],
  ['falseAlarmRate', '误报率', '误报数 ÷ 审核数', 'share', (c) => c.rejected, (c) => c.reviewed],
  ['duplicateRate', '重复率', '重复数 ÷ 审核数', 'share', (c) => c.duplicates, (c) => c.reviewed],
  ['clearanceRate', '自动清除率', '自动清除数 ÷ 提醒数', 'share', (c) => c.cleared, (c) => c.reminded],
  [
    'disagreementRate',
    '复核不一致率',
    '复核不一致数 ÷ 复核数',
    'share',
    (c) => c.blindDisagreed,
    (c) => c.blindPairs,
  ],
  [
    'meanReviewSeconds',
    '人均审核用时(秒)',
    '审核用时秒 ÷ 计时审核数',
    'mean',
    (c) => c.reviewSeconds,
    (c) => c.timedReviews,
  ],
  [
    'evidenceCompleteness',
    '证据完整率',
    '证据完整数 ÷ 应有证据数',
    'share',
    (c) => c.evidenceComplete,
    (c) => c.evidenceDue,
  ],
  [
    'cameraUptime',
    '相机在线率',
    '相机在线分钟 ÷ 相机应在线分钟',
    'share',
    (c) => c.cameraLiveMinutes,
    (c) => c.cameraMinutes,
  ],
  [
    'meanMinutesFromCandidate',
    '候选至立案平均分钟',
    '候选至立案分钟 ÷ 候选立案件数',
    'mean',
    (c) => c.minutesFromCandidate,
    (c) => c.aiFilings,
  ],
];

/** All indicators of a set of counts, in a fixed order, with both counts of each. */
export function computeIndicators(counts: Counts): Indicator[] {
  return formulas.map(([name, nameZh, formula, kind, toNumerator, toDenominator]) => {
    const numerator = toNumerator(counts);
    const denominator = toDenominator(counts);
    const value = denominator === 0 ? null : numerator / denominator;
    return { name, nameZh, formula, kind, numerator, denominator, value, text: formatValue(value, kind) };
  });
}

/** Two decimals of a per cent, rounded half up from the counts themselves: 23513 of 23534 are 99.91 %, never 99.99 %. */
function formatValue(value: number | null, kind: Indicator['kind']): string {
  if (value === null) return '–';
  return kind === 'share' ? `${(value * 100).toFixed(2)} %` : value.toFixed(1);
}

export const emptyCounts = Object.fromEntries(countNames.map((name) => [name, 0])) as Counts;
