import type { OutputValues, TensorFacts } from './network.ts';

/** What looking into an ONNX file tells; plain data, because it crosses from a worker thread. */
export interface ModelFacts {
  readonly inputs: readonly TensorFacts[];
  readonly outputs: readonly TensorFacts[];
  /** Key-value pairs that the exporter embedded. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Size of the input used for the trial run. */
  readonly inputWidth: number;
  readonly inputHeight: number;
  /** Whether the file left the size of its input open. */
  readonly openInput: boolean;
  /** First output of a trial run on grey; `null` when the model takes no single picture 1x3xHxW of float32. */
  readonly trial: OutputValues | null;
}
