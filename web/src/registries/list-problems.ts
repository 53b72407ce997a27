import { RequestError } from '../api/client.ts';

/** What is wrong with a file, and where. */
export interface Problem {
  /** `line 7`, `feature 2`; `null` where it concerns the whole file. */
  readonly where: { readonly unit: 'line' | 'feature'; readonly number: number } | null;
  readonly field: string | null;
  readonly message: string;
}

/** The server's lines, `line 7, kind: "circus" is not one of …`, taken apart. */
export function toProblem(line: string): Problem {
  const parts = /^(line|feature) (\d+)(?:, ([\w,]+))?: (.*)$/s.exec(line);
  const [, unit, number, field, message] = parts ?? [];
  if (unit === undefined || message === undefined) return { where: null, field: null, message: line };
  return {
    where: { unit: unit === 'line' ? 'line' : 'feature', number: Number(number) },
    field: field ?? null,
    message,
  };
}

/** All that a refusal names, and how many there are in all; `null` when it is not about the file. */
export function listProblems(error: Error): { problems: Problem[]; count: number } | null {
  if (!(error instanceof RequestError) || error.status !== 400) return null;
  const { problems, count } = error.details;
  if (!Array.isArray(problems)) return { problems: [toProblem(error.message)], count: 1 };
  return {
    problems: problems.filter((line) => typeof line === 'string').map(toProblem),
    count: typeof count === 'number' ? count : problems.length,
  };
}
