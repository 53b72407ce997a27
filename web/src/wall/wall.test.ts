import { expect, test } from 'vitest';
import type { IndicatorRow } from '../api/indicators.ts';
import { toNextMinute, toServerClock } from '../format/server-clock.ts';
import { rankUnits } from './rank-units.ts';

test.each([
  ['2026-12-01T08:53:00+08:00', 0, '2026-12-01', '08:53'],
  ['2026-12-01T23:59:30+08:00', 30_000, '2026-12-02', '00:00'],
  ['2026-12-01T00:53:00Z', 60_000, '2026-12-01', '00:54'],
  ['2026-12-01T20:00:00-03:30', 0, '2026-12-01', '20:00'],
])('%s and %d ms: %s %s', (iso, sinceMs, date, clock) => {
  expect(toServerClock(iso, sinceMs)).toEqual({ date, clock });
});

test('what is no time is none', () => {
  expect(toServerClock('soon', 0)).toBeNull();
});

test('the next minute is written as the server writes times', () => {
  expect(toNextMinute('2026-12-01T23:59:00+08:00')).toBe('2026-12-02T00:00:00+08:00');
  expect(toNextMinute('2026-12-01T01:24:31.250+08:00')).toBe('2026-12-01T01:25:00+08:00');
});

function make(key: string | null, onTime: number, due: number): IndicatorRow {
  const value = due === 0 ? null : onTime / due;
  const rate = { name: 'onTimeDisposalRate', nameZh: '', nameEn: '', formula: '', formulaEn: '' };
  return {
    key,
    name: key ?? '',
    counts: {},
    indicators: [
      { ...rate, kind: 'share', numerator: onTime, denominator: due, value, text: `${onTime}/${due}` },
    ],
    scores: [],
  };
}

test('ranks by punctuality, then by how much there was to do; who had nothing to do has no rank', () => {
  const rows = [make('a', 1, 2), make('b', 0, 0), make('c', 3, 3), make(null, 5, 5), make('d', 9, 9)];
  expect(rankUnits(rows, 8).map(({ name }) => name)).toEqual(['d', 'c', 'a']);
  expect(rankUnits(rows, 1)).toEqual([{ name: 'd', text: '9/9', onTime: 9, due: 9 }]);
});
