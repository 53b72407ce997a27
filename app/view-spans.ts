import type { ViewHealth, ViewProblem } from '../domain/mod.ts';

/** A stretch of a clip in which its view was not as it should be. */
export interface ViewSpan {
  readonly problem: ViewProblem;
  readonly reason: string;
  readonly fromMs: number;
  /** `null`: to the clip's end. */
  toMs: number | null;
}

/** Gathers stretches from what each sample's view was. */
export function createViewSpans(): {
  note(view: ViewHealth, atMs: number): void;
  list(): readonly ViewSpan[];
} {
  const spans: ViewSpan[] = [];
  return {
    note({ problem, reason, sinceMs }, atMs) {
      const open = spans.at(-1);
      if (open?.toMs === null) {
        if (open.problem === problem) return;
        open.toMs = atMs;
      }
      if (problem !== null) spans.push({ problem, reason, fromMs: sinceMs ?? atMs, toMs: null });
    },
    list: () => spans,
  };
}

/** As they are printed: in seconds of the clip. */
export function toViewProblems(spans: readonly ViewSpan[], startedAtMs: number) {
  const toSeconds = (ms: number): number => Math.round(ms - startedAtMs) / 1000;
  return spans.map(({ problem, reason, fromMs, toMs }) => ({
    problem,
    reason,
    fromS: toSeconds(fromMs),
    toS: toMs === null ? null : toSeconds(toMs),
  }));
}
