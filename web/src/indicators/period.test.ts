import { expect, test } from 'vitest';
import { toCustomPeriod, toPeriod } from './period.ts';

test.each([
  ['today', '2026-12-01', '2026-12-01', '2026-12-02'],
  ['today', '2026-12-31', '2026-12-31', '2027-01-01'],
  // A Tuesday, a Monday and a Sunday.
  ['week', '2026-12-01', '2026-11-30', '2026-12-02'],
  ['week', '2026-11-30', '2026-11-30', '2026-12-01'],
  ['week', '2026-11-29', '2026-11-23', '2026-11-30'],
  ['month', '2026-12-01', '2026-12-01', '2026-12-02'],
  ['month', '2026-12-31', '2026-12-01', '2027-01-01'],
  ['last_month', '2026-01-15', '2025-12-01', '2026-01-01'],
  ['last_month', '2024-03-31', '2024-02-01', '2024-03-01'],
] as const)('%s on %s: from %s to %s', (name, today, from, to) => {
  expect(toPeriod(name, today)).toEqual({ from, to });
});

test.each([
  ['2026-11-01', '2026-11-30', { from: '2026-11-01', to: '2026-12-01' }],
  ['2026-11-01', '2026-11-01', { from: '2026-11-01', to: '2026-11-02' }],
  ['2026-11-02', '2026-11-01', null],
  ['', '2026-11-01', null],
  ['2026-11-01', '2026-11-3', null],
])('from %s to %s: %j', (first, last, period) => {
  expect(toCustomPeriod(first, last)).toEqual(period);
});
