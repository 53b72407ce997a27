import {
  type DaySpan,
  formatDaySpan,
  formatDays,
  type RuleHours,
  type Schedule,
  toRuleHours,
  toZonedIso,
} from '../../domain/mod.ts';

/** When a rule is in force, in words. */
export function describeSchedule(schedule: Schedule | null): string {
  if (schedule === null) return 'at all hours';
  const { weekly, dates, permitted, timeZone } = schedule;
  const parts = (weekly ?? []).map(({ days, spans }) => `${formatDays(days)} ${formatSpans(spans)}`);
  if (weekly === null) parts.push('at all hours');
  for (const { from, to, spans } of dates)
    parts.push(`${from === to ? from : `${from} to ${to}`} ${formatSpans(spans)}`);
  for (const { days, spans, from, to, reason } of permitted) {
    const season = [from && `from ${from}`, to && `to ${to}`].filter(Boolean).map((text) => ` ${text}`);
    parts.push(
      `permitted ${formatDays(days)} ${formatSpans(spans)}${season.join('')}${reason && ` (${reason})`}`,
    );
  }
  return `${parts.join('; ')} (${timeZone})`;
}

const hoursText: Readonly<Record<RuleHours, string>> = {
  in_force: 'in force',
  off: 'not in force',
  permitted: 'in force, but permitted',
};

/** What holds at an instant, since when, until when and what comes then, in words; times in the given zone. */
export function describeHours(schedule: Schedule | null, atMs: number, timeZone: string): string {
  if (schedule === null) return hoursText.in_force;
  const { hours, sinceMs, untilMs, reason } = toRuleHours(schedule, atMs);
  const since = sinceMs === null ? 'for more than 8 days' : `since ${toZonedIso(sinceMs, timeZone)}`;
  const until =
    untilMs === null
      ? 'without a change within 8 days'
      : `until ${toZonedIso(untilMs, timeZone)}, then ${hoursText[toRuleHours(schedule, untilMs).hours]}`;
  return `${hoursText[hours]}${reason && ` (${reason})`} ${since}, ${until}`;
}

function formatSpans(spans: readonly DaySpan[]): string {
  return spans.length === 0 ? 'not at all' : spans.map(formatDaySpan).join(', ');
}
