import { InferenceSession, Tensor } from 'onnxruntime-node';
import { toMessage, XunjieError } from '../domain/errors.ts';

/** Name, element type and size of one input or output; a size that the file leaves open is a word or -1. */
export interface TensorFacts {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly (number | string)[];
}

/** The values of one output after a run. */
export interface OutputValues {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** An open ONNX session. The only place that knows onnxruntime; runs block their thread, so it lives in workers. */
export interface Network {
  readonly inputs: readonly TensorFacts[];
  readonly outputs: readonly TensorFacts[];
  /** Feeds the first input, returns the first output. */
  run(data: Float32Array, dims: readonly number[]): Promise<OutputValues>;
  release(): Promise<void>;
}

/** @throws XunjieError `model_not_understood` when the runtime cannot read the file or lacks one of its operators. */
export async function openNetwork(weightsPath: string): Promise<Network> {
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(weightsPath, {
      executionProviders: ['cpu'],
      // Measured: side-by-side sessions on one thread each beat one session on several threads.
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      logSeverityLevel: 4,
    });
  } catch (error) {
    throw new XunjieError(
      'model_not_understood',
      `${weightsPath} cannot be opened as an ONNX model: ${toOneLine(error)}`,
      {
        cause: error,
      },
    );
  }
  const outputs = session.outputMetadata.map(toFacts);
  return {
    inputs: session.inputMetadata.map(toFacts),
    outputs,
    async run(data, dims) {
      const input = session.inputNames[0];
      const output = session.outputNames[0];
      if (input === undefined || output === undefined)
        throw new XunjieError('model_not_understood', `${weightsPath} has no input or no output`);
      const results = await runSession(session, input, new Tensor('float32', data, dims), output);
      if (!(results.data instanceof Float32Array))
        throw new XunjieError(
          'model_not_understood',
          `output "${output}" holds ${results.type}; only float32 is read`,
        );
      return { name: output, dims: results.dims, data: results.data };
    },
    release: () => session.release(),
  };
}

async function runSession(
  session: InferenceSession,
  input: string,
  tensor: Tensor,
  output: string,
): Promise<Tensor> {
  try {
    const results = await session.run({ [input]: tensor }, [output]);
    const result = results[output];
    if (result === undefined) throw new Error(`no output "${output}" came back`);
    return result;
  } catch (error) {
    throw new XunjieError('model_failed', `the model could not be run: ${toOneLine(error)}`, {
      cause: error,
    });
  }
}

function toFacts(metadata: InferenceSession.ValueMetadata): TensorFacts {
  return metadata.isTensor
    ? { name: metadata.name, type: metadata.type, dims: [...metadata.shape] }
    : { name: metadata.name, type: 'not a tensor', dims: [] };
}

function toOneLine(error: unknown): string {
  return toMessage(error).replaceAll(/\s+/g, ' ').trim().slice(0, 300);
}

/** Writes tensors as people read them: `output float32[1x3549x85]`. */
export function describeTensors(tensors: readonly TensorFacts[]): string {
  return tensors
    .map((tensor) => `${tensor.name} ${tensor.type}[${tensor.dims.map(toSize).join('x')}]`)
    .join(', ');
}

function toSize(dim: number | string): string {
  return typeof dim === 'number' && dim >= 0 ? String(dim) : '?';
}
