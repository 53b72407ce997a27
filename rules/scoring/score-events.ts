import { type Box, toIou } from '../../domain/mod.ts';
import type { Alarm, Span, TrueEvent } from './event.ts';
import { matchMost } from './match-most.ts';
import { type ScoreFigures, toFigures } from './score-figures.ts';

/** An alarm may come this much after the threshold (i-LIDS: within 10 s). */
export const defaultLateMs = 10_000;
/** Overlap from which an alarm's box is the marked thing's: people mark roughly, and a partly hidden thing is boxed smaller. */
const minIou = 0.25;

export interface ScoreOptions {
  /** The legal threshold of each rule. */
  readonly legalMs: ReadonlyMap<string, number>;
  /** What the log covers, by camera. */
  readonly spans: ReadonlyMap<string, Span>;
  /** An alarm this much before the threshold still counts: marks and samples are no finer. Default 0. */
  readonly earlyMs?: number;
  readonly lateMs?: number;
  /** Weight of recall in `f1Alpha`. */
  readonly alpha?: number;
}

export type EventVerdict = 'found' | 'missed' | 'too_short' | 'cut';

export interface ScoredEvent {
  readonly event: TrueEvent;
  readonly ruleId: string;
  /** `too_short`: left before the threshold; `cut`: the log ends before the alarm was due. Neither counts. */
  readonly verdict: EventVerdict;
  /** When the threshold was reached. */
  readonly dueMs: number;
  readonly alarmId: string | null;
  readonly delayMs: number | null;
}

export interface EventScore {
  readonly figures: ScoreFigures;
  readonly events: readonly ScoredEvent[];
  /** Alarms that belong to no event: extra, early, late, or of nothing. */
  readonly falseAlarmIds: readonly string[];
}

/**
 * Scores alarms event by event: one alarm per event, raised within [threshold, threshold + late] of the true start, is true, every other
 * alarm is false. Events that end before the threshold must raise nothing. An event that was there when the log begins starts with it.
 */
export function scoreEvents(
  alarms: readonly Alarm[],
  events: readonly TrueEvent[],
  options: ScoreOptions,
): EventScore {
  const { lateMs = defaultLateMs } = options;
  const due = events.flatMap((event) => listDue(event, options));
  const candidates = due.map(({ verdict, event, ruleId, dueMs }) =>
    verdict === 'too_short' ? [] : listFitting(alarms, { event, ruleId, dueMs }, options),
  );
  const matched = matchMost(candidates);
  const scored = due.map(({ event, ruleId, dueMs, verdict }, index): ScoredEvent => {
    const alarm = alarms[matched[index] ?? -1];
    if (alarm === undefined) {
      // The alarm may still have come after the log's end.
      const spanEndMs = options.spans.get(event.camera)?.toMs ?? Number.NEGATIVE_INFINITY;
      const isCut =
        verdict === 'cut' ||
        (verdict === 'missed' && spanEndMs < dueMs + lateMs && !isOver(event, spanEndMs));
      return { event, ruleId, dueMs, verdict: isCut ? 'cut' : verdict, alarmId: null, delayMs: null };
    }
    return { event, ruleId, dueMs, verdict: 'found', alarmId: alarm.id, delayMs: alarm.raisedAtMs - dueMs };
  });
  const taken = new Set(matched);
  const falseAlarmIds = alarms.filter((_, index) => !taken.has(index)).map(({ id }) => id);
  const found = scored.filter(({ verdict }) => verdict === 'found');
  const figures = toFigures({
    found: found.length,
    missed: scored.filter(({ verdict }) => verdict === 'missed').length,
    falseAlarms: falseAlarmIds.length,
    delaysMs: found.flatMap(({ delayMs }) => (delayMs === null ? [] : [delayMs])),
    cameraMs: [...options.spans.values()].reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0),
    ...(options.alpha !== undefined && { alpha: options.alpha }),
  });
  return { figures, events: scored, falseAlarmIds };
}

interface Due {
  readonly event: TrueEvent;
  readonly ruleId: string;
  readonly dueMs: number;
}

function listDue(event: TrueEvent, { legalMs, spans }: ScoreOptions): (Due & { verdict: EventVerdict })[] {
  const span = spans.get(event.camera);
  if (span === undefined) return []; // nothing was recorded of it
  if (event.toMs !== null && event.toMs <= span.fromMs) return [];
  if (event.fromMs !== null && event.fromMs >= span.toMs) return [];
  const fromMs = Math.max(event.fromMs ?? span.fromMs, span.fromMs);
  return event.ruleIds.flatMap((ruleId) => {
    const limitMs = legalMs.get(ruleId);
    if (limitMs === undefined) return [];
    const dueMs = fromMs + limitMs;
    const verdict: EventVerdict =
      event.toMs !== null && event.toMs < dueMs ? 'too_short' : dueMs > span.toMs ? 'cut' : 'missed';
    return [{ event, ruleId, dueMs, verdict }];
  });
}

/** Places of the alarms that may be this event's, the best first. */
function listFitting(
  alarms: readonly Alarm[],
  { event, ruleId, dueMs }: Due,
  options: ScoreOptions,
): number[] {
  const { earlyMs = 0, lateMs = defaultLateMs } = options;
  const fitting: { index: number; overlap: number; raisedAtMs: number }[] = [];
  for (const [index, alarm] of alarms.entries()) {
    if (alarm.camera !== event.camera || alarm.ruleId !== ruleId) continue;
    if (alarm.raisedAtMs < dueMs - earlyMs || alarm.raisedAtMs > dueMs + lateMs) continue;
    const overlap = event.box === null ? 0 : toBestIou(alarm.boxes, event.box);
    if (event.box !== null && overlap < minIou) continue;
    fitting.push({ index, overlap, raisedAtMs: alarm.raisedAtMs });
  }
  return fitting
    .toSorted((a, b) => b.overlap - a.overlap || a.raisedAtMs - b.raisedAtMs)
    .map(({ index }) => index);
}

function toBestIou(boxes: readonly Box[], box: Box): number {
  return Math.max(0, ...boxes.map((one) => toIou(one, box)));
}

function isOver(event: TrueEvent, atMs: number): boolean {
  return event.toMs !== null && event.toMs <= atMs;
}
