import { once } from 'node:events';
import { type ErrorCode, toMessage, XunjieError } from '../domain/mod.ts';
import type { ModelFacts } from './model-facts.ts';
import { startWorker } from './start-worker.ts';

export interface InspectRequest {
  readonly weightsPath: string;
}

export type InspectReply =
  | { readonly type: 'facts'; readonly facts: ModelFacts }
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly message: string };

const inspectTimeoutMs = 120_000;

/**
 * Opens an ONNX file in a worker thread, runs it once on grey and reports what it saw.
 * @throws XunjieError `model_not_understood` for a file that is no model, `model_failed` when it cannot be run.
 */
export async function inspectModel(weightsPath: string): Promise<ModelFacts> {
  const request: InspectRequest = { weightsPath };
  const worker = startWorker('inspect-worker', request);
  try {
    const [reply] = (await once(worker, 'message', { signal: AbortSignal.timeout(inspectTimeoutMs) })) as [
      InspectReply,
    ];
    if (reply.type === 'refused') throw new XunjieError(reply.code, reply.message);
    return reply.facts;
  } catch (error) {
    if (error instanceof XunjieError) throw error;
    const cause =
      error instanceof Error && error.name === 'AbortError' ? 'no answer within 120 s' : toMessage(error);
    throw new XunjieError('model_failed', `${weightsPath} could not be tried: ${cause}`, { cause: error });
  } finally {
    await worker.terminate();
  }
}
