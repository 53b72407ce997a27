import { decodeAnchorMaps, toAnchorMap } from './decode-anchors.ts';
import { decodeQueries, findQueryParts } from './decode-queries.ts';
import {
  decodeSelectedParts,
  decodeSelectedRows,
  findSelectedParts,
  toRowPlaces,
} from './decode-selected.ts';
import { decodeYolov8Columns, decodeYolov8Rows } from './decode-yolov8.ts';
import { decodeObjectnessRows, decodeYoloxGrid } from './decode-yolox.ts';
import { findStrides } from './grid.ts';
import type { Head, ModelCard } from './model-card.ts';
import type { OutputValues } from './network.ts';
import type { DecodeOptions, RawBox } from './raw-box.ts';

/** One way to read a model's outputs: what they must look like, and the boxes in them. */
export interface Reader {
  /** In words, for the message to someone whose card does not fit. */
  readonly expected: string;
  /** What decodes the boxes of one picture of the batch, or `null` when the outputs are not as expected. */
  find(outputs: readonly OutputValues[], slot: number): (() => RawBox[]) | null;
}

type ToReader = (card: ModelCard, options: DecodeOptions) => Reader;

function toRowReader(card: ModelCard, options: DecodeOptions): Reader {
  const length = 5 + card.labels.length;
  const { inputWidth, inputHeight } = options;
  const isRaw = card.head === 'yolox' && card.decoded !== true;
  return {
    expected: isRaw ? `Nx(cells of ${inputWidth}x${inputHeight})x${length}` : `Nx(rows)x${length}`,
    find(outputs) {
      const rows = outputs.findLast(({ dims }) => dims.length === 3 && dims[2] === length);
      if (rows === undefined) return null;
      if (!isRaw) return () => decodeObjectnessRows(rows.data, options);
      const fits = findStrides(inputWidth, inputHeight, rows.dims[1] as number) !== null;
      return fits ? () => decodeYoloxGrid(rows.data, options) : null;
    },
  };
}

function toAnchorReader(card: ModelCard, options: DecodeOptions): Reader {
  const anchors = options.layout.anchors ?? [];
  const anchorCount = (anchors[0]?.length ?? 0) / 2;
  return {
    expected: `${anchors.length} maps Nx${anchorCount}xHxWx${5 + card.labels.length} or Nx${anchorCount * (5 + card.labels.length)}xHxW`,
    find(outputs) {
      const maps = outputs.filter((output) => toAnchorMap(output, card.labels.length, anchorCount) !== null);
      return maps.length === anchors.length ? () => decodeAnchorMaps(maps, options) : null;
    },
  };
}

function toSelectedReader(_card: ModelCard, options: DecodeOptions): Reader {
  const { length } = toRowPlaces(options.layout.order);
  return {
    expected: `Nx(boxes)x${length}, or boxes, scores and labels`,
    find(outputs, slot) {
      const rows = outputs.find(({ dims }) => dims.length >= 2 && dims.at(-1) === length);
      if (rows !== undefined) return () => decodeSelectedRows(rows.data, options, slot);
      const parts = findSelectedParts(outputs);
      return parts === null ? null : () => decodeSelectedParts(parts, options);
    },
  };
}

function toDetrReader(card: ModelCard, options: DecodeOptions): Reader {
  const { order, scores } = options.layout;
  const scoreCount = card.labels.length + (scores === 'softmax' ? 1 : 0);
  const selected = toSelectedReader(card, options);
  if (order !== undefined) return selected;
  return {
    expected: `class scores Nx(queries)x${scoreCount} and boxes Nx(queries)x4, or both as Nx(queries)x${4 + scoreCount}, or boxes, scores and labels`,
    find(outputs, slot) {
      const queries = findQueryParts(outputs, scoreCount);
      if (queries !== null) return () => decodeQueries(queries, options);
      return findSelectedParts(outputs) === null ? null : selected.find(outputs, slot);
    },
  };
}

const toReaders: Readonly<Record<Head, ToReader>> = {
  yolox: toRowReader,
  yolov5: (card, options) =>
    card.decoded === false ? toAnchorReader(card, options) : toRowReader(card, options),
  yolov8(card, options) {
    const labelCount = card.labels.length;
    const length = 4 + labelCount;
    if (options.layout.transposed)
      return {
        expected: `Nx(boxes)x${length}, or boxes Nx(boxes)x4 and class scores Nx(boxes)x${labelCount}`,
        find(outputs) {
          const rows = findQueryParts(outputs, labelCount);
          return rows === null ? null : () => decodeYolov8Rows(rows, options);
        },
      };
    return {
      expected: `Nx${length}x(boxes)`,
      find(outputs) {
        // YOLOv9 gives its auxiliary head first where that was left in.
        const found = outputs.findLast(({ dims }) => dims.length === 3 && dims[1] === length);
        return found === undefined ? null : () => decodeYolov8Columns(found.data, options);
      },
    };
  },
  'yolo-e2e': toSelectedReader,
  detr: toDetrReader,
};

/** Opens the reader of a card's head. `minScore` and `everyLabel` as in `DecodeOptions`. */
export function toReader(card: ModelCard, picked: Pick<DecodeOptions, 'minScore' | 'everyLabel'>): Reader {
  return toReaders[card.head](card, {
    inputWidth: card.input.width,
    inputHeight: card.input.height,
    labelCount: card.labels.length,
    layout: card.layout ?? {},
    ...picked,
  });
}

/** Heads whose models choose their boxes themselves, so that suppression has nothing left to do. */
export function isEndToEnd(head: Head): boolean {
  return head === 'yolo-e2e' || head === 'detr';
}

/**
 * The part of a batch's outputs that belongs to one of its pictures. Rows that name their picture stay whole; other
 * outputs without the batch's size are left out, because nobody could say whose they are.
 */
export function sliceOutputs(
  card: ModelCard,
  outputs: readonly OutputValues[],
  slot: number,
  batch: number,
): readonly OutputValues[] {
  if (batch === 1 || toRowPlaces(card.layout?.order).picture !== null) return outputs;
  return outputs
    .filter(({ dims }) => dims[0] === batch)
    .map((output) => {
      const size = output.data.length / batch;
      const data = output.data.subarray(slot * size, (slot + 1) * size);
      return { ...output, dims: [1, ...output.dims.slice(1)], data };
    });
}
