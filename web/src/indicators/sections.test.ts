import { expect, test } from 'vitest';
import { computeIndicators, emptyCounts } from '../../../domain/mod.ts';
import { pickSection, sections, toSection } from './sections.ts';

const indicators = computeIndicators(emptyCounts).map((indicator) => ({
  ...indicator,
  nameEn: indicator.name,
  formulaEn: indicator.formula,
}));

test('every figure is shown once', () => {
  const shown = sections.flatMap((section) => pickSection(indicators, section).map(({ name }) => name));
  expect(shown.toSorted()).toEqual(indicators.map(({ name }) => name).toSorted());
});

test.each([
  ['disposalRate', 'disposal'],
  ['onTimeFilingRate', 'intake'],
  ['falseAlarmRate', 'ai'],
  ['cameraUptime', 'ai'],
  ['somethingNew', 'other'],
])('%s belongs to %s', (name, section) => {
  expect(toSection(name)).toBe(section);
});

test('disposal begins with what the city is judged by', () => {
  expect(
    pickSection(indicators, 'disposal')
      .slice(0, 2)
      .map(({ name }) => name),
  ).toEqual(['disposalRate', 'onTimeDisposalRate']);
});
