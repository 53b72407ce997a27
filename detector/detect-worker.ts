import { parentPort, workerData } from 'node:worker_threads';
import { toMessage, XunjieError } from '../domain/errors.ts';
import type { Report } from './label-detection.ts';
import { lowerThreadPriority } from './lower-priority.ts';
import { openOnProvider } from './open-on-provider.ts';
import type { Picture } from './picture.ts';
import type { PictureModel } from './picture-model.ts';
import type { Answer, FromWorker, JobTiming, SlotPicture, ToWorker, WorkerSetup } from './worker-messages.ts';

/** How much nicer than the main thread, which serves all cameras and is idle most of the time. */
const niceness = 7;

type DetectJob = Extract<ToWorker, { type: 'detect' }>;

const slots: SharedArrayBuffer[] = [];

function say(message: FromWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
  parentPort?.postMessage(message);
}

function toFailure(error: unknown): Extract<Answer, { code: unknown }> {
  const code = error instanceof XunjieError ? error.code : 'model_failed';
  return { code, message: toMessage(error) };
}

function toPicture({ slot, pixelWidth, pixelHeight }: SlotPicture): Picture {
  const memory = slots[slot] ?? new SharedArrayBuffer(0);
  return { pixels: new Uint8Array(memory, 0, pixelWidth * pixelHeight * 3), pixelWidth, pixelHeight };
}

interface Answered {
  readonly answers: readonly Answer[];
  readonly timing: JobTiming;
}

const noTiming: JobTiming = { prepareMs: 0, inferMs: 0, decodeMs: 0 };

/** Answers every picture. When a batch fails, each of its pictures is tried alone: the fault is one's, the others have their answers. */
async function detect(model: PictureModel<Report>, pictures: readonly Picture[]): Promise<Answered> {
  // The batch that a file seems to allow can fall to one while jobs are on their way.
  if (pictures.length > model.maxBatch) return detectEach(model, pictures);
  try {
    const { found, timing } = await model.detect(pictures);
    return { answers: pictures.map((_, i) => ({ detections: found[i] ?? [] })), timing };
  } catch (error) {
    if (pictures.length > 1) return detectEach(model, pictures);
    return { answers: [toFailure(error)], timing: noTiming };
  }
}

async function detectEach(model: PictureModel<Report>, pictures: readonly Picture[]): Promise<Answered> {
  const answers: Answer[] = [];
  const total = { ...noTiming };
  for (const picture of pictures) {
    const { answers: one, timing } = await detect(model, [picture]);
    answers.push(...one);
    for (const key of ['prepareMs', 'inferMs', 'decodeMs'] as const) total[key] += timing[key];
  }
  return { answers, timing: total };
}

async function answer(model: PictureModel<Report>, { job, pictures }: DetectJob): Promise<void> {
  const answered = await detect(model, pictures.map(toPicture));
  say({ type: 'done', job, ...answered, maxBatch: model.maxBatch });
}

async function serve(): Promise<void> {
  const port = parentPort;
  if (port === null) return;
  lowerThreadPriority(niceness);
  const setup = workerData as WorkerSetup;
  const opened = await openOnProvider<Report>(setup, setup).catch((error: unknown) => {
    say({ type: 'refused', ...toFailure(error) });
    return null;
  });
  if (opened === null) return;
  const { model, provider, skipped, steps } = opened;
  let last: Promise<void> = Promise.resolve();
  port.on('message', (request: ToWorker) => {
    switch (request.type) {
      case 'slot':
        // Free at this moment: the jobs before that used it are answered.
        slots[request.slot] = request.pixels;
        break;
      case 'detect':
        last = last.then(() => answer(model, request));
        break;
      case 'close':
        last = last.then(() => model.release()).finally(() => port.close());
        break;
    }
  });
  say({ type: 'ready', provider, skipped, steps, maxBatch: model.maxBatch });
}

await serve();
