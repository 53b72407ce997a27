import { XunjieError } from '../domain/errors.ts';
import { countCells } from './grid.ts';
import { type InputFormat, inputTypes } from './input-tensor.ts';
import type { Head, ModelCard } from './model-card.ts';
import { describeTensors, type Network, type OutputValues, type TensorFacts } from './network.ts';

/** How a network wants its pictures. */
export interface PictureInput extends InputFormat {
  readonly name: string;
  /** Pictures it takes at once; `null` when the file leaves it open. */
  readonly batch: number | null;
}

/** Checks that a network takes what its card says. @throws XunjieError `bad_config`, `model_not_understood`. */
export function checkInputs(card: ModelCard, network: Pick<Network, 'inputs'>): PictureInput {
  const [input] = network.inputs;
  const picture = input === undefined ? null : toPictureInput(input);
  if (network.inputs.length !== 1 || input === undefined || picture === null)
    throw new XunjieError(
      'model_not_understood',
      `model ${card.name}: head ${card.head} needs one input, a picture ${inputTypes.join(' or ')}[Nx3xHxW]; this model has ${describeTensors(network.inputs)}`,
    );
  const size = [card.input.height, card.input.width];
  const wanted = picture.layout === 'planes' ? [null, 3, ...size] : [null, ...size, 3];
  if (input.dims.some((dim, i) => i > 0 && typeof dim === 'number' && dim > 0 && dim !== wanted[i]))
    throw new XunjieError(
      'bad_config',
      `model ${card.name}: its card says input ${wanted.map((dim) => dim ?? picture.batch ?? 'N').join('x')}, the file has ${describeTensors([input])}`,
    );
  return picture;
}

/** Reads an input as one for pictures; `null` when it is none. */
export function toPictureInput({ name, type, dims }: TensorFacts): PictureInput | null {
  const inputType = inputTypes.find((known) => known === type);
  if (inputType === undefined || dims.length !== 4) return null;
  const layout = dims[1] === 3 || dims[3] !== 3 ? 'planes' : 'pixels';
  const channels = toKnown(dims[layout === 'planes' ? 1 : 3]);
  if (channels !== null && channels !== 3) return null;
  return { name, type: inputType, layout, batch: toKnown(dims[0]) };
}

/** A size that the file fixes, or `null`. */
export function toKnown(dim: number | string | undefined): number | null {
  return typeof dim === 'number' && dim > 0 ? dim : null;
}

const toOutputDims: Readonly<Record<Head, (cells: number, labels: number) => readonly number[]>> = {
  yolox: (cells, labels) => [cells, 5 + labels],
  yolov8: (cells, labels) => [4 + labels, cells],
};

/** Checks the size of the outputs before they are decoded. @throws XunjieError `model_not_understood`. */
export function checkOutputs(card: ModelCard, outputs: readonly OutputValues[], batch: number): void {
  const [output] = outputs;
  const cells = countCells(card.input.width, card.input.height);
  const labels = card.labels.length;
  const wanted = [batch, ...toOutputDims[card.head](cells, labels)];
  if (output?.dims.length === wanted.length && wanted.every((dim, i) => dim === output.dims[i])) return;
  throw new XunjieError(
    'model_not_understood',
    `model ${card.name}: head ${card.head} with ${labels} labels expects an output of ${wanted.join('x')}; output "${output?.name}" is ${output?.dims.join('x')}`,
  );
}
