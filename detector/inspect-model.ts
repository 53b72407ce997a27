import { once } from 'node:events';
import { type ErrorCode, toMessage, XunjieError } from '../domain/mod.ts';
import type { ModelFacts } from './model-facts.ts';
import type { Picture } from './picture.ts';
import { startWorker } from './start-worker.ts';

export interface InspectRequest {
  readonly weightsPath: string;
  /** Size to try a model with whose file leaves it open. */
  readonly size: readonly [width: number, height: number] | null;
  /** Picture of the trial run. */
  readonly picture: Picture;
}

export type InspectReply =
  | { readonly type: 'facts'; readonly facts: ModelFacts }
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly message: string };

const inspectTimeoutMs = 300_000;

/**
 * Opens an ONNX file in a worker thread, runs it once on a picture and reports what it saw.
 * @throws XunjieError `model_not_understood` for a file that is no model, `model_failed` when it cannot be run.
 */
export async function inspectModel(request: InspectRequest): Promise<ModelFacts> {
  const reply = await askWorker<InspectReply>('inspect-worker', request, request.weightsPath);
  if (reply.type === 'refused') throw new XunjieError(reply.code, reply.message);
  return reply.facts;
}

/** Starts a worker for one question and ends it after its answer. @throws XunjieError `model_failed`. */
export async function askWorker<Reply>(
  file: Parameters<typeof startWorker>[0],
  request: unknown,
  weightsPath: string,
): Promise<Reply> {
  const worker = startWorker(file, request);
  try {
    const [reply] = (await Promise.race([
      once(worker, 'message', { signal: AbortSignal.timeout(inspectTimeoutMs) }),
      // A runtime that kills its thread says nothing else.
      once(worker, 'exit').then(([code]: unknown[]) => {
        throw new Error(`its thread ended with exit code ${String(code)}`);
      }),
    ])) as [Reply];
    return reply;
  } catch (error) {
    const cause =
      error instanceof Error && error.name === 'AbortError'
        ? `no answer within ${inspectTimeoutMs / 1000} s`
        : toMessage(error);
    throw new XunjieError('model_failed', `${weightsPath} could not be tried: ${cause}`, { cause: error });
  } finally {
    await worker.terminate();
  }
}
