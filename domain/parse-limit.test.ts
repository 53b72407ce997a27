import { expect, test } from 'vitest';
import { parseLimit } from './parse-limit.ts';

test.each([
  ['4个工作日', 4, 'work_day'],
  ['4工作日', 4, 'work_day'],
  ['1天', 1, 'work_day'],
  ['2小时', 2, 'work_hour'],
  ['4工作时', 4, 'work_hour'],
  ['1.5工作时', 1.5, 'work_hour'],
  // 紧急 wins over the unit behind it.
  ['2紧急工作时', 2, 'urgent_hour'],
  ['2 紧急工作时', 2, 'urgent_hour'],
  ['紧急4小时', 4, 'urgent_hour'],
  ['2紧急工作日', 2, 'natural_day'],
  ['3自然日', 3, 'natural_day'],
  ['四个小时内', 4, 'work_hour'],
  ['十五工作日', 15, 'work_day'],
  ['二十天', 20, 'work_day'],
  ['半小时', 0.5, 'work_hour'],
  ['4 work_day', 4, 'work_day'],
  ['0.25 urgent_hour', 0.25, 'urgent_hour'],
])('%s is %d %s', (text, value, unit) => {
  expect(parseLimit(text)).toEqual({ value, unit });
});

test.each(['', '4', '工作日', '0工作日', '1.5工作日', '半天', '15分钟', '4 fortnights', '-1天', '十十天'])(
  'refuses "%s"',
  (text) => {
    expect(() => parseLimit(text)).toThrow(`"${text}"`);
  },
);
