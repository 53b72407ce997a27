import type { CameraLoad, PictureCounts } from './camera-load.ts';
import type { Provider } from './provider.ts';

/** Plain data for metrics: counts since the detector was opened, and what is the case now. */
export interface DetectorStats extends PictureCounts {
  /** What runs the model: more than one when workers differ, e.g. after a GPU was lost. */
  readonly provider: Provider | 'mixed';
  /** Why it is not the provider that was asked for first; `null` when it is. */
  readonly fallback: string | null;
  /** Workers in service, of those asked for. */
  readonly workers: number;
  readonly workersWanted: number;
  /** Workers that died and were replaced. */
  readonly restarts: number;
  /** Pictures with a worker, and pictures that wait. */
  readonly running: number;
  readonly waiting: number;
  readonly waitingBytes: number;
  /** Memory that pictures are handed to workers in. */
  readonly slotBytes: number;
  /** Given up: superseded and over the limit. */
  readonly dropped: number;
  /** Jobs answered: `done` and `failed` pictures over this are the pictures per batch. */
  readonly batches: number;
  /** Totals over all answered, milliseconds. */
  readonly prepareMs: number;
  readonly inferMs: number;
  readonly decodeMs: number;
  readonly cameras: readonly CameraLoad[];
}
