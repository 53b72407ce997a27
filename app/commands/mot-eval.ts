import { XunjieError } from '../../domain/mod.ts';
import {
  type ClearConvention,
  evaluateTracking,
  guessTruthFormat,
  type MotFigures,
  type TruthFormat,
  toMotSequence,
} from '../../rules/mot/mod.ts';
import { toTableLines } from '../text-table.ts';
import { readAllMotRows } from './read-mot-file.ts';

export interface MotEvalOptions {
  readonly json: boolean;
  readonly format?: TruthFormat;
  readonly classes?: readonly number[];
  readonly clear: ClearConvention;
}

const pedestrian = 1;

/** Measures tracks against ground truth and prints the benchmarks' figures. Returns the exit code. */
export async function evaluateMotFiles(
  truthFile: string,
  hypothesisFile: string,
  options: MotEvalOptions,
  print: (line: string) => void,
): Promise<number> {
  const truths = await readAllMotRows(truthFile);
  if (truths.rows.length === 0)
    throw new XunjieError('bad_dataset', `${truthFile}: no lines; ground truth has one per box`);
  const hypotheses = await readAllMotRows(hypothesisFile);
  const format = options.format ?? guessTruthFormat(truths.rows);
  if (format === 'mot15' && options.classes !== undefined)
    throw new XunjieError('bad_argument', `--classes: ${truthFile} has no classes (mot15)`);
  const sequence = toMotSequence(truths, hypotheses, { format, classes: options.classes ?? [pedestrian] });
  const figures = evaluateTracking(sequence, options.clear);
  if (options.json) print(JSON.stringify(figures));
  else for (const line of toLines(figures)) print(line);
  return 0;
}

const counts = ['GT', 'MT', 'PT', 'ML', 'FP', 'FN', 'IDs', 'FM'] as const;
const shares = ['IDF1', 'IDP', 'IDR', 'recall', 'precision', 'MOTA', 'MOTP'] as const;
const higherOrder = ['HOTA', 'DetA', 'AssA', 'LocA'] as const;

function toLines(figures: MotFigures): string[] {
  const toCells = (names: readonly (keyof MotFigures)[]): string[] =>
    names.map((name) => {
      const value = figures[name];
      if (value === null) return '-';
      return counts.some((count) => count === name) ? String(value) : value.toFixed(3);
    });
  return [
    ...toTableLines(shares, [toCells(shares)]),
    '',
    ...toTableLines(counts, [toCells(counts)]),
    '',
    ...toTableLines(higherOrder, [toCells(higherOrder)]),
    'MOTP: mean overlap (IoU) of matched boxes; HOTA and its parts: mean over overlaps from 0.05 to 0.95',
  ];
}
