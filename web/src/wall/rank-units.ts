import type { IndicatorRow } from '../api/indicators.ts';

export interface RankedUnit {
  readonly name: string;
  readonly text: string;
  readonly onTime: number;
  readonly due: number;
}

/** Units that had something to do, the most punctual first; of equals, the one with more to do. */
export function rankUnits(rows: readonly IndicatorRow[], max: number): RankedUnit[] {
  return rows
    .flatMap(({ key, name, indicators }) => {
      const rate = indicators.find((indicator) => indicator.name === 'onTimeDisposalRate');
      if (key === null || rate === undefined || rate.value === null) return [];
      return [{ name, text: rate.text, onTime: rate.numerator, due: rate.denominator, value: rate.value }];
    })
    .toSorted((a, b) => b.value - a.value || b.due - a.due)
    .slice(0, max)
    .map(({ value: _value, ...unit }) => unit);
}
