import type { PictureInput } from './check-fit.ts';
import type { Layout } from './model-card.ts';
import type { OutputValues, TensorFacts } from './network.ts';

/** What looking into an ONNX file tells; plain data, because it crosses from a worker thread. */
export interface ModelFacts {
  readonly inputs: readonly TensorFacts[];
  readonly outputs: readonly TensorFacts[];
  /** Key-value pairs that the exporter embedded. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The input that takes pictures; `null` when there is none, or one that is not known stands beside it. */
  readonly picture: PictureInput | null;
  /** Size of the input used for the trial run. */
  readonly inputWidth: number;
  readonly inputHeight: number;
  readonly sizeFrom: 'the file' | 'its metadata' | 'you' | 'nobody';
  /** Outputs of a trial run on a picture, the first of the batch; `null` when the model takes no picture. */
  readonly trial: readonly OutputValues[] | null;
  /** Which number of orig_target_sizes the boxes' width follows; `null` when there is no such input or no effect. */
  readonly targetSize: Layout['targetSize'] | null;
}
