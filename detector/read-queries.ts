import { findStrides } from './grid.ts';
import type { ModelFacts } from './model-facts.ts';
import type { OutputValues } from './network.ts';
import { everyIn, isFraction, isNotNegative, isProbability, type Reading, toTable } from './reading.ts';

/** What the first DETR trained on COCO has: 91 category numbers and "nothing", told apart by softmax. */
const softmaxScores = 92;

/** DETRs ask for 100 to 900 things; more rows are cells or anchors. */
export const maxQueries = 2000;

/** Readings of two outputs, class scores and boxes of a DETR's queries. `namedLabels` is how many labels are known from names. */
export function readQueries(outputs: readonly OutputValues[], namedLabels: number | null): Reading[] {
  const deep = outputs.filter(({ dims }) => dims.length === 3 && (dims[1] ?? 0) <= maxQueries);
  return deep
    .filter((boxes) => boxes.dims[2] === 4 && areNoPixels(boxes))
    .flatMap((boxes) =>
      deep
        .filter((scores) => scores !== boxes && scores.dims[1] === boxes.dims[1])
        // With four classes only their names tell boxes from scores.
        .filter((scores) => scores.dims[2] !== 4 || isNamedBoxes(boxes))
        // Some exports give the queries' inner state as well.
        .filter(({ name }, _, all) => isNamedScores(name) || !all.some((each) => isNamedScores(each.name)))
        .map((scores) => toQueryReading(boxes, scores, namedLabels)),
    );
}

/** A query's box is about 0-1; hundreds are pixels, from a YOLO whose boxes and scores were split. */
function areNoPixels({ data }: OutputValues): boolean {
  return data.every((value) => !(Math.abs(value) >= 10 && Number.isFinite(value)));
}

/** Boxes in pixels and the class scores beside them, each in an output of its own; what could be either is named both ways. */
export function findSplit(
  outputs: readonly OutputValues[],
): { readonly boxes: OutputValues; readonly scores: OutputValues }[] {
  const deep = outputs.filter(({ dims }) => dims.length === 3);
  return deep
    .filter((boxes) => boxes.dims[2] === 4 && !areNoPixels(boxes))
    .flatMap((boxes) =>
      deep
        .filter((scores) => scores !== boxes && scores.dims[1] === boxes.dims[1] && areNoPixels(scores))
        // With four classes logits may be as large as pixels: there the names must not speak against it.
        .filter((scores) => scores.dims[2] !== 4 || !(isNamedScores(boxes.name) || isNamedBoxes(scores)))
        .filter(({ name }, _, all) => isNamedScores(name) || !all.some((each) => isNamedScores(each.name)))
        .map((scores) => ({ boxes, scores })),
    );
}

/** Boxes as parts of the input and class scores for each cell of the grids, in two outputs: YOLOv4 and its kin. */
export function findGridSplit(
  { inputWidth, inputHeight }: ModelFacts,
  outputs: readonly OutputValues[],
): { readonly boxes: OutputValues; readonly scores: OutputValues }[] {
  const deep = outputs.filter(({ dims }) => dims.length === 3);
  const isGrid = ({ dims }: OutputValues): boolean =>
    [1, 3].some((perCell) => findStrides(inputWidth, inputHeight, (dims[1] ?? 0) / perCell) !== null);
  return deep
    .filter(
      (boxes) => boxes.dims[2] === 4 && isGrid(boxes) && areNoPixels(boxes) && !isNamedScores(boxes.name),
    )
    .flatMap((boxes) =>
      deep
        .filter((scores) => scores !== boxes && scores.dims[1] === boxes.dims[1])
        .filter((scores) => scores.dims[2] !== 4 || !isNamedBoxes(scores))
        .map((scores) => ({ boxes, scores })),
    );
}

function isNamedScores(name: string): boolean {
  return /logit|score|class|label|cls/i.test(name);
}

function isNamedBoxes({ name }: OutputValues): boolean {
  return /box|det/i.test(name);
}

function toQueryReading(boxes: OutputValues, scores: OutputValues, namedLabels: number | null): Reading {
  const [, queries = 0, count = 0] = scores.dims;
  const scoreTable = toTable(scores.data, queries, count);
  const boxTable = toTable(boxes.data, queries, 4);
  const areProbabilities = everyIn(scoreTable, [0, count], isProbability);
  const hasOneMore = count - 1 === namedLabels;
  // One score more than names is "nothing" of a softmax (DETR, YOLOS), or one that RF-DETR leaves unused.
  const hasSpareScore = hasOneMore && (areProbabilities || isRfDetr(boxes, scores));
  const isSoftmax = !areProbabilities && !hasSpareScore && (hasOneMore || count === softmaxScores);
  const activation = isSoftmax ? 'softmax' : 'sigmoid';
  return {
    head: 'detr',
    labelCount: isSoftmax ? count - 1 : count,
    ...(hasSpareScore && { hasSpareScore }),
    ...(!areProbabilities && { layout: { scores: activation } }),
    reason: `outputs "${scores.name}" ${scores.dims.join('x')} and "${boxes.name}" ${boxes.dims.join('x')} hold ${count} class scores (${areProbabilities ? 'probabilities' : `to go through a ${activation}`}${isSoftmax ? '; the last one stands for nothing' : hasSpareScore ? '; the last one is no class' : ''}) and a box (0-1 of the input) for each of ${queries} queries`,
    certainty: 2,
    isPlausible: everyIn(boxTable, [0, 4], isFraction) && everyIn(boxTable, [2, 4], isNotNegative),
  };
}

function isRfDetr(boxes: OutputValues, scores: OutputValues): boolean {
  return boxes.name === 'dets' && scores.name === 'labels';
}
