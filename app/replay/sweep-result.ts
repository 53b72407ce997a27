import {
  type DecidedStay,
  type RaisedStay,
  type ScoreFigures,
  type Span,
  scoreDecisions,
} from '../../rules/mod.ts';
import { listScenes, type SceneSet, toSceneOf } from './open-scenes.ts';
import type { Truth } from './read-truth.ts';
import { scoreTruth, type TruthScoreOptions } from './score-truth.ts';
import type { SweepAnswer, SweepCandidate } from './sweep-job.ts';
import { listCurrent, type SweepParam, type Trial, writeValue } from './sweep-values.ts';

/** How one trial came out. */
export interface SweepRow {
  readonly trial: Trial;
  readonly figures: ScoreFigures;
  readonly raised: number;
  /** Raised and never reviewed; `null` where truth files judge. */
  readonly unreviewed: number | null;
}

export interface SweepResult {
  readonly params: readonly SweepParam[];
  readonly rows: readonly SweepRow[];
  /** Place of the row with the best F1, of several the one nearest to what the scene has now; `null` where none has one. */
  readonly best: number | null;
  /** Rows that come out as well as the best one, itself included. */
  readonly equals: number;
  /** What the scene has now, by parameter. */
  readonly current: readonly string[];
  readonly judge: string;
  readonly notes: readonly string[];
}

/** Who says what is true. */
export type Judge =
  | { readonly kind: 'truth'; readonly truths: readonly Truth[]; readonly options: TruthScoreOptions }
  | { readonly kind: 'decisions'; readonly decided: readonly DecidedStay[]; readonly alpha: number | null };

export interface Sweep {
  readonly params: readonly SweepParam[];
  readonly trials: readonly Trial[];
  /** The scenes of each trial. */
  readonly variants: readonly SceneSet[];
  readonly scenes: SceneSet;
  readonly ruleIds: readonly string[];
}

export function toSweepResult(sweep: Sweep, answer: SweepAnswer, judge: Judge): SweepResult {
  const notes = new Set<string>();
  const rows = sweep.trials.map((trial, index): SweepRow => {
    const raised = answer.raised[index] ?? [];
    const scenes = sweep.variants[index] ?? sweep.scenes;
    const scored = judgeTrial(raised, scenes, answer, judge);
    for (const note of scored.notes) notes.add(note);
    return { trial, figures: scored.figures, raised: raised.length, unreviewed: scored.unreviewed };
  });
  if (answer.unwatched.length > 0) notes.add(`no scene of ${answer.unwatched.join(', ')}: left out`);
  const now = sweep.params.map((param) => listCurrent(listScenes(sweep.scenes), param, sweep.ruleIds));
  const leaders = findLeaders(rows);
  return {
    params: sweep.params,
    rows,
    best: findNearest(rows, leaders, now),
    equals: leaders.length,
    current: sweep.params.map((param, i) =>
      (now[i] ?? []).map((value) => writeValue(param, value)).join(', '),
    ),
    judge: judge.kind === 'truth' ? 'truth files' : describeDecisions(judge.decided, answer),
    notes: [...(judge.kind === 'decisions' ? [decisionsNote] : []), ...notes],
  };
}

const decisionsNote =
  'Recall is of what people confirmed: what was never raised is in no list, so true recall is lower. Candidates that nobody has reviewed count neither way.';

function describeDecisions(decided: readonly DecidedStay[], { cameras }: SweepAnswer): string {
  const known = new Set(cameras.map(({ camera }) => camera));
  const count = (decision: DecidedStay['decision']): number =>
    decided.filter((stay) => stay.decision === decision && known.has(stay.camera)).length;
  return `${count('confirmed')} confirmed and ${count('rejected')} rejected candidates of these cameras`;
}

function judgeTrial(
  raised: readonly SweepCandidate[],
  scenes: SceneSet,
  { cameras }: SweepAnswer,
  judge: Judge,
): { figures: ScoreFigures; unreviewed: number | null; notes: readonly string[] } {
  if (judge.kind === 'truth') {
    const score = scoreTruth(raised, judge.truths, { cameras, sceneOf: toSceneOf(scenes) }, judge.options);
    // How many are left out differs from trial to trial and says nothing of the sweep.
    return {
      figures: score.figures,
      unreviewed: null,
      notes: score.notes.filter((note) => !/^\d+ candidates/.test(note)),
    };
  }
  const spans = new Map<string, Span>(cameras.map((span) => [span.camera, span]));
  const score = scoreDecisions(raised.map(toRaisedStay), judge.decided, spans, judge.alpha ?? undefined);
  return { figures: score.figures, unreviewed: score.unreviewed, notes: [] };
}

function toRaisedStay(candidate: SweepCandidate): RaisedStay {
  const { id, camera, offence, fromMs, toMs, round, legalMs, raisedAtMs, lastSeenMs, first, middle, last } =
    candidate;
  return {
    id,
    camera,
    offence,
    fromMs,
    toMs,
    round,
    legalMs,
    raisedAtMs: raisedAtMs ?? lastSeenMs,
    boxes: [first.box, middle.box, last.box],
  };
}

/** Places of the rows with the best F1; where it is shared, those with the better recall-biased F1, then with more found. */
function findLeaders(rows: readonly SweepRow[]): number[] {
  let leaders: number[] = [];
  let lead: ScoreFigures | null = null;
  for (const [index, { figures }] of rows.entries()) {
    if (figures.f1 === null) continue;
    const order = lead === null ? 1 : compareFigures(figures, lead);
    if (order < 0) continue;
    if (order > 0) {
      leaders = [];
      lead = figures;
    }
    leaders.push(index);
  }
  return leaders;
}

function compareFigures(a: ScoreFigures, b: ScoreFigures): number {
  const differ = (x: number | null, y: number | null): number => {
    const by = (x ?? -1) - (y ?? -1);
    return Math.abs(by) < 1e-12 ? 0 : by;
  };
  return differ(a.f1, b.f1) || differ(a.f1Alpha, b.f1Alpha) || a.found - b.found;
}

/** Of rows that are equally good, the one that changes the scene least. */
function findNearest(
  rows: readonly SweepRow[],
  leaders: readonly number[],
  now: readonly (readonly number[])[],
): number | null {
  let best: number | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const index of leaders) {
    const distance = (rows[index]?.trial ?? []).reduce((sum, { value }, i) => {
      const nearest = Math.min(
        ...(now[i] ?? []).map((current) => Math.abs(Math.log((value.value + 1e-6) / (current + 1e-6)))),
      );
      return sum + nearest;
    }, 0);
    if (best !== null && distance >= bestDistance) continue;
    best = index;
    bestDistance = distance;
  }
  return best;
}

/** In words, where several settings are equally good. */
export function describeEquals({ equals }: SweepResult): string | null {
  return equals > 1
    ? `${equals} settings come out equally well; the one marked is nearest to what the scene has`
    : null;
}
