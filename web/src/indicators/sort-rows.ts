import type { IndicatorRow } from '../api/indicators.ts';

export interface Sorting {
  /** `name`, or the name of a figure. */
  readonly column: string;
  readonly isDescending: boolean;
}

/** Sorted by a column; what has no value stands last either way, and equals keep their order. */
export function sortRows(rows: readonly IndicatorRow[], { column, isDescending }: Sorting): IndicatorRow[] {
  const sign = isDescending ? -1 : 1;
  if (column === 'name') return rows.toSorted((a, b) => sign * a.name.localeCompare(b.name, 'zh-CN'));
  return rows.toSorted((a, b) => {
    const [first, second] = [readValue(a, column), readValue(b, column)];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    return sign * (first - second);
  });
}

/** The other way round on a second choice; figures begin with the largest, names with the first. */
export function chooseSorting(before: Sorting | null, column: string): Sorting {
  if (before?.column === column) return { column, isDescending: !before.isDescending };
  return { column, isDescending: column !== 'name' };
}

function readValue(row: IndicatorRow, column: string): number | null {
  const figure =
    row.indicators.find(({ name }) => name === column) ?? row.scores.find(({ name }) => name === column);
  return figure === undefined ? (row.counts[column] ?? null) : figure.value;
}
