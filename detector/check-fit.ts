import { XunjieError } from '../domain/errors.ts';
import { type InputFormat, inputTypes } from './input-tensor.ts';
import type { ModelCard } from './model-card.ts';
import { describeTensors, type InputValues, type Network, type TensorFacts } from './network.ts';
import { isSideInput, toSideInputs } from './side-inputs.ts';

/** How a network wants its pictures. */
export interface PictureInput extends InputFormat {
  readonly name: string;
  /** Pictures it takes at once; `null` when the file leaves it open. */
  readonly batch: number | null;
}

/** The inputs of a network: pictures, and what goes with them for a batch of so many. */
export interface ModelInputs {
  readonly picture: PictureInput;
  toSideInputs(batch: number): Readonly<Record<string, InputValues>>;
}

/** Checks that a network takes what its card says. @throws XunjieError `bad_config`, `model_not_understood`. */
export function checkInputs(card: ModelCard, network: Pick<Network, 'inputs'>): ModelInputs {
  const found = findInputs(network.inputs);
  if (found === null)
    throw new XunjieError(
      'model_not_understood',
      `model ${card.name}: ${describeNeeds()}; this model has ${describeTensors(network.inputs)}`,
    );
  const { picture, facts, side } = found;
  const size = [card.input.height, card.input.width];
  const wanted = picture.layout === 'planes' ? [null, 3, ...size] : [null, ...size, 3];
  if (facts.dims.some((dim, i) => i > 0 && typeof dim === 'number' && dim > 0 && dim !== wanted[i]))
    throw new XunjieError(
      'bad_config',
      `model ${card.name}: its card says input ${wanted.map((dim) => dim ?? picture.batch ?? 'N').join('x')}, the file has ${describeTensors([facts])}`,
    );
  return { picture, toSideInputs: (batch) => toSideInputs(card, side, batch) };
}

export function describeNeeds(): string {
  return `a model needs one input for pictures, ${inputTypes.join(' or ')}[Nx3xHxW], and beside it none but orig_target_sizes, im_shape, scale_factor or pixel_mask`;
}

/** Tells the input for pictures from those that go with it; `null` when there is none or an unknown one. */
export function findInputs(
  inputs: readonly TensorFacts[],
): { picture: PictureInput; facts: TensorFacts; side: TensorFacts[] } | null {
  const side = inputs.filter(isSideInput);
  const [facts, ...others] = inputs.filter((input) => !side.includes(input));
  const picture = facts === undefined || others.length > 0 ? null : toPictureInput(facts);
  return facts === undefined || picture === null ? null : { picture, facts, side };
}

function toPictureInput({ name, type, dims }: TensorFacts): PictureInput | null {
  const inputType = inputTypes.find((known) => known === type);
  if (inputType === undefined || dims.length !== 4) return null;
  const layout = dims[3] === 3 && dims[1] !== 3 ? 'pixels' : 'planes';
  const channels = toKnown(dims[layout === 'planes' ? 1 : 3]);
  if (channels !== null && channels !== 3) return null;
  return { name, type: inputType, layout, batch: toKnown(dims[0]) };
}

/** A size that the file fixes, or `null`. */
export function toKnown(dim: number | string | undefined): number | null {
  return typeof dim === 'number' && dim > 0 ? dim : null;
}
