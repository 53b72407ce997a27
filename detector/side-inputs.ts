import { XunjieError } from '../domain/errors.ts';
import { toHalf } from './half-float.ts';
import type { Layout, ModelCard } from './model-card.ts';
import type { InputValues, TensorFacts } from './network.ts';

/** The parts of a card that count here. */
interface Target {
  readonly input: Pick<ModelCard['input'], 'width' | 'height'>;
  readonly layout?: Layout | undefined;
}

/**
 * Values of the small inputs beside the picture. All of them are told that the picture is as large as the input: boxes
 * then leave the model in input pixels, and the letterbox is undone here, as for every other head.
 */
const toNumbers: Readonly<Record<string, (target: Target) => readonly number[]>> = {
  // RT-DETR, D-FINE and DEIM multiply their boxes by it: width first in their own programs.
  orig_target_sizes({ input, layout }) {
    const size = [input.width, input.height];
    return layout?.targetSize === 'height-width' ? size.toReversed() : size;
  },
  // PaddleDetection: height and width after resizing, and by how much they were resized.
  im_shape: ({ input }) => [input.height, input.width],
  scale_factor: () => [1, 1],
};

const pixelMask = 'pixel_mask';

export function isSideInput({ name, dims }: Pick<TensorFacts, 'name' | 'dims'>): boolean {
  return (name in toNumbers && dims.length === 2) || (name === pixelMask && dims.length === 3);
}

/** Builds them for a batch. @throws XunjieError `model_not_understood` for an element type that holds no sizes. */
export function toSideInputs(
  card: Target,
  inputs: readonly TensorFacts[],
  batch: number,
): Record<string, InputValues> {
  return Object.fromEntries(inputs.map((input) => [input.name, toValues(card, input, batch)]));
}

function toValues(card: Target, { name, type, dims }: TensorFacts, batch: number): InputValues {
  if (name === pixelMask) {
    const height = toFixedSize(dims[1]) ?? card.input.height;
    const width = toFixedSize(dims[2]) ?? card.input.width;
    const all = Array.from({ length: batch * height * width }, () => 1);
    return toTensorValues(name, type, [batch, height, width], all);
  }
  const numbers = toNumbers[name]?.(card) ?? [];
  const all = Array.from({ length: batch }, () => numbers).flat();
  return toTensorValues(name, type, [batch, numbers.length], all);
}

function toFixedSize(dim: number | string | undefined): number | null {
  return typeof dim === 'number' && dim > 0 ? dim : null;
}

function toTensorValues(
  name: string,
  type: string,
  dims: readonly number[],
  numbers: readonly number[],
): InputValues {
  switch (type) {
    case 'float32':
      return { type, dims, data: Float32Array.from(numbers) };
    case 'float16':
      return { type, dims, data: Uint16Array.from(numbers, toHalf) };
    case 'int64':
      return { type, dims, data: BigInt64Array.from(numbers, BigInt) };
    case 'int32':
      return { type, dims, data: Int32Array.from(numbers) };
    default:
      throw new XunjieError('model_not_understood', `input "${name}" wants ${type}, which is not known here`);
  }
}
