import Type, { type Static } from 'typebox';

const dayPattern = '(?:mon|tue|wed|thu|fri|sat|sun)';
const dayRangePattern = `${dayPattern}(?:\\s*-\\s*${dayPattern})?`;
/** `daily`, `mon-fri`, `sat, sun`, `fri-mon`. */
const daysPattern = `^(?:daily|${dayRangePattern}(?:\\s*,\\s*${dayRangePattern})*)$`;
const timePattern = '(?:[01]\\d|2[0-3]):[0-5]\\d';
/** `07:00-19:00`, `22:00-02:00`, `18:00-24:00`. */
const hoursPattern = `^${timePattern}\\s*-\\s*(?:${timePattern}|24:00)$`;
const datePattern = '^\\d{4}-\\d{2}-\\d{2}$';

const DaysText = Type.String({ pattern: daysPattern, examples: ['daily', 'mon-fri', 'sat, sun'] });

const Days = Type.Union([DaysText, Type.Array(DaysText, { minItems: 1 })], {
  description: 'Days of the week: daily, a range such as mon-fri, or a list such as [mon, wed]',
  default: 'daily',
});

const HoursText = Type.String({
  pattern: hoursPattern,
  examples: ['07:00-19:00', '22:00-02:00', '18:00-24:00'],
});

const describeHours = (more: string): string =>
  `Spans of the local time, the end not included; one that ends no later than it begins runs into the next day and belongs to the day on which it began. ${more}`;

const Hours = (more: string) =>
  Type.Union([HoursText, Type.Array(HoursText, { minItems: 1 })], { description: describeHours(more) });

const DateText = (description: string) =>
  Type.String({ pattern: datePattern, description, examples: ['2026-10-01'] });

const WeeklyEntry = Type.Object(
  { days: Type.Optional(Days), hours: Hours('The whole day is 00:00-24:00.') },
  { additionalProperties: false, description: 'Hours of some days of the week' },
);

const DateEntry = Type.Object(
  {
    date: DateText('The local date, or the first of several'),
    to: Type.Optional(DateText('The last local date; default: date')),
    hours: Type.Union([HoursText, Type.Array(HoursText)], {
      description: describeHours('[] means: not in force on this date.'),
    }),
  },
  {
    additionalProperties: false,
    description:
      'Hours of single dates in place of those of their day of the week, e.g. public holidays and the working weekends that make up for them. A span that began the evening before still runs to its end',
  },
);

const PermittedEntry = Type.Object(
  {
    days: Type.Optional(Days),
    hours: Hours('The whole day is 00:00-24:00.'),
    from: Type.Optional(
      DateText('First local date on which the permission holds; default: without beginning'),
    ),
    to: Type.Optional(DateText('Last local date on which the permission holds; default: without end')),
    reason: Type.Optional(
      Type.String({
        maxLength: 200,
        description: 'Why it is allowed; the reviewer reads it',
        default: '',
        examples: ['licensed night market'],
      }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'When what the rule watches for is allowed: stays are followed and suppressed with this reason, and count anew when it ends',
  },
);

const TimeZoneField = (description: string) =>
  Type.String({ minLength: 1, maxLength: 60, description, examples: ['Asia/Shanghai', 'Europe/Berlin'] });

/** The hours of a rule as scene files write them. */
export const ScheduleFile = Type.Object(
  {
    timeZone: Type.Optional(TimeZoneField("IANA name of the time zone of these hours; default: the scene's")),
    weekly: Type.Optional(
      Type.Array(WeeklyEntry, {
        minItems: 1,
        description:
          'Hours by the day of the week; on days that no entry names the rule is not in force. Default: at all hours',
      }),
    ),
    dates: Type.Optional(
      Type.Array(DateEntry, { minItems: 1, description: 'Dates with hours of their own' }),
    ),
    permitted: Type.Optional(
      Type.Array(PermittedEntry, {
        minItems: 1,
        description: 'Windows in which it is allowed, e.g. a licensed night market',
      }),
    ),
  },
  {
    additionalProperties: false,
    description:
      'When the rule is in force, by the clock on the wall: in the hour that comes twice when clocks go back, hours hold both times. Default: always',
  },
);
export type ScheduleFile = Static<typeof ScheduleFile>;
