/** Days of the week as scene files name them; Monday first, as ISO 8601 counts. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** A span of one local day, milliseconds since its midnight; one that ends no later than it begins runs into the next day. */
export interface DaySpan {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface WeeklyHours {
  readonly days: readonly Weekday[];
  readonly spans: readonly DaySpan[];
}

/** Hours of single dates, instead of those of their weekday. No span: not in force that day. */
export interface DateHours {
  /** First and last local date, `2026-10-01`. */
  readonly from: string;
  readonly to: string;
  readonly spans: readonly DaySpan[];
}

/** When what the rule watches for is allowed, e.g. a licensed night market. */
export interface PermittedWindow {
  readonly days: readonly Weekday[];
  readonly spans: readonly DaySpan[];
  /** First and last local date between which the permission holds; `null`: without bound. */
  readonly from: string | null;
  readonly to: string | null;
  /** Shown to the reviewer; may be empty. */
  readonly reason: string;
}

/** When a rule is in force, in the local time of its place. */
export interface Schedule {
  /** IANA name. */
  readonly timeZone: string;
  /** `null`: at all hours. */
  readonly weekly: readonly WeeklyHours[] | null;
  readonly dates: readonly DateHours[];
  readonly permitted: readonly PermittedWindow[];
}

/** Of a rule at an instant. */
export type RuleHours = 'in_force' | 'off' | 'permitted';
