import { expect, test } from 'vitest';
import type { CaseState } from '../../../domain/mod.ts';
import type { CaseSummary } from '../api/types.ts';
import { taskStates, toTaskGroups } from './task-groups.ts';

const task = (caseNo: string, state: CaseState, deadline: string | null) =>
  ({ caseNo, state, deadline }) as CaseSummary;

test('tasks lie by what is to be done, the nearest deadline first, those without one last', () => {
  const groups = toTaskGroups([
    task('3', 'dispatched', null),
    task('2', 'dispatched', '2026-03-02T00:00:00+08:00'),
    task('1', 'dispatched', '2026-03-01T20:00:00Z'),
    task('5', 'checking', null),
    task('4', 'in_disposal', null),
    task('6', 'closed', null),
    task('7', 'coordination', null),
  ]);
  expect(groups.to_advise.map((item) => item.caseNo)).toEqual(['7']);
  expect(groups.to_receive.map((item) => item.caseNo)).toEqual(['2', '1', '3']);
  expect(groups.in_disposal.map((item) => item.caseNo)).toEqual(['4']);
  expect(groups.answered.map((item) => item.caseNo)).toEqual(['5']);
});

test('the server is asked for just these states', () => {
  expect(taskStates).toBe('coordination,dispatched,in_disposal,disposed,checking,pending_close');
});
