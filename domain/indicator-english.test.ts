import { expect, test } from 'vitest';
import { computeIndicators, emptyCounts } from './indicator.ts';
import { toEnglishFormula, toWords } from './indicator-english.ts';
import { computeScores } from './score.ts';

test.each([
  ['处置数 ÷ 应处置数', 'disposed ÷ due'],
  ['按期结案数 ÷ (应结案数 − 缓办数)', 'closed on-time ÷ (close due − suspended)'],
  ['(立案数 − 立案后作废数) ÷ 立案数', '(filed − filed voided) ÷ filed'],
])('%s: %s', (formula, expected) => {
  expect(toEnglishFormula(formula)).toBe(expected);
});

test('no formula keeps a Chinese sign, and no two rates share a name', () => {
  const indicators = computeIndicators(emptyCounts);
  const scores = computeScores(emptyCounts, { accepted: 0, dispatched: 0, disposed: 0 });
  for (const { formula } of [...indicators, ...scores])
    expect(toEnglishFormula(formula)).not.toMatch(/[\u4e00-\u9fff]/);
  expect(new Set(indicators.map(({ name }) => toWords(name))).size).toBe(indicators.length);
});

test('names read as words', () => {
  expect(toWords('onTimeDisposalRate')).toBe('on-time disposal rate');
  expect(toWords('reportsPerCollectorDay')).toBe('reports per collector day');
});
