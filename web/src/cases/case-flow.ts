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

/** States beside the loop, from which a case goes on. */
export const restStates = [
  'coordination',
  'suspended',
  'self_disposed',
] as const satisfies readonly CaseState[];

/** States in which a case has come to its end. */
export const endStates = [
  'closed',
  'voided',
  'not_accepted',
  'not_registered',
  'merged',
] as const satisfies readonly CaseState[];

export const openStates: readonly CaseState[] = [...loopStates, ...restStates];

const runningStates: readonly CaseState[] = ['dispatched', 'in_disposal'];

/** Whether the disposal clock runs: from dispatch to the unit's reply. */
export function isClockRunning(state: CaseState): boolean {
  return runningStates.includes(state);
}

/** The state filter of an address, as the server takes it: `open` stands for whatever has not ended, `all` for no filter. */
export function toStateFilter(value: string | null): string | null {
  if (value === 'all') return null;
  return [...openStates, ...endStates].find((state) => state === value) ?? openStates.join(',');
}
