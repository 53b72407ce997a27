import { expect, test } from 'vitest';
import { caseStates, isOpenState } from '../../../domain/mod.ts';
import { endStates, loopStates, openStates, restStates, toStateFilter } from './case-flow.ts';
import { canSortByDeadline, readSearch, toAddress, toCaseQuery } from './case-search.ts';

test('every state of a case has its place in the overview', () => {
  expect([...loopStates, ...restStates, ...endStates].toSorted()).toEqual([...caseStates].toSorted());
});

test.each([
  [null, openStates.join(',')],
  ['open', openStates.join(',')],
  ['closed', 'closed'],
  ['nonsense', openStates.join(',')],
  ['all', null],
])('the filter %s asks for %s', (value, expected) => {
  expect(toStateFilter(value)).toBe(expected);
});

test('every open state can be sorted by deadline, and no ended one', () => {
  const sortable = caseStates.filter(canSortByDeadline);
  expect(sortable).toEqual(caseStates.filter(isOpenState));
});

test.each([
  ['安阳路 777', { text: '安阳路 777' }],
  ['00123', { number: '00123' }],
  [' 00123 ', { number: '00123' }],
  ['12', { text: '12' }],
  ['1'.repeat(20), { text: '1'.repeat(20) }],
  ['路', {}],
  ['路 ', {}],
  ['', {}],
])('the words %j are looked for as %j', (words, expected) => {
  expect(toCaseQuery({ state: 'all', words, isLate: false, isByDeadline: true })).toEqual(expected);
});

test('a search survives the address it is written to', () => {
  const search = { state: 'closed', words: '安阳路 777', isLate: true, isByDeadline: true };
  expect(readSearch(new URLSearchParams(toAddress(search)))).toEqual(search);
  const usual = { state: 'open', words: '', isLate: false, isByDeadline: false };
  expect(toAddress(usual)).toEqual({});
  expect(readSearch(new URLSearchParams())).toEqual(usual);
});
