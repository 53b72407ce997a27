import type { Detection, ErrorCode } from '../domain/mod.ts';
import type { LabelDetection, Report, ThresholdOverrides } from './label-detection.ts';
import type { ModelCard } from './model-card.ts';

/** What a detect worker is started with. */
export interface WorkerSetup {
  readonly card: ModelCard;
  readonly weightsPath: string;
  readonly report: Report;
  readonly thresholds?: ThresholdOverrides;
}

export type ToWorker =
  | {
      readonly type: 'detect';
      readonly job: number;
      /** Shared with the main thread, which leaves it alone until this job is answered. At least width x height x 3 bytes. */
      readonly pixels: SharedArrayBuffer;
      readonly pixelWidth: number;
      readonly pixelHeight: number;
    }
  | { readonly type: 'close' };

/** Where a job's time went, milliseconds. */
export interface JobTiming {
  readonly prepareMs: number;
  readonly inferMs: number;
  readonly decodeMs: number;
}

export type FromWorker =
  | { readonly type: 'ready' }
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly message: string }
  | {
      readonly type: 'done';
      readonly job: number;
      /** As the setup's `report` says. */
      readonly detections: (Detection | LabelDetection)[];
      readonly timing: JobTiming;
    }
  | { readonly type: 'failed'; readonly job: number; readonly code: ErrorCode; readonly message: string };
