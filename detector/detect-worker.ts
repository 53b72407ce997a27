import { parentPort, workerData } from 'node:worker_threads';
import { toMessage, XunjieError } from '../domain/errors.ts';
import { checkInputs, checkOutput } from './check-fit.ts';
import { createInputTensor, type InputTensor } from './input-tensor.ts';
import { type Network, openNetwork } from './network.ts';
import { toDetections } from './to-detections.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './worker-messages.ts';

type DetectRequest = Extract<ToWorker, { type: 'detect' }>;

const { card, weightsPath } = workerData as WorkerSetup;

function say(message: FromWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
  parentPort?.postMessage(message);
}

function toFailure(error: unknown): Pick<Extract<FromWorker, { type: 'failed' }>, 'code' | 'message'> {
  const code = error instanceof XunjieError ? error.code : 'model_failed';
  return { code, message: toMessage(error) };
}

async function detect(network: Network, tensor: InputTensor, request: DetectRequest): Promise<void> {
  const startedAt = performance.now();
  const { pixelWidth, pixelHeight } = request;
  const pixels = new Uint8Array(request.pixels, 0, pixelWidth * pixelHeight * 3);
  const letterbox = tensor.write({ pixels, pixelWidth, pixelHeight });
  const filledAt = performance.now();
  const output = await network.run(tensor.data, tensor.dims);
  const inferredAt = performance.now();
  checkOutput(card, output);
  const detections = toDetections(card, output.data, letterbox);
  say({
    type: 'done',
    job: request.job,
    detections,
    timing: {
      prepareMs: filledAt - startedAt,
      inferMs: inferredAt - filledAt,
      decodeMs: performance.now() - inferredAt,
    },
  });
}

/** Opens the model and runs it once on grey, so that a card that does not fit is refused before the first camera. */
async function open(): Promise<{ network: Network; tensor: InputTensor }> {
  const network = await openNetwork(weightsPath);
  checkInputs(card, network);
  const tensor = createInputTensor(card.input);
  const { width: pixelWidth, height: pixelHeight } = card.input;
  tensor.write({ pixels: new Uint8Array(pixelWidth * pixelHeight * 3).fill(128), pixelWidth, pixelHeight });
  checkOutput(card, await network.run(tensor.data, tensor.dims));
  return { network, tensor };
}

async function serve(): Promise<void> {
  const port = parentPort;
  if (port === null) return;
  const opened = await open().catch((error: unknown) => {
    say({ type: 'refused', ...toFailure(error) });
    return null;
  });
  if (opened === null) return;
  const { network, tensor } = opened;
  let last: Promise<void> = Promise.resolve();
  port.on('message', (request: ToWorker) => {
    switch (request.type) {
      case 'detect':
        last = last.then(() =>
          detect(network, tensor, request).catch((error: unknown) => {
            say({ type: 'failed', job: request.job, ...toFailure(error) });
          }),
        );
        break;
      case 'close':
        last = last.then(() => network.release()).finally(() => port.close());
        break;
    }
  });
  say({ type: 'ready' });
}

await serve();
