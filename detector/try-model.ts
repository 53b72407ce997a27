import { type ErrorCode, XunjieError } from '../domain/mod.ts';
import { askWorker } from './inspect-model.ts';
import type { LabelDetection } from './label-detection.ts';
import type { ModelCard } from './model-card.ts';
import type { Picture } from './picture.ts';

/** One card on one picture. */
export interface Try {
  readonly card: ModelCard;
  readonly picture: Picture;
}

/** What came out, looked at as a whole and not only above the card's threshold. */
export interface TryResult {
  /** Why the outputs could not be decoded; `null` when they could. */
  readonly failure: string | null;
  /** Things above the card's score, after suppression. */
  readonly found: readonly LabelDetection[];
  /** Outputs that hold numbers which are none (NaN, infinite), and how many. */
  readonly broken: readonly { readonly output: string; readonly count: number; readonly of: number }[];
  /** The same for the same values in all outputs. */
  readonly fingerprint: string;
  /** Whether every number in every output is 0, as when a model that selects its boxes selected none. */
  readonly isEmpty: boolean;
  /** Range of the best scores of all boxes, kept or not; 0, 0 when there are none. */
  readonly lowestScore: number;
  readonly highestScore: number;
  /** Boxes with some certainty, and those of them that lie far outside the picture. */
  readonly likely: number;
  readonly outside: number;
  readonly inferMs: number;
}

export interface TryRequest {
  readonly weightsPath: string;
  readonly tries: readonly Try[];
}

export type TryReply =
  | { readonly type: 'tried'; readonly results: readonly TryResult[] }
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly message: string };

/**
 * Runs a model with each card on each picture in a worker thread of its own and reports what came out, nonsense as well.
 * @throws XunjieError `model_not_understood`, `bad_config` (card and file disagree), `model_failed` (cannot be run).
 */
export async function tryModel(request: TryRequest): Promise<readonly TryResult[]> {
  const reply = await askWorker<TryReply>('try-worker', request, request.weightsPath);
  if (reply.type === 'refused') throw new XunjieError(reply.code, reply.message);
  return reply.results;
}
