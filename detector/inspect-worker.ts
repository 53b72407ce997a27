import { parentPort, workerData } from 'node:worker_threads';
import { toMessage, XunjieError } from '../domain/errors.ts';
import type { InspectReply, InspectRequest } from './inspect-model.ts';
import type { ModelFacts } from './model-facts.ts';
import { type Network, openNetwork } from './network.ts';
import { readOnnxMetadata } from './onnx-metadata.ts';

const defaultInputEdge = 640;
const grey = 114;

async function inspect(weightsPath: string): Promise<ModelFacts> {
  const network = await openNetwork(weightsPath);
  try {
    const metadata = await readOnnxMetadata(weightsPath);
    return {
      ...(await tryNetwork(network, metadata)),
      inputs: network.inputs,
      outputs: network.outputs,
      metadata,
    };
  } finally {
    await network.release();
  }
}

async function tryNetwork(
  network: Network,
  metadata: Readonly<Record<string, string>>,
): Promise<Pick<ModelFacts, 'inputWidth' | 'inputHeight' | 'openInput' | 'trial'>> {
  const dims = network.inputs[0]?.dims ?? [];
  const [exportedHeight, exportedWidth] = readImageSize(metadata['imgsz']);
  const inputHeight = toFixed(dims[2]) ?? exportedHeight;
  const inputWidth = toFixed(dims[3]) ?? exportedWidth;
  const size = { inputWidth, inputHeight, openInput: toFixed(dims[2]) === null || toFixed(dims[3]) === null };
  const takesOnePicture =
    network.inputs.length === 1 &&
    network.inputs[0]?.type === 'float32' &&
    network.outputs[0]?.type === 'float32' &&
    dims.length === 4 &&
    (toFixed(dims[0]) ?? 1) === 1 &&
    (toFixed(dims[1]) ?? 3) === 3;
  if (!takesOnePicture) return { ...size, trial: null };
  // Grey in the middle of whichever range the model wants would be a guess; 114 / 255 is inside both.
  const data = new Float32Array(3 * inputWidth * inputHeight).fill(grey / 255);
  const name = network.inputs[0]?.name ?? '';
  const result = await network.run({
    [name]: { type: 'float32', data, dims: [1, 3, inputHeight, inputWidth] },
  });
  return { ...size, trial: result.outputs[0] ?? null };
}

/** Ultralytics writes `[height, width]`. */
function readImageSize(text: string | undefined): [height: number, width: number] {
  const match = /^\[(\d+), ?(\d+)\]$/.exec(text ?? '');
  return match === null ? [defaultInputEdge, defaultInputEdge] : [Number(match[1]), Number(match[2])];
}

function toFixed(dim: number | string | undefined): number | null {
  return typeof dim === 'number' && dim > 0 ? dim : null;
}

async function answer(): Promise<InspectReply> {
  try {
    return { type: 'facts', facts: await inspect((workerData as InspectRequest).weightsPath) };
  } catch (error) {
    return {
      type: 'refused',
      code: error instanceof XunjieError ? error.code : 'model_failed',
      message: toMessage(error),
    };
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
parentPort?.postMessage(await answer());
