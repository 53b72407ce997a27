import type { CaseState } from './case.ts';
import type { Limit } from './work-time.ts';

const quarter: Limit = { value: 0.25, unit: 'urgent_hour' };
const half: Limit = { value: 0.5, unit: 'urgent_hour' };

/**
 * How long a case may wait in a state for the one who moves it on, where nobody has set another limit; `null` where no stage
 * limit runs: disposal has the limit of its standard, an ended or merged case waits for nobody.
 */
export const defaultStageLimits: Readonly<Record<CaseState, Limit | null>> = {
  reported: quarter,
  verifying: half,
  accepted: quarter,
  registered: quarter,
  dispatched: half,
  in_disposal: null,
  disposed: quarter,
  checking: half,
  pending_close: quarter,
  coordination: { value: 4, unit: 'work_hour' },
  suspended: null,
  self_disposed: { value: 1, unit: 'work_day' },
  closed: null,
  not_accepted: null,
  not_registered: null,
  voided: null,
  merged: null,
};
