import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

test.each<[string, number | null]>([
  ['10s', 10_000],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['500ms', 500],
  ['1.5s', 1500],
  ['2d', 172_800_000],
  ['0s', 0],
  ['10', null],
  ['s', null],
  ['-5s', null],
  ['5 m', null],
  ['', null],
])('%s', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test('seconds come back', () => {
  fc.assert(
    fc.property(fc.nat(1_000_000), (seconds) => {
      expect(parseDuration(`${seconds}s`)).toBe(seconds * 1000);
    }),
  );
});

test.each<[number, string]>([
  [0, '0 s'],
  [14_400, '14 s'],
  [312_000, '5 min 12 s'],
  [300_000, '5 min'],
  [59_999, '1 min'],
  [3_780_000, '1 h 3 min'],
  [86_400_000, '24 h'],
])('%d ms is written %s', (ms, expected) => {
  expect(formatDuration(ms)).toBe(expected);
});
