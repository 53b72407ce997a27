import { parentPort, workerData } from 'node:worker_threads';
import { toMessage, XunjieError } from '../domain/errors.ts';
import type { Report } from './label-detection.ts';
import { openPictureModel, type PictureModel } from './picture-model.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './worker-messages.ts';

type DetectRequest = Extract<ToWorker, { type: 'detect' }>;

function say(message: FromWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
  parentPort?.postMessage(message);
}

function toFailure(error: unknown): Pick<Extract<FromWorker, { type: 'failed' }>, 'code' | 'message'> {
  const code = error instanceof XunjieError ? error.code : 'model_failed';
  return { code, message: toMessage(error) };
}

async function detect(model: PictureModel<Report>, request: DetectRequest): Promise<void> {
  const { pixelWidth, pixelHeight } = request;
  const pixels = new Uint8Array(request.pixels, 0, pixelWidth * pixelHeight * 3);
  const { found, timing } = await model.detect([{ pixels, pixelWidth, pixelHeight }]);
  say({ type: 'done', job: request.job, detections: found[0] ?? [], timing });
}

async function serve(): Promise<void> {
  const port = parentPort;
  if (port === null) return;
  const model = await openPictureModel<Report>(workerData as WorkerSetup).catch((error: unknown) => {
    say({ type: 'refused', ...toFailure(error) });
    return null;
  });
  if (model === null) return;
  let last: Promise<void> = Promise.resolve();
  port.on('message', (request: ToWorker) => {
    switch (request.type) {
      case 'detect':
        last = last.then(() =>
          detect(model, request).catch((error: unknown) => {
            say({ type: 'failed', job: request.job, ...toFailure(error) });
          }),
        );
        break;
      case 'close':
        last = last.then(() => model.release()).finally(() => port.close());
        break;
    }
  });
  say({ type: 'ready' });
}

await serve();
