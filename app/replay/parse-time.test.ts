import { expect, test } from 'vitest';
import { parseTime } from './parse-time.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');
const context = { option: '--from', timeZone: 'Asia/Shanghai', nowMs };

test.each([
  ['2026-11-20T08:00:00+08:00', '2026-11-20T00:00:00.000Z'],
  ['2026-11-20T08:00+0800', '2026-11-20T00:00:00.000Z'],
  ['2026-11-20 08:00:01.5Z', '2026-11-20T08:00:01.500Z'],
  ['2026-11-20 08:00', '2026-11-20T00:00:00.000Z'],
  ['2026-11-20T8:05:30', '2026-11-20T00:05:30.000Z'],
  ['2026-11-20 08:00:00.25', '2026-11-20T00:00:00.250Z'],
  ['2026-11-20', '2026-11-19T16:00:00.000Z'],
  ['-7d', '2026-11-17T12:00:00.000Z'],
  ['-1h30m', '2026-11-24T10:30:00.000Z'],
  ['now', '2026-11-24T12:00:00.000Z'],
])('%s', (text, expected) => {
  expect(new Date(parseTime(text, context)).toISOString()).toBe(expected);
});

test('in the hour that a clock change skips: the instant after it', () => {
  const at = parseTime('2026-03-29 02:30', { ...context, timeZone: 'Europe/Berlin' });
  expect(new Date(at).toISOString()).toBe('2026-03-29T01:30:00.000Z');
});

test.each([
  '',
  'yesterday',
  '7d',
  '-7',
  '2026-11-31',
  '2026-13-01',
  '2026-11-20 25:00',
  '2026-11-20T08:00+8',
  '1764000000',
])('refuses %j', (text) => {
  expect(() => parseTime(text, context)).toThrow(`--from: "${text}" is no time`);
});
