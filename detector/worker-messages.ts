import type { Detection, ErrorCode } from '../domain/mod.ts';
import type { LabelDetection, Report, ThresholdOverrides } from './label-detection.ts';
import type { ModelCard } from './model-card.ts';
import type { Provider, SkippedProvider } from './provider.ts';

/** What a detect worker is started with. */
export interface WorkerSetup {
  readonly card: ModelCard;
  readonly weightsPath: string;
  readonly report: Report;
  readonly thresholds?: ThresholdOverrides;
  /** In the order of preference; the first that runs the model is used. */
  readonly providers: readonly Provider[];
  /** Threads of one run on the processor. */
  readonly threads: number;
}

/** A picture in shared memory. */
export interface SlotPicture {
  readonly slot: number;
  readonly pixelWidth: number;
  readonly pixelHeight: number;
}

export type ToWorker =
  | {
      /** Memory of a slot, new or larger than before. */
      readonly type: 'slot';
      readonly slot: number;
      readonly pixels: SharedArrayBuffer;
    }
  | {
      readonly type: 'detect';
      readonly job: number;
      /** The main thread leaves their slots alone until this job is answered. */
      readonly pictures: readonly SlotPicture[];
    }
  | { readonly type: 'close' };

/** Where a job's time went, milliseconds. */
export interface JobTiming {
  readonly prepareMs: number;
  readonly inferMs: number;
  readonly decodeMs: number;
}

/** What became of one picture. */
export type Answer =
  /** As the setup's `report` says. */
  | { readonly detections: readonly (Detection | LabelDetection)[] }
  | { readonly code: ErrorCode; readonly message: string };

export interface ReadyWorker {
  readonly provider: Provider;
  readonly skipped: readonly SkippedProvider[];
  /** Steps of the model that the provider runs, and all; `null` on the processor. */
  readonly steps: { readonly taken: number; readonly all: number } | null;
  /** Most pictures in one job. */
  readonly maxBatch: number;
}

export type FromWorker =
  | ({ readonly type: 'ready' } & ReadyWorker)
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly message: string }
  | {
      readonly type: 'done';
      readonly job: number;
      /** One for each picture, in their order. */
      readonly answers: readonly Answer[];
      readonly timing: JobTiming;
      /** As in `ready`; it can fall. */
      readonly maxBatch: number;
    };
