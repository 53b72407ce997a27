import { type CandidateFacts, formatDuration, type Rule } from '../domain/mod.ts';
import type { CountStart } from './charge.ts';
import { formatInstant, formatSpan } from './format-time.ts';
import type { EndReason } from './rule-memory.ts';

export interface ExplainOptions {
  readonly rule: Rule;
  readonly countsFrom: CountStart;
  /** Why it is over; `null`: it goes on as its next round; absent while it lasts. */
  readonly because?: EndReason | null | undefined;
}

/**
 * The numbers behind a candidate and why it is what it is now, e.g. "near-kerb: car at rest 2026-01-09 11:42:10-11:47:22 UTC
 * (5 min 12 s, limit 5 min), seen in 149 of 156 samples, longest gap 14 s, mean score 0.71 (at least 0.4); raised at
 * 2026-01-09 11:47:10 UTC, when it had stood for the limit; rule near-kerb-parking of scene 7, model yolox_nano (a1b2c3d4)".
 */
export function explainCandidate(
  facts: Omit<CandidateFacts, 'explanation'>,
  options: ExplainOptions,
): string {
  const { rule } = options;
  const parts = [
    `${facts.zone}: ${facts.class.replaceAll('_', ' ')} ${isThere(facts, options) ? 'at rest' : 'was at rest'} ` +
      `${formatSpan(facts.fromMs, facts.lastSeenMs)} UTC ` +
      `(${formatDuration(facts.dwellMs)}, ${formatLimit(facts, rule)})`,
    `seen in ${facts.samplesSeen} of ${facts.samplesTaken} samples`,
    `longest gap ${formatGap(facts.longestGapMs)}`,
  ];
  if (facts.dwell.bridgedMs > 0) parts.push(`${formatGap(facts.dwell.bridgedMs)} bridged`);
  if (facts.dwell.unknownMs > 0) parts.push(`${formatGap(facts.dwell.unknownMs)} hidden or without pictures`);
  if (facts.attendedMs !== null)
    parts.push(
      `somebody stayed with it ${formatDuration(facts.attendedMs)} of ${formatDuration(facts.dwellMs)}`,
    );
  parts.push(`mean score ${facts.meanScore.toFixed(2)} (at least ${rule.minScore})`);
  return [
    parts.join(', '),
    ...explainStart(facts, options.countsFrom),
    ...explainNow(facts, options),
    `rule ${facts.ruleId} of scene ${facts.sceneVersion}, ${formatModel(facts)}`,
  ].join('; ');
}

function isThere(facts: Omit<CandidateFacts, 'explanation'>, { because }: ExplainOptions): boolean {
  return facts.toMs === null || because === null;
}

function formatLimit({ round, legalMs }: Omit<CandidateFacts, 'explanation'>, { repeatMs }: Rule): string {
  return round > 1 && repeatMs !== null
    ? `round ${round}, repeated every ${formatDuration(repeatMs)}`
    : `limit ${formatDuration(legalMs)}`;
}

function explainStart(facts: Omit<CandidateFacts, 'explanation'>, countsFrom: CountStart): string[] {
  if (countsFrom === 'arrival') return [];
  const since: Readonly<Record<Exclude<CountStart, 'arrival'>, string>> = {
    in_force: 'the rule came into force',
    permission_ended: 'it was no longer allowed',
    queue_gone: 'the queue of traffic had gone',
    attended: 'somebody began to stay with it',
    round: 'the round before was raised',
  };
  return [
    `there since ${formatInstant(facts.presentSinceMs)}, counted from ${formatInstant(facts.fromMs)}, when ${since[countsFrom]}`,
  ];
}

function explainNow(facts: Omit<CandidateFacts, 'explanation'>, { because }: ExplainOptions): string[] {
  const lines: string[] = [];
  if (facts.raisedAtMs !== null) {
    const waitedMs = facts.raisedAtMs - facts.fromMs - facts.legalMs;
    lines.push(
      `raised at ${formatInstant(facts.raisedAtMs)}, ` +
        (facts.round > 1
          ? `since it is still there after ${formatDuration(facts.raisedAtMs - facts.presentSinceMs)}`
          : waitedMs > 60_000
            ? `${formatDuration(waitedMs)} after it reached the limit, when nothing held it any more`
            : 'when it had stood for the limit'),
    );
  }
  if (facts.suppressed !== null)
    lines.push(`held (${facts.suppressed.reason}): ${facts.suppressed.explanation}`);
  if (because !== undefined) lines.push(explainEnd(because));
  return lines;
}

function explainEnd(because: EndReason | null): string {
  switch (because) {
    case null:
      return 'still there, followed on as its next round';
    case 'left':
      return 'over: it was seen to leave';
    case 'replaced':
      return 'over: something else has taken its place';
    case 'gap':
      return 'over: not seen for longer than the rule bridges';
    case 'zone':
      return 'over: it no longer stands in the zone';
    case 'hole':
      return 'over: nothing is known of it for too long';
    case 'view':
      return 'over: the view was bad for too long';
    case 'clock':
      return "over: the camera's clock was set, so how long it stays from here on is counted anew";
    case 'rule':
      return 'over: the scene no longer has this rule';
    default:
      return because satisfies never;
  }
}

function formatModel({ model }: Omit<CandidateFacts, 'explanation'>): string {
  return model === null ? 'no model' : `model ${model.name} (${model.sha256.slice(0, 8)})`;
}

/** Gaps below ten seconds are worth a decimal. */
function formatGap(ms: number): string {
  return ms < 10_000 ? `${Number((ms / 1000).toFixed(1))} s` : formatDuration(ms);
}
