import { XunjieError } from '../domain/errors.ts';
import { countCells } from './grid.ts';
import type { Head, ModelCard } from './model-card.ts';
import { describeTensors, type Network, type OutputValues } from './network.ts';

/** Checks that a network takes what its card says. @throws XunjieError `bad_config`, `model_not_understood`. */
export function checkInputs(card: ModelCard, network: Pick<Network, 'inputs' | 'outputs'>): void {
  const [input] = network.inputs;
  if (network.inputs.length !== 1 || input?.type !== 'float32' || input.dims.length !== 4)
    throw new XunjieError(
      'model_not_understood',
      `model ${card.name}: head ${card.head} needs one input float32[1x3xHxW]; this model has ${describeTensors(network.inputs)}`,
    );
  const wanted = [1, 3, card.input.height, card.input.width];
  if (input.dims.some((dim, i) => typeof dim === 'number' && dim > 0 && dim !== wanted[i]))
    throw new XunjieError(
      'bad_config',
      `model ${card.name}: its card says input ${wanted.join('x')}, the file has ${describeTensors([input])}`,
    );
}

const toOutputDims: Readonly<Record<Head, (cells: number, labels: number) => readonly number[]>> = {
  yolox: (cells, labels) => [1, cells, 5 + labels],
  yolov8: (cells, labels) => [1, 4 + labels, cells],
};

/** Checks the size of an output before it is decoded. @throws XunjieError `model_not_understood`. */
export function checkOutput(card: ModelCard, output: OutputValues): void {
  const cells = countCells(card.input.width, card.input.height);
  const labels = card.labels.length;
  const wanted = toOutputDims[card.head](cells, labels);
  if (output.dims.length === wanted.length && wanted.every((dim, i) => dim === output.dims[i])) return;
  throw new XunjieError(
    'model_not_understood',
    `model ${card.name}: head ${card.head} with ${labels} labels expects an output of ${wanted.join('x')}; output "${output.name}" is ${output.dims.join('x')}`,
  );
}
