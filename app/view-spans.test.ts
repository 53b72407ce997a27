import { expect, test } from 'vitest';
import type { ViewHealth, ViewProblem } from '../domain/mod.ts';
import { createViewSpans, toViewProblems } from './view-spans.ts';

const at = (problem: ViewProblem | null, sinceMs: number | null): ViewHealth => ({
  problem,
  reason: problem === null ? '' : `it is ${problem}`,
  sinceMs,
});

test('stretches begin when the fault began, not when it was sure, and the last may last to the end', () => {
  const spans = createViewSpans();
  const startMs = 1_000_000;
  const samples: [number, ViewProblem | null, number | null][] = [
    [0, null, null],
    [10, 'black', 4],
    [12, 'black', 4],
    [14, 'blurred', 14],
    [20, null, null],
    [30, 'moved', 22],
  ];
  for (const [s, problem, sinceS] of samples)
    spans.note(at(problem, sinceS === null ? null : startMs + sinceS * 1000), startMs + s * 1000);
  expect(toViewProblems(spans.list(), startMs)).toEqual([
    { problem: 'black', reason: 'it is black', fromS: 4, toS: 14 },
    { problem: 'blurred', reason: 'it is blurred', fromS: 14, toS: 20 },
    { problem: 'moved', reason: 'it is moved', fromS: 22, toS: null },
  ]);
});
