import type { Head, Layout, ModelCard } from './model-card.ts';

/** One way in which a model's outputs can be understood. */
export interface Reading {
  readonly head: Head;
  /** Class scores that the shapes show; `null` when boxes come with a class number alone. */
  readonly labelCount: number | null;
  /** Set when the last of the class scores belongs to no class, though it is one of `labelCount`. */
  readonly hasSpareScore?: boolean;
  readonly decoded?: boolean;
  readonly layout?: Layout;
  /** How the program that writes such outputs prepares pictures, where that differs from the head's habit. */
  readonly prepared?: {
    readonly colour?: ModelCard['input']['colour'];
    readonly scale?: ModelCard['input']['scale'];
    readonly align?: ModelCard['input']['padding']['align'];
    readonly why: string;
  };
  /** How a model that selects its boxes itself gives them; yolo-e2e and detr then differ only in how pictures are prepared. */
  readonly selects?: 'rows' | 'parts';
  /** What speaks for it, in words. */
  readonly reason: string;
  /** How much the sizes say: 2 a box per cell of the usual grid, or outputs with names of their own; 1 another grid. */
  readonly certainty: 0 | 1 | 2;
  /** Whether the numbers of the trial run are such as this reading wants. */
  readonly isPlausible: boolean;
}

/** Numbers of an output as a table: a row per box. */
export interface Table {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** From one row to the next, and from one column to the next. */
  readonly rowStep: number;
  readonly columnStep: number;
}

export function toTable(data: Float32Array, rows: number, columns: number): Table {
  return { data, rows, columns, rowStep: columns, columnStep: 1 };
}

export function transpose(table: Table): Table {
  const { data, rows, columns, rowStep, columnStep } = table;
  return { data, rows: columns, columns: rows, rowStep: columnStep, columnStep: rowStep };
}

export function readCell(table: Table, row: number, column: number): number {
  return table.data[row * table.rowStep + column * table.columnStep] as number;
}

/** Whether a condition holds for every number in some columns; numbers that are none are left to the self-check. */
export function everyIn(
  table: Table,
  columns: readonly [from: number, to: number],
  holds: (value: number, row: number) => boolean,
): boolean {
  for (let row = 0; row < table.rows; row++)
    for (let column = columns[0]; column < columns[1]; column++) {
      const value = readCell(table, row, column);
      if (Number.isFinite(value) && !holds(value, row)) return false;
    }
  return true;
}

const slack = 1e-3;

export function isProbability(value: number): boolean {
  return value >= -slack && value <= 1 + slack;
}

/** Boxes 0-1 of the input may reach a little beyond it. */
export function isFraction(value: number): boolean {
  return value > -0.6 && value < 1.6;
}

export function isNotNegative(value: number): boolean {
  return value >= -slack;
}

/** Few boxes of nothing have their far corner before the near one. */
const minOrdered = 0.9;

/**
 * Whether the first four numbers of the rows are corners: the third lies beyond the first, and the fourth beyond the
 * second. Of centres and sizes this holds only for boxes that are larger than their distance from the origin.
 */
export function areCorners(table: Table): boolean {
  let ordered = 0;
  for (let row = 0; row < table.rows; row++)
    if (
      readCell(table, row, 2) > readCell(table, row, 0) &&
      readCell(table, row, 3) > readCell(table, row, 1)
    )
      ordered++;
  return ordered >= minOrdered * table.rows;
}

/** Whether the first four numbers of the rows are 0-1 of the input rather than pixels; boxes of nothing tell neither. */
export function isNormalised(table: Table, from = 0): boolean {
  const hasAny = !everyIn(table, [from, from + 4], (value) => value === 0);
  return hasAny && everyIn(table, [from, from + 4], isFraction);
}
