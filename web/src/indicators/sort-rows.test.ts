import { expect, test } from 'vitest';
import type { IndicatorRow } from '../api/indicators.ts';
import { chooseSorting, sortRows } from './sort-rows.ts';

function make(name: string, value: number | null, due: number): IndicatorRow {
  const rate = { name: 'disposalRate', nameZh: '', nameEn: '', formula: '', formulaEn: '' };
  return {
    key: name,
    name,
    counts: { due },
    indicators: [{ ...rate, kind: 'share', numerator: 0, denominator: 0, value, text: '' }],
    scores: [{ name: 'unit', nameZh: '', formula: '', formulaEn: '', value: due, grade: null }],
  };
}
const rows = [make('b', 0.5, 3), make('a', null, 1), make('c', 0.9, 2)];
const order = (column: string, isDescending: boolean) =>
  sortRows(rows, { column, isDescending })
    .map(({ name }) => name)
    .join('');

test.each([
  ['disposalRate', true, 'cba'],
  ['disposalRate', false, 'bca'],
  ['due', true, 'bca'],
  ['unit', false, 'acb'],
  ['name', false, 'abc'],
  ['name', true, 'cba'],
])('by %s, descending %s: %s', (column, isDescending, expected) => {
  expect(order(column, isDescending)).toBe(expected);
});

test('a second choice of the same column turns it round', () => {
  const first = chooseSorting(null, 'due');
  expect(first).toEqual({ column: 'due', isDescending: true });
  expect(chooseSorting(first, 'due')).toEqual({ column: 'due', isDescending: false });
  expect(chooseSorting(first, 'name')).toEqual({ column: 'name', isDescending: false });
});
