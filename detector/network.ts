import { InferenceSession, Tensor } from 'onnxruntime-node';
import { toMessage, XunjieError } from '../domain/errors.ts';
import { fromHalves } from './half-float.ts';

/** Name, element type and size of one input or output; a size that the file leaves open is a word or -1. */
export interface TensorFacts {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly (number | string)[];
}

/** Values for one input. Halves are given as their bits. */
export interface InputValues {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | Uint16Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;
}

/** The values of one output after a run, whatever its element type. */
export interface OutputValues {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** All outputs in the order of `Network.outputs`. Dispose it when they are read: the values are gone then. */
export interface RunResult {
  readonly outputs: readonly OutputValues[];
  dispose(): void;
}

/** An open ONNX session. The only place that knows onnxruntime; runs block their thread, so it lives in workers. */
export interface Network {
  readonly inputs: readonly TensorFacts[];
  readonly outputs: readonly TensorFacts[];
  /** Feeds every input by its name. @throws XunjieError `model_failed`, `model_not_understood`. */
  run(inputs: Readonly<Record<string, InputValues>>): Promise<RunResult>;
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
  return toNetwork(session);
}

function toNetwork(session: InferenceSession): Network {
  const outputs = session.outputMetadata.map(toFacts);
  return {
    inputs: session.inputMetadata.map(toFacts),
    outputs,
    async run(inputs) {
      const feeds = Object.entries(inputs).map(([name, values]) => [name, toTensor(values)] as const);
      const results = await runSession(session, Object.fromEntries(feeds));
      const read = outputs.map(({ name }) => {
        const result = results[name];
        if (result === undefined) throw new XunjieError('model_failed', `the model gave no output "${name}"`);
        return { name, dims: result.dims, data: toFloats(name, result) };
      });
      return {
        outputs: read,
        dispose() {
          for (const result of Object.values(results)) result.dispose();
        },
      };
    },
    release: () => session.release(),
  };
}

async function runSession(
  session: InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<InferenceSession.OnnxValueMapType> {
  try {
    return await session.run(feeds);
  } catch (error) {
    throw new XunjieError('model_failed', `the model could not be run: ${toOneLine(error)}`, {
      cause: error,
    });
  }
}

function toTensor({ type, data, dims }: InputValues): Tensor {
  // The runtime's types know pairs of type and array only; a card checked against the file gives no other.
  return new Tensor(type as 'float32', data as Float32Array, dims);
}

/** Values of any numeric output as floats: labels and counts are small enough to be exact. */
function toFloats(name: string, tensor: Tensor): Float32Array {
  const { data } = tensor;
  if (data instanceof Float32Array) return data;
  if (tensor.type === 'float16' && ArrayBuffer.isView(data))
    // Newer Nodes give a Float16Array; its bits are the same.
    return fromHalves(new Uint16Array(data.buffer, data.byteOffset, data.length));
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float32Array.from(data, Number);
  if (ArrayBuffer.isView(data)) return Float32Array.from(data as Int32Array);
  throw new XunjieError('model_not_understood', `output "${name}" holds ${tensor.type}, not numbers`);
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
