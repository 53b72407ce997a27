import type { CandidateFacts } from '../../domain/mod.ts';
import type { RunCandidate } from '../commands/run.ts';
import type { CameraSpan, FoldOutcome } from './fold-log.ts';

/** A candidate as `xunjie replay --json` prints it: what `xunjie run` prints and more. Seconds count as there, `...Ms` are capture times. */
export interface ReplayCandidate extends RunCandidate {
  readonly camera: string;
  readonly ruleId: string;
  readonly presentSinceMs: number;
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly raisedAtMs: number | null;
  readonly legalMs: number;
  readonly meanScore: number;
  readonly samplesSeen: number;
  readonly samplesTaken: number;
  readonly round: number;
  readonly repeatOf: string | null;
  readonly sceneVersion: string;
  /** Why it was held back; `null` for what was raised. */
  readonly suppressed: string | null;
  readonly explanation: string;
}

export function toRow(
  now: CandidateFacts,
  atRaise: CandidateFacts,
  cameras: readonly CameraSpan[],
): ReplayCandidate {
  const originMs = cameras.find(({ camera }) => camera === now.camera)?.originMs ?? 0;
  const toSeconds = (ms: number): number => Math.round(ms - originMs) / 1000;
  const raisedAtMs = atRaise.raisedAtMs ?? atRaise.lastSeenMs;
  return {
    id: now.id,
    camera: now.camera,
    ruleId: now.ruleId,
    offence: now.offence,
    zone: now.zone,
    class: now.class,
    fromS: toSeconds(now.fromMs),
    toS: now.toMs === null ? null : toSeconds(now.toMs),
    raisedAtS: toSeconds(raisedAtMs),
    dwellS: Math.round(now.dwellMs) / 1000,
    seenShare: now.dwellMs === 0 ? 1 : Math.round((now.dwell.seenMs / now.dwellMs) * 1000) / 1000,
    evidence: null,
    presentSinceMs: now.presentSinceMs,
    fromMs: now.fromMs,
    toMs: now.toMs,
    raisedAtMs: now.raisedAtMs,
    legalMs: now.legalMs,
    meanScore: Math.round(now.meanScore * 1000) / 1000,
    samplesSeen: now.samplesSeen,
    samplesTaken: now.samplesTaken,
    round: now.round,
    repeatOf: now.repeatOf,
    sceneVersion: now.sceneVersion,
    suppressed: atRaise.suppressed?.reason ?? null,
    explanation: now.explanation,
  };
}

export function listRaised({ raised, latest }: FoldOutcome): CandidateFacts[] {
  return raised.map((atRaise) => latest.get(atRaise.id) ?? atRaise);
}
