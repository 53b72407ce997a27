import { toMessage, XunjieError } from '../domain/errors.ts';
import { findInputs, toKnown } from './check-fit.ts';
import { findSelectedParts } from './decode-selected.ts';
import { createInputTensor } from './input-tensor.ts';
import type { InspectRequest } from './inspect-model.ts';
import type { Layout, ModelCard } from './model-card.ts';
import type { ModelFacts } from './model-facts.ts';
import {
  type InputValues,
  type Network,
  type OutputValues,
  openNetwork,
  type TensorFacts,
} from './network.ts';
import { readOnnxMetadata } from './onnx-metadata.ts';
import { toPlainOutputs } from './plain-outputs.ts';
import { toSideInputs } from './side-inputs.ts';

const defaultInputEdge = 640;

type Tried = Omit<ModelFacts, 'inputs' | 'outputs' | 'metadata'>;

/** Does the work of `inspectModel` in this thread, which it blocks. @throws XunjieError as that. */
export async function inspectHere(request: InspectRequest): Promise<ModelFacts> {
  const network = await openNetwork(request.weightsPath);
  try {
    const metadata = await readOnnxMetadata(request.weightsPath);
    const tried = await tryNetwork(network, metadata, request);
    return { ...tried, inputs: network.inputs, outputs: network.outputs, metadata };
  } finally {
    await network.release();
  }
}

async function tryNetwork(
  network: Network,
  metadata: Readonly<Record<string, string>>,
  request: InspectRequest,
): Promise<Tried> {
  const found = findInputs(network.inputs);
  if (found === null)
    return {
      picture: null,
      inputWidth: defaultInputEdge,
      inputHeight: defaultInputEdge,
      sizeFrom: 'nobody',
      trial: null,
      targetSize: null,
    };
  const { picture, facts, side } = found;
  const size = findSize(facts, picture.layout === 'planes' ? 2 : 1, metadata, request.size);
  const input: ModelCard['input'] = {
    width: size.inputWidth,
    height: size.inputHeight,
    colour: 'rgb',
    // Values of 0-1 lie inside every range that a model of floats may want.
    scale: picture.type === 'uint8' || picture.type === 'int8' ? '0-255' : '0-1',
    padding: { value: 0, align: 'stretch' },
  };
  const batch = picture.batch ?? 1;
  const tensor = createInputTensor(input, picture, batch);
  for (let slot = 0; slot < batch; slot++) tensor.write(request.picture, slot);
  const sides = toSideInputs({ input }, side, batch);
  const feeds = { ...sides, [picture.name]: tensor.take(batch) };
  const trial = toFirst((await runFirst(network, feeds, size)).outputs, batch);
  const wide = { width: input.width * stretch, height: input.height };
  const wideSize = toSideInputs({ input: wide }, side, batch)['orig_target_sizes'];
  const targetSize = await findTargetSize(network, feeds, wideSize, trial, batch);
  return { ...size, picture, trial, targetSize };
}

async function runFirst(
  network: Network,
  feeds: Readonly<Record<string, InputValues>>,
  { inputWidth, inputHeight, sizeFrom }: Pick<ModelFacts, 'inputWidth' | 'inputHeight' | 'sizeFrom'>,
): ReturnType<Network['run']> {
  try {
    return await network.run(feeds);
  } catch (error) {
    if (sizeFrom === 'the file') throw error;
    throw new XunjieError(
      'model_failed',
      `tried at ${inputWidth}x${inputHeight}, ${toMessage(error)}; the file leaves the size open but may bear only the one it was exported for: say it with --size`,
      { cause: error },
    );
  }
}

/** The first picture's outputs, copied, as the readers know them. */
function toFirst(outputs: readonly OutputValues[], batch: number): readonly OutputValues[] {
  return toPlainOutputs(outputs.map((output) => takeFirst(output, batch)));
}

function takeFirst(output: OutputValues, batch: number): OutputValues {
  const { dims, data } = output;
  if (batch === 1 || dims[0] !== batch) return { ...output, data: data.slice() };
  return { ...output, dims: [1, ...dims.slice(1)], data: data.slice(0, data.length / batch) };
}

/** How much longer one side of the picture is said to be in the run that tells the sides apart. */
const stretch = 4;

/** Runs once more with a picture said to be four times as wide, and sees whether the boxes become wider or taller. */
async function findTargetSize(
  network: Network,
  feeds: Readonly<Record<string, InputValues>>,
  wide: InputValues | undefined,
  trial: readonly OutputValues[],
  batch: number,
): Promise<Layout['targetSize'] | null> {
  const before = findSelectedParts(trial)?.boxes.data;
  if (wide === undefined || before === undefined) return null;
  const { outputs } = await network.run({ ...feeds, orig_target_sizes: wide });
  const after = findSelectedParts(toFirst(outputs, batch))?.boxes.data ?? before;
  const [isWider, isTaller] = [0, 1].map(
    (axis) => toReach(after, axis) / toReach(before, axis) > stretch / 2,
  );
  if (isWider) return 'width-height';
  return isTaller ? 'height-width' : null;
}

/** Largest far edge of any box along an axis. */
function toReach(boxes: Float32Array, axis: number): number {
  let reach = Number.MIN_VALUE;
  for (let at = 2 + axis; at < boxes.length; at += 4) reach = Math.max(reach, boxes[at] as number);
  return reach;
}

function findSize(
  { dims }: TensorFacts,
  heightAt: number,
  metadata: Readonly<Record<string, string>>,
  asked: InspectRequest['size'],
): Pick<ModelFacts, 'inputWidth' | 'inputHeight' | 'sizeFrom'> {
  const inputHeight = toKnown(dims[heightAt]);
  const inputWidth = toKnown(dims[heightAt + 1]);
  if (inputHeight !== null && inputWidth !== null) return { inputWidth, inputHeight, sizeFrom: 'the file' };
  const exported = readImageSize(metadata['imgsz']);
  const [width, height] = asked ?? exported ?? [defaultInputEdge, defaultInputEdge];
  const sizeFrom = asked === null ? (exported === null ? 'nobody' : 'its metadata') : 'you';
  return { inputWidth: inputWidth ?? width, inputHeight: inputHeight ?? height, sizeFrom };
}

/** Ultralytics writes `[height, width]`, or one number for both. */
function readImageSize(text: string | undefined): [width: number, height: number] | null {
  const match = /^\[?(\d+)(?:, ?(\d+))?\]?$/.exec(text?.trim() ?? '');
  if (match === null) return null;
  return [Number(match[2] ?? match[1]), Number(match[1])];
}
