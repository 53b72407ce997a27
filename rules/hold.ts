import {
  formatDuration,
  type HoursInterval,
  type Rule,
  type Suppression,
  type SuppressionReason,
  type ViewProblem,
} from '../domain/mod.ts';
import { formatInstant } from './format-time.ts';
import { type Presence, toStayMs } from './presence.ts';
import { type RuleMemory, toNextBudgetMs } from './rule-memory.ts';
import { maxQueueMs } from './tuning.ts';

/** What keeps a stay that has reached the legal threshold from being raised; `null` when nothing does. The cap comes after this. */
export function findHold(
  presence: Presence,
  rule: Rule,
  schedule: HoursInterval,
  atMs: number,
): Suppression | null {
  const { waits, duplicateOf } = presence.charge;
  if (schedule.hours === 'permitted') return toSuppression('permitted', atMs, explainPermission(schedule));
  if (waits === 'queue')
    return toSuppression(
      'congestion',
      atMs,
      `stands in a queue of vehicles that came to rest about the same time; the count begins when it has gone, or after ${formatDuration(maxQueueMs)}`,
    );
  if (duplicateOf !== null && toStayMs(presence) <= rule.cooldownMs)
    return toSuppression(
      'duplicate',
      atMs,
      `seen again where candidate ${duplicateOf.id} was lost from sight at ${formatInstant(duplicateOf.endedMs)}; judged anew when it has stood for ${formatDuration(rule.cooldownMs)}`,
      duplicateOf.id,
    );
  return null;
}

function explainPermission({ reason, untilMs }: HoursInterval): string {
  const why = reason === '' ? '' : ` (${reason})`;
  const until = untilMs === null ? '' : ` until ${formatInstant(untilMs)}`;
  return `allowed at this hour${until}${why}; the count begins when that ends`;
}

export function toCapSuppression(rule: Rule, memory: RuleMemory, atMs: number): Suppression {
  const nextMs = toNextBudgetMs(memory);
  return toSuppression(
    'cap',
    atMs,
    `the rule has raised ${memory.raisedMs.length} within the hour and may raise ${rule.capPerHour}` +
      (nextMs === null ? '' : `; the next may follow at ${formatInstant(nextMs)}`),
  );
}

export function toGroupSuppression(raisedId: string, atMs: number): Suppression {
  return toSuppression(
    'duplicate',
    atMs,
    `stands in one group with candidate ${raisedId}; raised when that has gone and this still stands`,
    raisedId,
  );
}

export function toViewSuppression(problem: ViewProblem, atMs: number): Suppression {
  const what: Readonly<Record<ViewProblem, string>> = {
    black: 'the picture is black',
    overexposed: 'the picture is overexposed',
    blurred: 'the picture is blurred',
    frozen: 'the picture is frozen',
    moved: 'the camera has moved',
  };
  return toSuppression('view', atMs, `${what[problem]}; the stay waits until the view is good again`);
}

function toSuppression(
  reason: SuppressionReason,
  sinceMs: number,
  explanation: string,
  duplicateOf: string | null = null,
): Suppression {
  return { reason, sinceMs, duplicateOf, explanation };
}
