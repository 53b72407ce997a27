import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { env, InferenceSession, listSupportedBackends, Tensor } from 'onnxruntime-node';
import { toMessage, XunjieError } from '../domain/errors.ts';
import { fromHalves } from './half-float.ts';
import type { Provider, ProviderFacts } from './provider.ts';
import { readStepCounts, type StepCounts } from './provider-share.ts';

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
  /** Element type in the file. */
  readonly type: string;
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
  /** Who ran the steps of the runs so far; can be asked once, and only of a provider other than `cpu`. */
  countSteps(): Promise<StepCounts>;
  release(): Promise<void>;
}

/** Who runs a session, and on how many threads where that is the processor. */
export interface SessionSetup {
  readonly provider: Provider;
  readonly threads: number;
}

// Measured: side-by-side sessions on one thread each beat one session on several threads.
const plainSetup: SessionSetup = { provider: 'cpu', threads: 1 };

// A provider that cannot be loaded is ours to report, once and in our words.
env.logLevel = 'fatal';

/** @throws XunjieError `model_not_understood` when the runtime cannot read the file or lacks one of its operators. */
export async function openNetwork(weightsPath: string, setup: SessionSetup = plainSetup): Promise<Network> {
  const { provider, threads } = setup;
  const profileDir = provider === 'cpu' ? null : await mkdtemp(path.join(tmpdir(), 'xunjie-profile-'));
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(weightsPath, {
      // Steps that a provider does not take fall to the processor by themselves.
      executionProviders: [provider],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      logSeverityLevel: 4,
      ...(profileDir !== null && {
        enableProfiling: true,
        profileFilePrefix: path.join(profileDir, 'profile'),
      }),
    });
  } catch (error) {
    if (profileDir !== null) await rm(profileDir, { recursive: true, force: true });
    throw new XunjieError(
      'model_not_understood',
      `${weightsPath} cannot be opened as an ONNX model: ${toOneLine(error)}${adviseOnOpening(error)}`,
      {
        cause: error,
      },
    );
  }
  return toNetwork(session, profileDir);
}

function adviseOnOpening(error: unknown): string {
  const reason = toMessage(error);
  if (/_TRT\b|\bTRT:/.test(reason))
    return '; that step is known to TensorRT alone: export the model without suppression inside, or with that of ONNX (YOLOv7: --max-wh)';
  if (
    /tensor\(float(?:16)?\)\) of output arg .*does not match expected type \(tensor\(float(?:16)?\)\)/s.test(
      reason,
    )
  )
    return '; whatever made half floats of the model left a step with single ones, so that no runtime can read it: convert it with onnxruntime.transformers.float16, or keep that step from it';
  if (/Unsupported model IR version|opset \d+ is under development/i.test(reason))
    return '; it is written in a newer ONNX than this runtime reads: export it with opset 17, and a file version of 10 (in Python: model.ir_version = 10)';
  if (/Unrecognized attribute: \w+ for operator (?:De)?[Qq]uantize/.test(reason))
    return '; numbers quantised for each channel came with opset 13, and the file says an older one: convert it first (in Python: onnx.version_converter.convert_version(model, 13)), then quantise';
  if (/Protobuf parsing failed|does not have a graph/.test(reason))
    return '; it is no ONNX file, or it was cut short on its way here: compare its size with the original';
  return /is not a registered function\/op|No Op registered for/.test(reason)
    ? '; that step is of no ONNX that runtimes share: export the model without it'
    : '';
}

/** What this build of the runtime can use. */
export function readProviderFacts(): ProviderFacts {
  return {
    built: listSupportedBackends().map(({ name }) => name),
    platform: `${process.platform}/${process.arch}`,
    hasLibraries(provider) {
      if (provider !== 'cuda' && provider !== 'tensorrt') return null;
      const main = createRequire(import.meta.url).resolve('onnxruntime-node');
      const library = `../bin/napi-v6/${process.platform}/${process.arch}/libonnxruntime_providers_${provider}.so`;
      return process.platform !== 'linux' || existsSync(path.join(path.dirname(main), library));
    },
  };
}

function toNetwork(session: InferenceSession, profileDir: string | null): Network {
  const dropProfile = async (): Promise<void> => {
    if (profileDir !== null) await rm(profileDir, { recursive: true, force: true });
  };
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
        return { name, type: result.type, dims: result.dims, data: toFloats(name, result) };
      });
      return {
        outputs: read,
        dispose() {
          for (const result of Object.values(results)) result.dispose();
        },
      };
    },
    async countSteps() {
      if (profileDir === null) return {};
      session.endProfiling();
      try {
        return await readStepCounts(profileDir);
      } finally {
        await dropProfile();
      }
    },
    async release() {
      await session.release();
      await dropProfile();
    },
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

const shownFirst = 300;
const shownLast = 150;

function toOneLine(error: unknown): string {
  const line = dropPlace(toMessage(error).replaceAll(/\s+/g, ' ')).trim();
  // Whose it is stands at the beginning of the runtime's sentences, and what is wrong often at their end.
  return line.length <= shownFirst + shownLast
    ? line
    : `${line.slice(0, shownFirst)} ... ${line.slice(-shownLast)}`;
}

/** Without the place in the runtime's own source, whose signature is often longer than what is said of the model. */
function dropPlace(text: string): string {
  const place = /\/onnxruntime_src\/\S+:\d+ /.exec(text);
  if (place === null) return text;
  let at = text.indexOf('(', place.index);
  for (let depth = 0; at >= 0 && at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) break;
  }
  const said = at < 0 ? '' : text.slice(at + 1).replace(/^ const\b/, '');
  return said.trim() === '' ? text : `${text.slice(0, place.index)}${said}`;
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
