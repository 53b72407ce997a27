import type { ModelFacts } from './model-facts.ts';
import type { OutputValues } from './network.ts';
import { maxQueries } from './read-queries.ts';

/**
 * What family of detectors a model belongs to that is not read here, told by its outputs, in words; `null`: none that is
 * known. Their numbers would pass for a DETR's.
 */
export function describeForeign(facts: ModelFacts): string | null {
  const names = new Set(facts.outputs.map(({ name }) => name.replace(/:\d+$/, '')));
  if (['detection_boxes', 'detection_classes', 'detection_scores'].every((name) => names.has(name)))
    return "these are the outputs of TensorFlow's detection models (SSD, EfficientDet, CenterNet): boxes with the upper edge before the left one, and classes counted from 1. Such models are not read: take a YOLO or DETR";
  return null;
}

/** The same of outputs that nothing here reads: rows that are no cells and no queries. */
export function describeAnchors(outputs: readonly OutputValues[]): string | null {
  const anchors = outputs.find(
    ({ dims, name }) =>
      dims.length === 3 &&
      dims[2] === 4 &&
      (dims[1] ?? 0) > maxQueries &&
      outputs.some((each) => each.name !== name && each.dims.length === 3 && each.dims[1] === dims[1]),
  );
  return anchors === undefined
    ? null
    : `output "${anchors.name}" has ${anchors.dims[1]} rows, which are neither the cells of a YOLO's grids nor a DETR's queries; SSD, RetinaNet and EfficientDet give a row for each anchor, undecoded, and are not read: take a YOLO or DETR`;
}
