import { findSelectedParts, toRowPlaces } from './decode-selected.ts';
import { rowOrders } from './model-card.ts';
import type { ModelFacts } from './model-facts.ts';
import type { OutputValues } from './network.ts';
import {
  everyIn,
  isNormalised,
  isProbability,
  type Reading,
  readCell,
  type Table,
  toTable,
} from './reading.ts';

type RowOrder = (typeof rowOrders)[number];

/** Readings of outputs whose boxes the model selected itself: rows of 6 or 7, or boxes, scores and labels apart. */
export function readSelected(facts: ModelFacts, outputs: readonly OutputValues[]): Reading[] {
  const parts = readParts(facts, outputs);
  return parts.length > 0 ? parts : outputs.flatMap((output) => readRows(facts, output));
}

/** As MMDetection prepares pictures for RTMDet: blue first, ImageNet's mean and deviation, room at the right and below. */
const mmDetection = {
  colour: 'bgr',
  scale: 'mean-std',
  align: 'top-left',
  why: 'as MMDetection, which writes boxes with their score in one output, prepares them for RTMDet',
} as const;

function readParts(facts: ModelFacts, outputs: readonly OutputValues[]): Reading[] {
  const parts = findSelectedParts(outputs);
  if (parts === null) return [];
  const { boxes, scores, labels } = parts;
  const count = boxes.data.length / 4;
  const table = toTable(boxes.data, count, 4);
  // How many boxes there are is told where a YOLO's suppression chose them: TensorRT's form, MMYOLO's, YOLO-NAS's.
  const isYolo =
    boxes.name.startsWith('det_') || facts.outputs.some(({ name }) => /(?:^|_)num_(?:det|pred)/.test(name));
  // Scores that came as the boxes' fifth number have no output of their own: MMDetection's form.
  const areApart = facts.outputs.some(({ name }) => name === scores.name);
  const hasTarget = facts.inputs.some(({ name }) => name === 'orig_target_sizes');
  const normalised = !hasTarget && isNormalised(table);
  const layout = {
    ...(normalised && { normalised }),
    ...(facts.targetSize === 'height-width' && { targetSize: facts.targetSize }),
  };
  return [
    {
      head: isYolo || !areApart ? 'yolo-e2e' : 'detr',
      ...(!areApart && { prepared: mmDetection }),
      labelCount: null,
      selects: 'parts',
      ...(Object.keys(layout).length > 0 && { layout }),
      reason: `outputs ${areApart ? `"${boxes.name}", "${scores.name}" and "${labels.name}" hold corners, score and class` : `"${boxes.name}" and "${labels.name}" hold corners with their score, and class,`} of the boxes that the model selected itself (${count} in the trial run)${hasTarget ? ', in pixels of the size that it is told' : normalised ? ', 0-1 of the input' : ', in input pixels'}`,
      certainty: 2,
      isPlausible:
        everyIn(toTable(scores.data, scores.data.length, 1), [0, 1], isProbability) &&
        everyIn(toTable(labels.data, labels.data.length, 1), [0, 1], isClass),
    },
  ];
}

function readRows(facts: ModelFacts, output: OutputValues): Reading[] {
  const { dims, data, name } = output;
  const columns = dims.at(-1);
  if (dims.length < 2 || dims.length > 3 || (columns !== 6 && columns !== 7)) return [];
  const table = toTable(data, data.length / columns, columns);
  const isPaddle = facts.inputs.some((input) => input.name === 'im_shape' || input.name === 'scale_factor');
  const fitting = rowOrders.filter((each) => toRowPlaces(each).length === columns);
  // Ultralytics' RT-DETR says what it is; with no more than its numbers, centres are what is left when corners do not fit.
  const isCentred = columns === 6 && facts.metadata['head'] === 'RTDETRDecoder';
  const possible = isPaddle
    ? (['class-score-xyxy'] as const)
    : isCentred && fitsOrder(table, 'cxcywh-score-class')
      ? (['cxcywh-score-class'] as const)
      : fitting;
  const order = possible.find((each) => fitsOrder(table, each)) ?? possible[0];
  if (order === undefined) return [];
  const { box } = toRowPlaces(order);
  const normalised = !isPaddle && isNormalised(table, box);
  const layout = { ...(order !== 'xyxy-score-class' && { order }), ...(normalised && { normalised }) };
  // DEIM exports are known that write one row per query, class first; newer RT-DETRs of Ultralytics write centre and size.
  const isDetr =
    order === 'class-xyxy-score' ||
    order === 'cxcywh-score-class' ||
    facts.inputs.some((input) => input.name === 'im_shape');
  return [
    {
      head: isDetr ? 'detr' : 'yolo-e2e',
      labelCount: null,
      selects: 'rows',
      ...(Object.keys(layout).length > 0 && { layout }),
      reason: `output "${name}" is ${dims.join('x')}, a row for each box that the model selected itself: ${orderWords[order]}${normalised ? ', boxes 0-1 of the input' : ''}`,
      certainty: isPaddle || isCentred || dims.length === 2 ? 2 : 0,
      isPlausible: possible.some((each) => fitsOrder(table, each)),
    },
  ];
}

const orderWords: Readonly<Record<RowOrder, string>> = {
  'xyxy-score-class': 'corners, score, class',
  'class-score-xyxy': 'class, score, corners',
  'class-xyxy-score': 'class, corners, score',
  'batch-xyxy-class-score': 'number of the picture, corners, class, score',
  'batch-xyxy-score-class': 'number of the picture, corners, score, class',
  'cxcywh-score-class': 'centre, size, score, class',
};

/** Whether scores, classes and corners stand where this order has them. */
function fitsOrder(table: Table, order: RowOrder): boolean {
  const { box, score, label, picture, isCentred } = toRowPlaces(order);
  const isFilled = (row: number): boolean => readCell(table, row, score) > 0;
  return (
    everyIn(table, [score, score + 1], (value) => isProbability(value) || value === -1) &&
    everyIn(table, [label, label + 1], isClass) &&
    (picture === null || everyIn(table, [picture, picture + 1], isClass)) &&
    (isCentred
      ? isNormalised(table, box) && everyIn(table, [box + 2, box + 4], (value) => value >= 0)
      : areCorners(table, box, isFilled))
  );
}

function areCorners(table: Table, box: number, isFilled: (row: number) => boolean): boolean {
  return [0, 1].every((axis) =>
    everyIn(
      table,
      [box + axis, box + axis + 1],
      (value, row) => !isFilled(row) || readCell(table, row, box + axis + 2) >= value,
    ),
  );
}

const maxClass = 10_000;

function isClass(value: number): boolean {
  return Number.isInteger(value) && value >= -1 && value < maxClass;
}
