import { expect, test } from 'vitest';
import { toDeadlineStand } from './deadline.ts';
import { formatAge, formatDuration } from './duration.ts';
import { formatClock, formatFull, formatMoment, formatOffset } from './time.ts';

const iso = '2026-03-01T23:42:10+08:00';
const nowMs = Date.parse('2026-06-01T00:00:00Z');

test('times show the clock of the place, in 24 hours', () => {
  expect(formatClock(iso)).toBe('23:42:10');
  expect(formatFull(iso)).toBe('2026-03-01 23:42:10 UTC+8');
  expect(formatFull('2026-03-01T23:42:10.123+08:00')).toBe('2026-03-01 23:42:10 UTC+8');
});

test('the year is left out only when it is this one', () => {
  expect(formatMoment(iso, nowMs)).toBe('03-01 23:42');
  expect(formatMoment('2020-12-03T08:53:00+08:00', nowMs)).toBe('2020-12-03 08:53');
});

test.each([
  ['2026-03-01T00:00:00Z', 'UTC'],
  ['2026-03-01T00:00:00+00:00', 'UTC'],
  ['2026-03-01T00:00:00-03:30', 'UTC-3:30'],
  ['2026-03-01T00:00:00+08:00', 'UTC+8'],
])('offset of %s is %s', (value, expected) => {
  expect(formatOffset(value)).toBe(expected);
});

test('what is no time is shown as it came', () => {
  expect(formatClock('soon')).toBe('soon');
});

test.each([
  [0, '0 秒', '0 s'],
  [-5, '0 秒', '0 s'],
  [14_400, '14 秒', '14 s'],
  [59_999, '1 分', '1 min'],
  [312_000, '5 分 12 秒', '5 min 12 s'],
  [3_780_000, '1 小时 3 分', '1 h 3 min'],
  [3_605_000, '1 小时', '1 h'],
  [187_200_000, '2 天 4 小时', '2 d 4 h'],
])('%i ms lasts %s', (ms, zh, en) => {
  expect(formatDuration(ms, 'zh-CN')).toBe(zh);
  expect(formatDuration(ms, 'en')).toBe(en);
});

test.each([
  [9_000, '9 s'],
  [150_000, '2 min'],
  [7_200_000, '2 h'],
  [200_000_000, '2 d'],
])('%i ms ago is %s', (ms, expected) => {
  expect(formatAge(ms, 'en')).toBe(expected);
});

test.each([
  [null, 'none'],
  ['2026-03-01T10:00:00+08:00', 'ample', '2026-03-01T06:00:00+08:00'],
  ['2026-03-01T10:00:00+08:00', 'soon', '2026-03-01T09:00:00+08:00'],
  ['2026-03-01T10:00:00+08:00', 'overdue', '2026-03-01T10:00:01+08:00'],
] as const)('deadline %s stands %s', (deadline, stand, now = '2026-03-01T06:00:00+08:00') => {
  expect(toDeadlineStand('2026-03-01T02:00:00+08:00', deadline, Date.parse(now))).toBe(stand);
});
