import { toSigmoid } from './decode-anchors.ts';
import type { OutputValues } from './network.ts';
import { type DecodeOptions, pickLabels, type RawBox, toRawBox } from './raw-box.ts';

/** A DETR's answer per query: class scores, and boxes `cx, cy, w, h` in 0-1 of the input. */
export interface QueryParts {
  readonly scores: Float32Array;
  readonly scoreStart: number;
  /** From one query's scores to the next one's. */
  readonly scoreStep: number;
  readonly boxes: Float32Array;
  readonly boxStep: number;
}

/**
 * Decodes queries: each is reported under every label whose probability reaches the threshold, as the DETRs with a
 * sigmoid are (RT-DETR, D-FINE, DEIM, RF-DETR), or with softmax under its best label that is not "nothing", the last one.
 * @throws XunjieError `model_failed` on NaN or scores outside 0-1.
 */
export function decodeQueries(parts: QueryParts, options: DecodeOptions): RawBox[] {
  const { inputWidth, inputHeight, labelCount, layout } = options;
  const length = layout.scores === 'softmax' ? labelCount + 1 : labelCount;
  const probabilities = new Float32Array(length);
  const picked = { ...options, everyLabel: layout.scores !== 'softmax' };
  const boxes: RawBox[] = [];
  const count = Math.floor(parts.boxes.length / parts.boxStep);
  for (let query = 0; query < count; query++) {
    const from = parts.scoreStart + query * parts.scoreStep;
    fillProbabilities(probabilities, parts.scores, from, layout.scores);
    const at = query * parts.boxStep;
    pickLabels(probabilities, 0, 1, query, 1, picked, (label, score) =>
      boxes.push(
        toRawBox(
          (parts.boxes[at] as number) * inputWidth,
          (parts.boxes[at + 1] as number) * inputHeight,
          (parts.boxes[at + 2] as number) * inputWidth,
          (parts.boxes[at + 3] as number) * inputHeight,
          score,
          label,
        ),
      ),
    );
  }
  return boxes;
}

function fillProbabilities(
  into: Float32Array,
  scores: Float32Array,
  from: number,
  activation: 'sigmoid' | 'softmax' | undefined,
): void {
  if (activation === 'softmax') {
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < into.length; i++) highest = Math.max(highest, scores[from + i] as number);
    let total = 0;
    for (let i = 0; i < into.length; i++) total += into[i] = Math.exp((scores[from + i] as number) - highest);
    for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) / total;
    return;
  }
  for (let i = 0; i < into.length; i++) {
    const value = scores[from + i] as number;
    into[i] = activation === 'sigmoid' ? toSigmoid(value) : value;
  }
}

/** Finds class scores and boxes in two outputs, or both in one (1 x queries x (4 + labels)); `null` when there are none. */
export function findQueryParts(outputs: readonly OutputValues[], scoreCount: number): QueryParts | null {
  const deep = outputs.filter(({ dims }) => dims.length === 3);
  const boxes =
    deep.find(({ name, dims }) => dims[2] === 4 && /box|det/i.test(name)) ??
    deep.find(({ dims }) => dims[2] === 4);
  const scores = deep.find(
    (each) => each !== boxes && each.dims[2] === scoreCount && each.dims[1] === boxes?.dims[1],
  );
  if (boxes !== undefined && scores !== undefined)
    return { scores: scores.data, scoreStart: 0, scoreStep: scoreCount, boxes: boxes.data, boxStep: 4 };
  const both = deep.findLast(({ dims }) => dims[2] === 4 + scoreCount);
  return both === undefined
    ? null
    : {
        scores: both.data,
        scoreStart: 4,
        scoreStep: 4 + scoreCount,
        boxes: both.data,
        boxStep: 4 + scoreCount,
      };
}
