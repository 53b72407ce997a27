import { type CandidateFacts, XunjieError } from '../../domain/mod.ts';
import { createClosingStack, createLogger } from '../../platform/mod.ts';
import { type CameraSpan, foldLog } from './fold-log.ts';
import { type LogPlace, openLog } from './log-place.ts';
import { type SceneSet, toSceneOf } from './open-scenes.ts';
import type { RaisedFacts } from './score-truth.ts';

/** Scenes to fold one log under, and where it is. Plain data: it goes to a thread. */
export interface SweepJob {
  readonly place: LogPlace;
  readonly variants: readonly SceneSet[];
}

/** A raised candidate as far as scores need it, its end as last heard of. */
export type SweepCandidate = RaisedFacts & Pick<CandidateFacts, 'fromMs' | 'toMs'>;

export interface SweepAnswer {
  readonly cameras: readonly CameraSpan[];
  /** Cameras without a scene. */
  readonly unwatched: readonly string[];
  /** By variant. */
  readonly raised: readonly (readonly SweepCandidate[])[];
}

/** Reads the log once and folds it under all variants. */
export async function runSweepJob({ place, variants }: SweepJob): Promise<SweepAnswer> {
  const logger = createLogger('warn');
  const closing = createClosingStack(logger);
  try {
    const log = await openLog(place, { closing, logger });
    const { cameras, outcomes, unwatched } = await foldLog(log, variants.map(toSceneOf));
    return {
      cameras,
      unwatched: [...unwatched.keys()],
      raised: outcomes.map(({ raised, latest }) =>
        raised.map((atRaise) => toSweepCandidate(atRaise, latest.get(atRaise.id) ?? atRaise)),
      ),
    };
  } finally {
    await closing.close();
  }
}

function toSweepCandidate(atRaise: CandidateFacts, now: CandidateFacts): SweepCandidate {
  const { id, camera, ruleId, offence, zone, raisedAtMs, legalMs, round, fromMs } = atRaise;
  const { first, middle, last, lastSeenMs, toMs } = now;
  return {
    id,
    camera,
    ruleId,
    offence,
    zone,
    raisedAtMs,
    legalMs,
    round,
    fromMs,
    first,
    middle,
    last,
    lastSeenMs,
    toMs,
  };
}

/** An error on its way between threads. */
export interface CarriedError {
  readonly code: XunjieError['code'] | null;
  readonly message: string;
}

export function carryError(error: unknown): CarriedError {
  return error instanceof XunjieError
    ? { code: error.code, message: error.message }
    : { code: null, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
