import { XunjieError } from '../domain/mod.ts';
import type { CardWishes } from './card-wishes.ts';
import { describeNeeds } from './check-fit.ts';
import { cocoLabels } from './coco-labels.ts';
import { describeAnchors, describeForeign } from './foreign-layout.ts';
import type { ModelFacts } from './model-facts.ts';
import { describeTensors } from './network.ts';
import { describeOtherTask } from './other-task.ts';
import { readAnchorMaps } from './read-anchors.ts';
import { findGridSplit, findSplit, readQueries } from './read-queries.ts';
import { readSelected } from './read-selected.ts';
import { readSplit, readTables } from './read-tables.ts';
import type { Reading } from './reading.ts';
import { describeUndecoded } from './undecoded.ts';

const knownHeads =
  'yolox (rows of box, objectness, classes), yolov5 (also v7: three such rows per cell), yolov8 (also v9, v11, v12: a column per cell), yolo-e2e (v10, 26: rows of corners, score, class), detr (RT-DETR, D-FINE, DEIM)';

/**
 * Works a model's head out from the sizes of its outputs, the numbers of a trial run, embedded metadata and what a
 * person said of it. `labelCount` is how many labels are known from names, `null` when none are.
 * @throws XunjieError `model_not_understood` naming the outputs seen and the heads known, or the readings that remain.
 */
export function guessHead(
  facts: ModelFacts,
  file: string,
  labelCount: number | null,
  wishes: CardWishes,
): Reading {
  const refuse = (hint: string): never => {
    throw new XunjieError(
      'model_not_understood',
      `${file}: head not understood (${hint}); its outputs are ${describeTensors(facts.outputs)}, its inputs ${describeTensors(facts.inputs)}; heads known: ${knownHeads}`,
    );
  };
  const task = facts.metadata['task'];
  if (task !== undefined && task !== 'detect') return refuse(`made for the task "${task}", not "detect"`);
  if (facts.trial === null) return refuse(describeNeeds());
  const other = describeOtherTask(facts, facts.trial);
  if (other !== null) return refuse(`${other}; export the model of the same family that finds boxes alone`);
  const foreign = describeForeign(facts);
  const readings = foreign === null ? listReadings(facts, facts.trial, labelCount) : [];
  if (readings.length === 0)
    return refuse(
      foreign ??
        describeUndecoded(facts, facts.trial) ??
        describeAnchors(facts.trial) ??
        'no output has the size of boxes',
    );
  return choose(readings, facts, labelCount, wishes, refuse);
}

function listReadings(
  facts: ModelFacts,
  outputs: NonNullable<ModelFacts['trial']>,
  labelCount: number | null,
): Reading[] {
  const selected = readSelected(facts, outputs);
  // Corners, scores and classes in outputs of their own leave no other reading; the rest is what else a model gives.
  if (selected.some((reading) => reading.certainty === 2)) return selected;
  const split = findSplit(outputs);
  if (split.length > 0) return split.map(({ boxes, scores }) => readSplit(boxes, scores));
  const gridSplit = findGridSplit(facts, outputs)
    .map(({ boxes, scores }) => readSplit(boxes, scores))
    .filter(({ isPlausible }) => isPlausible);
  const gridCorners = gridSplit.filter(({ layout }) => layout?.corners);
  if (gridCorners.length > 0) return gridCorners;
  const queries = readQueries(outputs, labelCount);
  if (queries.length > 0) return queries;
  if (gridSplit.length > 0) return gridSplit;
  const tables = [...readTables(facts, outputs), ...selected];
  // YOLOv5 often gives its undecoded maps beside the decoded rows.
  return tables.length > 0 ? tables : readAnchorMaps(facts, outputs, labelCount);
}

function choose(
  readings: readonly Reading[],
  facts: ModelFacts,
  labelCount: number | null,
  wishes: CardWishes,
  refuse: (hint: string) => never,
): Reading {
  const wished = readings
    .map((reading) => toWished(reading, wishes))
    .filter((reading) => fitsWishes(reading, wishes));
  if (wished.length === 0)
    return refuse(`it cannot be read as you say; it could be ${describeReadings(readings)}`);
  const counted = wished.filter(
    ({ labelCount: count, hasSpareScore }) =>
      labelCount === null || count === null || count === labelCount + (hasSpareScore ? 1 : 0),
  );
  if (counted.length === 0)
    return refuse(
      `its classes have ${labelCount} ${labelCount === 1 ? 'name' : 'names'}, but its outputs hold ${[...new Set(wished.map((reading) => reading.labelCount))].join(' or ')} class scores; name others with --labels`,
    );
  const selects = facts.metadata['end2end'] === 'True' || /'nms': True/.test(facts.metadata['args'] ?? '');
  let left: readonly Reading[] = counted;
  for (const isBetter of [
    (reading: Reading) => reading.isPlausible,
    (reading: Reading) => selects && reading.head === 'yolo-e2e',
    (reading: Reading) => reading.certainty === 2,
    (reading: Reading) => reading.certainty > 0,
    (reading: Reading) => labelCount === null && reading.labelCount === cocoLabels.length,
  ]) {
    const better = left.filter(isBetter);
    if (better.length > 0) left = better;
  }
  const [first, ...others] = left;
  if (first !== undefined && others.length === 0) return first;
  return refuse(`it could be ${describeReadings(left)}; say which`);
}

/** Boxes that a model selected itself are read alike under both heads that have them. */
function toWished(reading: Reading, { head }: CardWishes): Reading {
  if (reading.selects === undefined || (head !== 'yolo-e2e' && head !== 'detr') || head === reading.head)
    return reading;
  if (reading.selects === 'parts') return { ...reading, head };
  // Head detr takes rows only in an order that is named.
  return { ...reading, head, layout: { order: 'xyxy-score-class', ...reading.layout } };
}

function fitsWishes({ head, layout }: Reading, wishes: CardWishes): boolean {
  if (wishes.head !== undefined && head !== wishes.head) return false;
  return wishes.layout === undefined || (layout?.transposed ?? false) === (wishes.layout === 'rows');
}

function describeReadings(readings: readonly Reading[]): string {
  return readings
    .map(({ head, labelCount, layout }) => {
      const option = head === 'yolov8' ? ` --layout ${layout?.transposed ? 'rows' : 'columns'}` : '';
      return `${head}${labelCount === null ? '' : ` with ${labelCount} classes`} (--head ${head}${option})`;
    })
    .join(' or ');
}
