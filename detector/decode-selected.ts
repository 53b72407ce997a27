import { XunjieError } from '../domain/errors.ts';
import type { rowOrders } from './model-card.ts';
import type { OutputValues } from './network.ts';
import { type DecodeOptions, type RawBox, refuseNaN, toCornerBox, toRawBox } from './raw-box.ts';

type RowOrder = (typeof rowOrders)[number];

/** Places of a row's numbers. */
interface RowPlaces {
  readonly length: number;
  readonly box: number;
  readonly score: number;
  readonly label: number;
  readonly picture: number | null;
  /** Centre and size in place of corners. */
  readonly isCentred?: boolean;
}

const rowPlaces: Readonly<Record<RowOrder, RowPlaces>> = {
  'xyxy-score-class': { length: 6, box: 0, score: 4, label: 5, picture: null },
  'class-score-xyxy': { length: 6, box: 2, score: 1, label: 0, picture: null },
  'class-xyxy-score': { length: 6, box: 1, score: 5, label: 0, picture: null },
  'batch-xyxy-class-score': { length: 7, box: 1, score: 6, label: 5, picture: 0 },
  'batch-xyxy-score-class': { length: 7, box: 1, score: 5, label: 6, picture: 0 },
  'cxcywh-score-class': { length: 6, box: 0, score: 4, label: 5, picture: null, isCentred: true },
};

export function toRowPlaces(order: RowOrder = 'xyxy-score-class'): RowPlaces {
  return rowPlaces[order];
}

/**
 * Decodes boxes that the model selected itself, corners in input pixels (0-1 of the input when normalised), or centre and
 * size: rows in the layout's order. YOLOv10, YOLO26 and exports with suppression inside.
 * @throws XunjieError `model_failed` on NaN, scores outside 0-1, labels that do not exist.
 */
export function decodeSelectedRows(output: Float32Array, options: DecodeOptions, slot: number): RawBox[] {
  const { length, box, score, label, picture } = toRowPlaces(options.layout.order);
  const boxes: RawBox[] = [];
  for (let row = 0, at = 0; at + length <= output.length; row++, at += length)
    if (picture === null || output[at + picture] === slot)
      add(boxes, output, at + box, output[at + score] as number, output[at + label] as number, row, options);
  return boxes;
}

/** The same from three outputs: boxes, scores, labels. D-FINE, DEIM, RT-DETR; YOLOs with suppression inside. */
export function decodeSelectedParts(parts: SelectedParts, options: DecodeOptions): RawBox[] {
  const boxes: RawBox[] = [];
  for (const [row, score] of parts.scores.data.entries())
    add(boxes, parts.boxes.data, row * 4, score, parts.labels.data[row] as number, row, options);
  return boxes;
}

function add(
  boxes: RawBox[],
  data: Float32Array,
  at: number,
  score: number,
  label: number,
  row: number,
  options: DecodeOptions,
): void {
  if (Number.isNaN(score)) refuseNaN(row);
  // Rows that stand for nothing are filled with zeros or with label -1.
  if (score < options.minScore || score <= 0) return;
  if (!Number.isInteger(label) || label < 0 || label >= options.labelCount)
    throw new XunjieError(
      'model_failed',
      `the model gave the label ${label} in row ${row}; its card has ${options.labelCount} labels, counted from 0${label === options.labelCount ? '; one that counts them from 1 needs a name for 0 too: --labels with a first line for it, such as "background"' : ''}`,
    );
  const factorX = options.layout.normalised ? options.inputWidth : 1;
  const factorY = options.layout.normalised ? options.inputHeight : 1;
  const toBox = toRowPlaces(options.layout.order).isCentred ? toRawBox : toCornerBox;
  boxes.push(
    toBox(
      (data[at] as number) * factorX,
      (data[at + 1] as number) * factorY,
      (data[at + 2] as number) * factorX,
      (data[at + 3] as number) * factorY,
      score,
      label,
    ),
  );
}

export interface SelectedParts<T = OutputValues> {
  readonly boxes: T;
  readonly scores: T;
  readonly labels: T;
}

interface PartFacts {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly (number | string)[];
}

/** Finds boxes, scores and labels among a model's outputs by shape, name and type; `null` when one is missing. */
export function findSelectedParts<T extends PartFacts>(outputs: readonly T[]): SelectedParts<T> | null {
  const boxes = outputs.find(({ dims }) => dims.length >= 2 && dims.at(-1) === 4);
  if (boxes === undefined) return null;
  // One number per box; a mere count of boxes is none of them.
  const singles = outputs.filter(
    ({ name, dims }) => dims.length === boxes.dims.length - 1 && !/num|count/i.test(name),
  );
  const labels =
    singles.find(({ name }) => /label|class|cls/i.test(name)) ?? singles.find(({ type }) => /int/.test(type));
  const scores = singles.find((each) => each !== labels && /float/.test(each.type));
  return labels === undefined || scores === undefined ? null : { boxes, scores, labels };
}
