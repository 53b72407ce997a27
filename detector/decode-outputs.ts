import { decodeYolov8 } from './decode-yolov8.ts';
import { decodeYolox } from './decode-yolox.ts';
import type { Head, ModelCard } from './model-card.ts';
import type { OutputValues } from './network.ts';
import type { DecodeOptions, RawBox } from './raw-box.ts';

type Decoder = (outputs: readonly OutputValues[], options: DecodeOptions, card: ModelCard) => RawBox[];

const decoders: Readonly<Record<Head, Decoder>> = {
  yolox: ([output], options, card) =>
    output === undefined ? [] : decodeYolox(output.data, { ...options, decoded: card.decoded ?? false }),
  yolov8: ([output], options) => (output === undefined ? [] : decodeYolov8(output.data, options)),
};

/** Boxes that one picture's outputs hold, in input pixels, before suppression. @throws XunjieError `model_failed`. */
export function decodeOutputs(card: ModelCard, outputs: readonly OutputValues[], minScore: number): RawBox[] {
  const options = {
    inputWidth: card.input.width,
    inputHeight: card.input.height,
    labelCount: card.labels.length,
    minScore,
  };
  return decoders[card.head](outputs, options, card);
}

/** The part of a batch's outputs that belongs to one of its pictures; all of them when the batch is one. */
export function sliceOutputs(outputs: readonly OutputValues[], slot: number, batch: number): OutputValues[] {
  if (batch === 1) return [...outputs];
  return outputs.map(({ name, dims, data }) => {
    const size = data.length / batch;
    return { name, dims: [1, ...dims.slice(1)], data: data.subarray(slot * size, (slot + 1) * size) };
  });
}
