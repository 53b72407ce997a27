import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignLeastCost } from './assign.ts';

/** The least cost by trying everything. */
function tryAll(costs: readonly (readonly number[])[], row: number, taken: ReadonlySet<number>): number {
  const own = costs[row];
  if (own === undefined) return 0;
  const free = own.flatMap((cost, column) => (taken.has(column) ? [] : [{ cost, column }]));
  const rest = free.map(({ cost, column }) => cost + tryAll(costs, row + 1, new Set([...taken, column])));
  // with more rows than columns, some row goes without
  if (costs.length > own.length) rest.push(tryAll(costs, row + 1, taken));
  return Math.min(...rest);
}

const matrices = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
  .chain(([rows, columns]) =>
    fc.array(
      fc.array(fc.oneof(fc.integer({ min: -9, max: 0 }), fc.double({ min: -1, max: 0, noNaN: true })), {
        minLength: columns,
        maxLength: columns,
      }),
      { minLength: rows, maxLength: rows },
    ),
  );

test('no assignment costs less, and no column is given twice', () => {
  fc.assert(
    fc.property(matrices, (costs) => {
      const columns = costs[0]?.length ?? 0;
      const given = [...assignLeastCost(Float64Array.from(costs.flat()), costs.length, columns)];
      const used = given.filter((column) => column !== -1);
      expect(used).toHaveLength(Math.min(costs.length, columns));
      expect(new Set(used).size).toBe(used.length);
      const total = given.reduce((sum, column, row) => sum + (costs[row]?.[column] ?? 0), 0);
      expect(total).toBeCloseTo(tryAll(costs, 0, new Set()), 9);
    }),
    { numRuns: 300 },
  );
});

test.each<[string, number[], number, number, number[]]>([
  ['nothing', [], 0, 0, []],
  ['rows without columns', [], 2, 0, [-1, -1]],
  ['the nearest pair makes way for two good ones', [1, 2, 9, 1.5], 2, 2, [0, 1]],
  ['greed would pay 1 + 9', [1, 2, 2, 9], 2, 2, [1, 0]],
  ['more rows than columns', [3, 1, 2], 3, 1, [-1, 0, -1]],
])('%s', (_name, costs, rows, columns, expected) => {
  expect([...assignLeastCost(Float64Array.from(costs), rows, columns)]).toEqual(expected);
});
