import type { Indicator } from '../api/indicators.ts';

/** What a row of figures is about. */
export const sections = ['disposal', 'intake', 'ai', 'other'] as const;
export type Section = (typeof sections)[number];

const bySection: Readonly<Record<Exclude<Section, 'ai' | 'other'>, readonly string[]>> = {
  disposal: [
    'disposalRate',
    'onTimeDisposalRate',
    'closureRate',
    'onTimeClosureRate',
    'reworkRate',
    'extensionRate',
    'meanMinutesToReply',
    'meanMinutesOfDisposal',
    'meanMinutesToCheck',
  ],
  intake: [
    'validReportRate',
    'omissionRate',
    'filingRate',
    'onTimeFilingRate',
    'rightFilingRate',
    'onTimeDispatchRate',
    'rightDispatchRate',
    'onTimeVerificationRate',
    'onTimeVerificationSendRate',
    'onTimeCheckRate',
    'onTimeCheckSendRate',
    'selfDisposalShare',
    'reportsPerCollectorDay',
    'meanMinutesToFiling',
  ],
};
const aiPattern = /confirm|alarm|duplicate|clear|candidate|camera|review|evidence|agree/i;

/** Where a figure is shown; one that these pages do not know yet goes by its name, so that none is left out. */
export function toSection(name: string): Section {
  if (bySection.disposal.includes(name)) return 'disposal';
  if (bySection.intake.includes(name)) return 'intake';
  return aiPattern.test(name) ? 'ai' : 'other';
}

/** The figures of a section, the ones that matter most first. */
export function pickSection(indicators: readonly Indicator[], section: Section): Indicator[] {
  const order: readonly string[] = section === 'disposal' || section === 'intake' ? bySection[section] : [];
  return indicators
    .filter(({ name }) => toSection(name) === section)
    .toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}
