import { XunjieError } from '../domain/errors.ts';
import type { OutputValues } from './network.ts';
import { type DecodeOptions, pickLabels, type RawBox, refuseNaN, toRawBox } from './raw-box.ts';

/** Values of one stride's map: anchors x lines x columns x (5 + labels), or with the numbers before the places. */
interface AnchorMap {
  readonly data: Float32Array;
  readonly lines: number;
  readonly columns: number;
  readonly anchorStep: number;
  readonly cellStep: number;
  readonly numberStep: number;
}

/**
 * Decodes the maps that YOLOv5 and v7 give when their last layer is left out of the export, one per stride:
 * 1 x A x H x W x (5 + labels) or 1 x (A * (5 + labels)) x H x W, all of it before the sigmoid s():
 * centre = (2 s(xy) - 0.5 + cell) * stride, size = (2 s(wh))^2 * anchor. Formula: YOLOv5's Detect layer.
 * @throws XunjieError `model_failed` on NaN.
 */
export function decodeAnchorMaps(outputs: readonly OutputValues[], options: DecodeOptions): RawBox[] {
  const anchors = options.layout.anchors ?? [];
  const maps = outputs
    .map((output) => toAnchorMap(output, options.labelCount, (anchors[0]?.length ?? 0) / 2))
    .filter((map) => map !== null)
    .toSorted((a, b) => b.lines * b.columns - a.lines * a.columns);
  if (maps.length !== anchors.length)
    throw new XunjieError(
      'model_failed',
      `anchors for ${anchors.length} strides, but ${maps.length} outputs are maps of them`,
    );
  return maps.flatMap((map, level) => decodeMap(map, anchors[level] as number[], options));
}

/** Reads an output as a map of so many anchors; `null` when it is none. */
export function toAnchorMap(
  { data, dims }: OutputValues,
  labelCount: number,
  anchorCount: number,
): AnchorMap | null {
  const length = 5 + labelCount;
  const [, second, third = 0, fourth = 0, fifth] = dims;
  if (dims.length === 5 && second === anchorCount && fifth === length)
    return {
      data,
      lines: third,
      columns: fourth,
      anchorStep: third * fourth * length,
      cellStep: length,
      numberStep: 1,
    };
  if (dims.length === 4 && second === anchorCount * length) {
    const plane = third * fourth;
    return {
      data,
      lines: third,
      columns: fourth,
      anchorStep: plane * length,
      cellStep: 1,
      numberStep: plane,
    };
  }
  return null;
}

function decodeMap(map: AnchorMap, anchors: readonly number[], options: DecodeOptions): RawBox[] {
  const { data, lines, columns, anchorStep, cellStep, numberStep } = map;
  const strideX = options.inputWidth / columns;
  const strideY = options.inputHeight / lines;
  const scores = new Float32Array(options.labelCount);
  const boxes: RawBox[] = [];
  for (let anchor = 0; anchor * 2 < anchors.length; anchor++)
    for (let cell = 0; cell < lines * columns; cell++) {
      const at = anchor * anchorStep + cell * cellStep;
      const read = (number: number): number => toSigmoid(data[at + number * numberStep] as number);
      const objectness = read(4);
      if (Number.isNaN(objectness)) refuseNaN(cell);
      if (objectness < options.minScore) continue;
      for (let label = 0; label < options.labelCount; label++) scores[label] = read(5 + label);
      pickLabels(scores, 0, 1, cell, objectness, options, (label, score) =>
        boxes.push(
          toRawBox(
            (2 * read(0) - 0.5 + (cell % columns)) * strideX,
            (2 * read(1) - 0.5 + Math.floor(cell / columns)) * strideY,
            (2 * read(2)) ** 2 * (anchors[2 * anchor] as number),
            (2 * read(3)) ** 2 * (anchors[2 * anchor + 1] as number),
            score,
            label,
          ),
        ),
      );
    }
  return boxes;
}

export function toSigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
