import { parentPort, workerData } from 'node:worker_threads';
import { toMessage, XunjieError } from '../domain/errors.ts';
import { inspectHere } from './inspect-here.ts';
import type { InspectReply, InspectRequest } from './inspect-model.ts';

async function answer(): Promise<InspectReply> {
  try {
    return { type: 'facts', facts: await inspectHere(workerData as InspectRequest) };
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
