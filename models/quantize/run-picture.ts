import { createInputTensor, type ModelCard, openNetwork, type Picture } from '../../detector/mod.ts';
import { XunjieError } from '../../domain/mod.ts';

type Network = Awaited<ReturnType<typeof openNetwork>>;

/** A model that takes one picture at a time and gives its bare outputs. It blocks its thread: for commands only. */
export interface Runner {
  run(picture: Picture): ReturnType<Network['run']>;
  release(): Promise<void>;
}

/** @throws XunjieError `model_not_understood`. */
export async function openRunner(file: string, card: ModelCard): Promise<Runner> {
  const network = await openNetwork(file);
  const [input] = network.inputs;
  if (input?.type !== 'float32') {
    await network.release();
    throw new XunjieError(
      'model_not_understood',
      `model ${card.name} cannot be quantised: its input is ${input?.type ?? 'missing'}, not float32`,
    );
  }
  const layout = input.dims[3] === 3 && input.dims[1] !== 3 ? 'pixels' : 'planes';
  const [batch] = input.dims;
  const slots = typeof batch === 'number' && batch > 1 ? batch : 1;
  const tensor = createInputTensor(card.input, { type: 'float32', layout }, slots);
  return {
    run(picture) {
      for (let slot = 0; slot < slots; slot++) tensor.write(picture, slot);
      return network.run({ [input.name]: tensor.take(slots) });
    },
    release: () => network.release(),
  };
}
