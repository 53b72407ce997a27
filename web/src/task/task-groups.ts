import type { CaseState } from '../../../domain/mod.ts';
import type { CaseSummary } from '../api/types.ts';

export type TaskGroup = 'to_advise' | 'to_receive' | 'in_disposal' | 'answered';

const statesByGroup: Readonly<Record<TaskGroup, readonly CaseState[]>> = {
  to_advise: ['coordination'],
  to_receive: ['dispatched'],
  in_disposal: ['in_disposal'],
  answered: ['disposed', 'checking', 'pending_close'],
};

export const taskGroups = [
  'to_advise',
  'to_receive',
  'in_disposal',
  'answered',
] as const satisfies readonly TaskGroup[];

/** States that concern a squad, as the server's filter takes them. */
export const taskStates = taskGroups.flatMap((group) => statesByGroup[group]).join(',');

/** A squad's cases by what it has to do, each group with the nearest deadline first. */
export function toTaskGroups(
  items: readonly CaseSummary[],
): Readonly<Record<TaskGroup, readonly CaseSummary[]>> {
  const pick = (group: TaskGroup) =>
    items
      .filter((item) => statesByGroup[group].includes(item.state))
      .toSorted((a, b) => toDueMs(a) - toDueMs(b) || a.caseNo.localeCompare(b.caseNo));
  return {
    to_advise: pick('to_advise'),
    to_receive: pick('to_receive'),
    in_disposal: pick('in_disposal'),
    answered: pick('answered'),
  };
}

function toDueMs(item: CaseSummary): number {
  return item.deadline === null ? Number.MAX_SAFE_INTEGER : Date.parse(item.deadline);
}
