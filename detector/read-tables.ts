import { allStrideSets, findStrides, strideSets, strides } from './grid.ts';
import type { ModelFacts } from './model-facts.ts';
import type { OutputValues } from './network.ts';
import { isTurned } from './plain-outputs.ts';
import { maxQueries } from './read-queries.ts';
import {
  areCorners,
  everyIn,
  isFraction,
  isNormalised,
  isNotNegative,
  isProbability,
  type Reading,
  readCell,
  type Table,
  toTable,
  transpose,
} from './reading.ts';

const anchorsPerCell = 3;
const boxNumbers = 4;

/** Readings of outputs 1 x A x B as boxes with class scores: yolov8, yolox, yolov5, and a DETR's queries in one output. */
export function readTables(facts: ModelFacts, outputs: readonly OutputValues[]): Reading[] {
  const readings = outputs.flatMap((output) => {
    const [, rows, columns] = output.dims;
    if (output.dims.length !== 3 || rows === undefined || columns === undefined) return [];
    const table = toTable(output.data, rows, columns);
    const what = `output "${output.name}" is ${output.dims.join('x')}`;
    return [
      ...readYolov8(facts, transpose(table), what, false),
      ...readYolov8(facts, table, what, true),
      ...readGridRows(facts, table, what),
      ...readAnchorRows(facts, table, what),
      ...readQueryRows(facts, table, what),
    ];
  });
  // Any table has the size of queries, and a DETR gives one: several are what is left of boxes that nobody decoded.
  const queries = readings.filter(({ head }) => head === 'detr');
  return keepLastAlike(queries.length > 1 ? readings.filter(({ head }) => head !== 'detr') : readings);
}

/** Of outputs that are read in one way the last, as the decoders do: YOLOv9 gives its auxiliary head before the main one. */
function keepLastAlike(readings: readonly Reading[]): Reading[] {
  const byWay = new Map<string, Reading[]>();
  for (const reading of readings) {
    const way = JSON.stringify([reading.head, reading.labelCount, reading.layout, reading.decoded]);
    byWay.set(way, [...(byWay.get(way) ?? []), reading]);
  }
  return [...byWay.values()].map((alike) => {
    const last = alike.at(-1) as Reading;
    return alike.length === 1
      ? last
      : {
          ...last,
          reason: `${last.reason}; ${alike.length} outputs are alike and the last is read (YOLOv9 with its auxiliary head gives that one first)`,
        };
  });
}

function readYolov8(
  { inputWidth, inputHeight }: ModelFacts,
  table: Table,
  what: string,
  isTransposed: boolean,
): Reading[] {
  const { rows, columns } = table;
  const sets = isTransposed ? strideSets : allStrideSets;
  // Three rows for each cell are YOLOv5's; three columns are those of its kin with objectness multiplied in.
  const perCell =
    isTransposed || findStrides(inputWidth, inputHeight, rows, sets) !== null ? 1 : anchorsPerCell;
  const used = findStrides(inputWidth, inputHeight, rows / perCell, sets);
  if (columns < 5 || used === null) return [];
  const normalised = isNormalised(table);
  const corners = areCorners(table);
  const layout = {
    ...(isTransposed && { transposed: true }),
    ...(corners && { corners }),
    ...(normalised && { normalised }),
  };
  return [
    {
      head: 'yolov8',
      labelCount: columns - boxNumbers,
      ...(Object.keys(layout).length > 0 && { layout }),
      reason: `${what}, ${perCell === 1 ? 'a' : 'three'} ${isTransposed ? 'row' : 'column'}${perCell === 1 ? '' : 's'} for each of the ${rows / perCell} cells of a ${inputWidth}x${inputHeight} input: ${describeBox(corners, normalised)} and ${columns - boxNumbers} class scores`,
      certainty: toCertainty(used),
      isPlausible:
        everyIn(table, [boxNumbers, columns], isProbability) &&
        (corners || everyIn(table, [2, boxNumbers], isNotNegative)),
    },
  ];
}

/** Readings of boxes and class scores in two outputs, a row per box in each: YOLO-NAS, DAMO-YOLO, PP-YOLOE (its scores turned). */
export function readSplit(boxes: OutputValues, scores: OutputValues): Reading {
  const [, rows = 0, count = 0] = scores.dims;
  const table = toTable(boxes.data, rows, boxNumbers);
  const corners = areCorners(table);
  const normalised = isNormalised(table);
  const isYolov4 = corners && normalised;
  const isPaddle = isTurned(scores);
  return {
    head: 'yolov8',
    labelCount: count,
    layout: { transposed: true, ...(corners && { corners }), ...(normalised && { normalised }) },
    ...(isYolov4 && {
      prepared: { align: 'stretch', why: "as YOLOv4's own program, which writes such boxes, prepares them" },
    }),
    ...(isPaddle && {
      prepared: {
        align: 'stretch',
        why: 'as PaddleDetection, which writes scores class by class, prepares them',
      },
    }),
    reason: `outputs "${boxes.name}" ${boxes.dims.join('x')} and "${scores.name}" ${scores.dims.join('x')} hold ${describeBox(corners, normalised)}${normalised ? '' : ' in input pixels'} and ${count} class scores in each of ${rows} rows, as ${isYolov4 ? 'YOLOv4 writes' : isPaddle ? 'PP-YOLOE writes' : 'YOLO-NAS and DAMO-YOLO write'} them`,
    certainty: 2,
    isPlausible:
      everyIn(toTable(scores.data, rows, count), [0, count], isProbability) &&
      (corners || everyIn(table, [2, boxNumbers], isNotNegative)),
  };
}

function describeBox(corners: boolean, normalised: boolean): string {
  return `${corners ? 'the corners of a box' : 'centre and size of a box'}${normalised ? ' (0-1 of the input)' : ''}`;
}

function toCertainty(used: readonly number[]): Reading['certainty'] {
  return used === strides ? 2 : 1;
}

function readGridRows(facts: ModelFacts, table: Table, what: string): Reading[] {
  const { inputWidth, inputHeight } = facts;
  const { rows, columns } = table;
  const used = findStrides(inputWidth, inputHeight, rows);
  if (columns < 6 || used === null) return [];
  const labelCount = columns - 5;
  const reason = `${what}, a row for each of the ${rows} cells of a ${inputWidth}x${inputHeight} input: 4 numbers of a box, objectness and ${labelCount} class scores`;
  const scores = {
    labelCount,
    certainty: toCertainty(used),
    isPlausible: everyIn(table, [4, columns], isProbability),
  };
  if (everyIn(table, [4, 5], (value) => value === 1))
    return [
      {
        head: 'yolov5',
        decoded: true,
        ...scores,
        reason: `${reason}; objectness is 1 everywhere, as YOLOv6 writes it, so its boxes are decoded and its pictures prepared as YOLOv5's`,
      },
    ];
  const decoded = isDecoded(table, inputWidth);
  return [
    {
      head: 'yolox',
      decoded,
      ...scores,
      reason: `${reason}; its boxes are ${decoded ? 'decoded (input pixels)' : 'raw grid offsets'}, as a trial run shows`,
    },
  ];
}

/** Decoded centres spread over the whole input and sizes are positive; raw offsets stay within a few cells. */
function isDecoded(table: Table, inputWidth: number): boolean {
  const offsets = Array.from({ length: table.rows }, (_, row) => Math.abs(readCell(table, row, 0)));
  offsets.sort((a, b) => a - b);
  const median = offsets[Math.floor(offsets.length / 2)] as number;
  const farthest = offsets.at(-1) as number;
  return median > inputWidth / 8 || (farthest > inputWidth / 4 && everyIn(table, [2, 4], isNotNegative));
}

function readAnchorRows(facts: ModelFacts, table: Table, what: string): Reading[] {
  const { inputWidth, inputHeight } = facts;
  const { rows, columns } = table;
  const used = findStrides(inputWidth, inputHeight, rows / anchorsPerCell, allStrideSets);
  if (columns < 6 || used === null) return [];
  const normalised = isNormalised(table);
  return [
    {
      head: 'yolov5',
      labelCount: columns - 5,
      decoded: true,
      ...(normalised && { layout: { normalised } }),
      reason: `${what}, three rows for each of the ${rows / anchorsPerCell} cells that strides ${used.join(', ')} lay over a ${inputWidth}x${inputHeight} input: 4 numbers of a box${normalised ? ' (0-1 of the input)' : ''}, objectness and ${columns - 5} class scores, as YOLOv5 and v7 write them`,
      certainty: toCertainty(used),
      isPlausible: everyIn(table, [4, columns], isProbability) && everyIn(table, [2, 4], isNotNegative),
    },
  ];
}

function readQueryRows(facts: ModelFacts, table: Table, what: string): Reading[] {
  const { rows, columns } = table;
  if (columns < 5 || rows > maxQueries || findStrides(facts.inputWidth, facts.inputHeight, rows) !== null)
    return [];
  const hasBoxes = !everyIn(table, [2, 4], (value) => value === 0);
  const isPlausible =
    hasBoxes &&
    everyIn(table, [0, 4], isFraction) &&
    everyIn(table, [2, 4], isNotNegative) &&
    everyIn(table, [4, columns], isProbability);
  // Any table has the size of queries: only its numbers speak for them.
  if (!isPlausible) return [];
  return [
    {
      head: 'detr',
      labelCount: columns - 4,
      reason: `${what}, ${rows} queries of 4 numbers of a box (0-1 of the input) and ${columns - 4} class scores, as RT-DETR from Ultralytics writes them`,
      certainty: 0,
      isPlausible,
    },
  ];
}
