import type { CaseState } from '../../../domain/mod.ts';

/** The closed loop in its order, as the overview draws it. */
export const loopStates = [
  'reported',
  'verifying',
  'accepted',
  'registered',
  'dispatched',
  'in_disposal',
  'disposed',
  'checking',
  'pending_close',
] as const satisfies readonly CaseState[];

/** States in which a case has come to its end or rests. */
export const endStates = [
  'closed',
  'voided',
  'not_accepted',
  'not_registered',
  'coordination',
  'suspended',
  'self_disposed',
  'merged',
] as const satisfies readonly CaseState[];

const runningStates: readonly CaseState[] = ['dispatched', 'in_disposal'];

/** Whether the disposal clock runs: from dispatch to the unit's reply. */
export function isClockRunning(state: CaseState): boolean {
  return runningStates.includes(state);
}

/** The state filter of an address, as the server takes it; `open` stands for the whole loop. */
export function toStateFilter(value: string | null): string {
  if (value === null || value === 'open') return loopStates.join(',');
  return [...loopStates, ...endStates].find((state) => state === value) ?? loopStates.join(',');
}
