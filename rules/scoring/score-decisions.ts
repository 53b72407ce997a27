import { pairStays } from '../compare/pair-stays.ts';
import type { Stay } from '../compare/stay.ts';
import type { Span } from './event.ts';
import { type ScoreFigures, toFigures } from './score-figures.ts';

/** A candidate that a person has decided on. */
export interface DecidedStay extends Stay {
  readonly decision: 'confirmed' | 'rejected';
}

/** A candidate of the scene that is tried. */
export interface RaisedStay extends Stay {
  readonly raisedAtMs: number;
  readonly legalMs: number;
}

export interface DecisionScore {
  /** Recall is of what was confirmed: what nobody ever raised is in no list. */
  readonly figures: ScoreFigures;
  /** Raised now, never reviewed: neither right nor wrong. */
  readonly unreviewed: number;
  /** Rejected once and not raised any more. */
  readonly avoided: number;
}

/** Scores raised candidates by what people decided on the same things: confirmed ones are true, rejected ones false, all others unknown. */
export function scoreDecisions(
  raised: readonly RaisedStay[],
  decided: readonly DecidedStay[],
  spans: ReadonlyMap<string, Span>,
  alpha?: number,
): DecisionScore {
  const concerned = decided.filter((stay) => isRecorded(stay, spans));
  const { pairs, onlyAfter } = pairStays(concerned, raised);
  const matched = pairs.flatMap(([left, right]) => {
    const [decision, now] = [concerned[left]?.decision, raised[right]];
    return decision === undefined || now === undefined ? [] : [{ decision, now }];
  });
  const confirmed = matched.filter(({ decision }) => decision === 'confirmed');
  const rejected = matched.length - confirmed.length;
  const count = (decision: DecidedStay['decision']): number =>
    concerned.filter((stay) => stay.decision === decision).length;
  const figures = toFigures({
    found: confirmed.length,
    missed: count('confirmed') - confirmed.length,
    falseAlarms: rejected,
    delaysMs: confirmed.map(({ now }) => now.raisedAtMs - now.fromMs - now.legalMs),
    cameraMs: [...spans.values()].reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0),
    ...(alpha !== undefined && { alpha }),
  });
  return { figures, unreviewed: onlyAfter.length, avoided: count('rejected') - rejected };
}

/** Whether the log shows the stay's begin: one that it shows half may come out otherwise than it was decided on. */
function isRecorded({ camera, fromMs }: Stay, spans: ReadonlyMap<string, Span>): boolean {
  const span = spans.get(camera);
  return span !== undefined && fromMs >= span.fromMs && fromMs <= span.toMs;
}
