import { describe, expect, test } from 'vitest';
import { type CountName, computeIndicators, emptyCounts } from './indicator.ts';

function find(name: string, counts: Partial<Record<CountName, number>>) {
  return computeIndicators({ ...emptyCounts, ...counts }).find((indicator) => indicator.name === name);
}

describe('the figures of the article', () => {
  test('23513 of 23534 are 99.91 %, whatever was printed', () => {
    expect(find('disposalRate', { disposed: 23_513, due: 23_534 })).toMatchObject({
      text: '99.91 %',
      numerator: 23_513,
      denominator: 23_534,
      formula: '处置数 ÷ 应处置数',
    });
  });

  test('99.43 % on time divides by what was due', () => {
    expect(
      find('onTimeDisposalRate', { disposedOnTime: 23_400, disposed: 23_513, due: 23_534 }),
    ).toMatchObject({
      text: '99.43 %',
      denominator: 23_534,
    });
  });

  test('25857 of 57183 reports were filed, 1705 cleared on the spot', () => {
    const counts = { reports: 57_183, filed: 25_857, selfDisposed: 1705 };
    expect(find('filingRate', counts)?.text).toBe('45.22 %');
    expect(find('selfDisposalShare', counts)?.text).toBe('2.98 %');
  });
});

test.each([
  ['closureRate', { closed: 90, closeDue: 110, suspended: 10 }, '90.00 %'],
  ['rightFilingRate', { filed: 200, filedVoided: 3 }, '98.50 %'],
  ['reworkRate', { reworked: 11, disposed: 10_000 }, '0.11 %'],
  ['reportsPerCollectorDay', { collectorReports: 250, collectorDays: 10 }, '25.0'],
  ['meanMinutesToReply', { minutesToReply: 97, replies: 1 }, '97.0'],
  ['disposalRate', {}, '–'],
])('%s of %j is %s', (name, counts, text) => {
  expect(find(name, counts)?.text).toBe(text);
});

test('a share is never more than all of it where its counts fit, and none has nothing to divide by', () => {
  for (const indicator of computeIndicators(emptyCounts)) {
    expect(indicator.value).toBeNull();
    expect(indicator.formula).toContain('÷');
  }
});
