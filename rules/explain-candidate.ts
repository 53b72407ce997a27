import { type CandidateFacts, formatDuration } from '../domain/mod.ts';

/**
 * One sentence with the numbers behind a candidate, e.g. "near-kerb: car at rest 2026-01-09 11:42:10-11:47:22 UTC
 * (5 min 12 s, limit 5 min), seen in 149 of 156 samples, longest gap 14 s, mean score 0.71".
 */
export function explainCandidate(facts: Omit<CandidateFacts, 'explanation'>): string {
  const parts = [
    `${facts.zone}: ${facts.class.replaceAll('_', ' ')} ${facts.toMs === null ? 'at rest' : 'was at rest'} ` +
      `${formatSpan(facts.fromMs, facts.lastSeenMs)} UTC ` +
      `(${formatDuration(facts.dwellMs)}, limit ${formatDuration(facts.legalMs)})`,
    `seen in ${facts.samplesSeen} of ${facts.samplesTaken} samples`,
    `longest gap ${formatGap(facts.longestGapMs)}`,
  ];
  if (facts.dwell.bridgedMs > 0) parts.push(`${formatGap(facts.dwell.bridgedMs)} bridged`);
  if (facts.dwell.unknownMs > 0) parts.push(`${formatGap(facts.dwell.unknownMs)} hidden or without pictures`);
  parts.push(`mean score ${facts.meanScore.toFixed(2)}`);
  return parts.join(', ');
}

function formatSpan(fromMs: number, toMs: number): string {
  const [fromDay, from] = toClock(fromMs);
  const [toDay, to] = toClock(toMs);
  return fromDay === toDay ? `${fromDay} ${from}-${to}` : `${fromDay} ${from} - ${toDay} ${to}`;
}

function toClock(ms: number): [day: string, time: string] {
  const iso = new Date(ms).toISOString();
  return [iso.slice(0, 10), iso.slice(11, 19)];
}

/** Gaps below ten seconds are worth a decimal. */
function formatGap(ms: number): string {
  return ms < 10_000 ? `${Number((ms / 1000).toFixed(1))} s` : formatDuration(ms);
}
