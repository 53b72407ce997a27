import { availableParallelism } from 'node:os';
import { XunjieError } from '../domain/mod.ts';
import type { Model } from './load-model.ts';
import type { Picture } from './picture.ts';
import type { Provider } from './provider.ts';

/** What the detector needs of a logger. */
export interface DetectorLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface DetectorOptions {
  readonly model: Model;
  /** Worker threads, each with its own session; default one per core but one on the processor, 2 elsewhere. */
  readonly workers?: number;
  readonly logger: DetectorLogger;
  /** What may run the model, in the order of preference; default the processor alone. */
  readonly providers?: readonly Provider[];
  /** Threads of one run on the processor; default 1. */
  readonly threads?: number;
  /** Most pictures per run; default 1 on the processor, 8 elsewhere. The model's own limit holds as well. */
  readonly batch?: number;
  /** How long a picture may wait for others to share its run, 0-20 ms; default 5. */
  readonly batchWindowMs?: number;
  /** Pictures that may wait, and their bytes, but for kept ones; defaults 1024 and 256 MiB. */
  readonly maxWaiting?: number;
  readonly maxWaitingBytes?: number;
}

const maxWorkers = 256;
const maxBatch = 64;
const maxBatchWindowMs = 20;
export const defaultBatchWindowMs = 5;
export const defaultGpuBatch = 8;
export const defaultMaxWaiting = 1024;
export const defaultMaxWaitingBytes = 256 * 1024 * 1024;
const maxPictureBytes = 64 * 1024 * 1024;

/** Two on a GPU: one prepares pictures while the other's are run. */
export function toDefaultWorkers(provider: Provider): number {
  return provider === 'cpu' ? Math.min(maxWorkers, Math.max(1, availableParallelism() - 1)) : 2;
}

export function refuseOddOptions(options: DetectorOptions): void {
  const limits = [
    ['workers', options.workers ?? 1, 1, maxWorkers],
    ['threads', options.threads ?? 1, 1, maxWorkers],
    ['batch', options.batch ?? 1, 1, maxBatch],
  ] as const;
  for (const [what, value, min, max] of limits)
    if (!Number.isInteger(value) || value < min || value > max)
      throw new XunjieError(
        'bad_argument',
        `${what} must be a whole number from ${min} to ${max}, not ${value}`,
      );
  const windowMs = options.batchWindowMs ?? 0;
  if (!(windowMs >= 0 && windowMs <= maxBatchWindowMs))
    throw new XunjieError(
      'bad_argument',
      `batchWindowMs must be from 0 to ${maxBatchWindowMs}, not ${windowMs}`,
    );
  if (options.providers?.length === 0) throw new XunjieError('bad_argument', 'providers names none');
}

export function refuseOddPicture({ pixels, pixelWidth, pixelHeight }: Picture): void {
  const isSized =
    Number.isInteger(pixelWidth) && Number.isInteger(pixelHeight) && pixelWidth > 0 && pixelHeight > 0;
  const bytes = pixelWidth * pixelHeight * 3;
  if (!isSized || pixels.length !== bytes)
    throw new XunjieError(
      'bad_argument',
      `a picture of ${pixelWidth}x${pixelHeight} in RGB24 needs ${bytes} bytes, not ${pixels.length}`,
    );
  if (bytes > maxPictureBytes)
    throw new XunjieError(
      'bad_argument',
      `a picture of ${pixelWidth}x${pixelHeight} is too large: ${bytes} bytes, at most ${maxPictureBytes}`,
    );
}
