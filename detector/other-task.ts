import { findStrides } from './grid.ts';
import type { ModelFacts } from './model-facts.ts';
import type { OutputValues } from './network.ts';
import { hasLabelsAlone } from './plain-outputs.ts';
import { everyIn, isProbability, type Table, toTable, transpose } from './reading.ts';

/** Prototypes of masks have a quarter of the input's edges. */
const maskStride = 4;
const boxNumbers = 4;
/** Angles of oriented boxes, from -45 to 135 degrees with some slack. */
const angles = [-Math.PI / 4 - 0.1, (3 * Math.PI) / 4 + 0.1] as const;
const fewestPoints = 2;
/** Centre, size, angle and score. */
const orientedNumbers = 6;

/**
 * What else than boxes a model was made to find, told by its outputs where no metadata tells; `null`: nothing else. Read as boxes with
 * class scores, such models would have classes of masks, of joints or of angles.
 */
export function describeOtherTask(facts: ModelFacts, outputs: readonly OutputValues[]): string | null {
  const masks = findMasks(facts, outputs);
  if (masks !== null) return masks;
  const oriented = outputs.find(
    (each) => each.dims.at(-1) === orientedNumbers && hasLabelsAlone(each, outputs),
  );
  if (oriented !== undefined)
    return `output "${oriented.name}" holds an angle and a score for each box, as MMRotate's models of oriented boxes do`;
  for (const { name, dims, data } of outputs) {
    const [, rows, columns] = dims;
    if (dims.length !== 3 || rows === undefined || columns === undefined) continue;
    const table = toTable(data, rows, columns);
    for (const each of [table, transpose(table)]) {
      if (findStrides(facts.inputWidth, facts.inputHeight, each.rows) === null) continue;
      if (hasPoints(each)) return `output "${name}" holds key points, as pose models give them`;
      if (hasAngle(each))
        return `output "${name}" holds an angle for each box, as models of oriented boxes do`;
    }
  }
  return null;
}

function findMasks(facts: ModelFacts, outputs: readonly OutputValues[]): string | null {
  const maps = outputs.filter(({ dims }) => dims.length === 4);
  const [map] = maps;
  if (map === undefined || maps.length > 1) return null;
  const [, count = 0, height, width] = map.dims;
  const isQuarter =
    height === Math.ceil(facts.inputHeight / maskStride) &&
    width === Math.ceil(facts.inputWidth / maskStride);
  const isUsed = outputs.some(
    ({ dims }) => dims.length === 3 && dims.slice(1).some((size) => size > boxNumbers + count),
  );
  return isQuarter && isUsed ? `output "${map.name}" holds masks, as segmentation models give them` : null;
}

/** One score, then for each point two coordinates in pixels and its visibility. */
function hasPoints(table: Table): boolean {
  const from = boxNumbers + 1;
  const points = (table.columns - from) / 3;
  if (!Number.isInteger(points) || points < fewestPoints) return false;
  if (!everyIn(table, [boxNumbers, from], isProbability)) return false;
  for (let point = 0; point < points; point++) {
    const at = from + 3 * point;
    if (everyIn(table, [at, at + 1], isProbability) || everyIn(table, [at + 1, at + 2], isProbability))
      return false;
    if (!everyIn(table, [at + 2, at + 3], isProbability)) return false;
  }
  return true;
}

/** Class scores, then one number that is none. */
function hasAngle(table: Table): boolean {
  const last = table.columns - 1;
  if (last <= boxNumbers || !everyIn(table, [boxNumbers, last], isProbability)) return false;
  return (
    !everyIn(table, [last, last + 1], isProbability) &&
    everyIn(table, [last, last + 1], (value) => value >= angles[0] && value <= angles[1])
  );
}
