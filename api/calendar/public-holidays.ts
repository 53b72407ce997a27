import type { Tables } from '../database/tables.ts';

type CalendarDay = Tables['calendar_day'];

const dayMs = 86_400_000;

/** First and last day off, and the weekend days worked for it. */
type Festival = readonly [name: string, first: string, last: string, ...makeUpDays: string[]];

/**
 * Days off and make-up working days as the State Council's office publishes them each November for the year after.
 * A year that is not here has weekends only: its days must be entered before its deadlines are right.
 */
const festivals: readonly Festival[] = [
  ['元旦', '2020-01-01', '2020-01-01'],
  ['春节', '2020-01-24', '2020-02-02', '2020-01-19'],
  ['清明节', '2020-04-04', '2020-04-06'],
  ['劳动节', '2020-05-01', '2020-05-05', '2020-04-26', '2020-05-09'],
  ['端午节', '2020-06-25', '2020-06-27', '2020-06-28'],
  ['国庆节、中秋节', '2020-10-01', '2020-10-08', '2020-09-27', '2020-10-10'],
  ['元旦', '2025-01-01', '2025-01-01'],
  ['春节', '2025-01-28', '2025-02-04', '2025-01-26', '2025-02-08'],
  ['清明节', '2025-04-04', '2025-04-06'],
  ['劳动节', '2025-05-01', '2025-05-05', '2025-04-27'],
  ['端午节', '2025-05-31', '2025-06-02'],
  ['国庆节、中秋节', '2025-10-01', '2025-10-08', '2025-09-28', '2025-10-11'],
  ['元旦', '2026-01-01', '2026-01-03', '2026-01-04'],
  ['春节', '2026-02-15', '2026-02-23', '2026-02-14', '2026-02-28'],
  ['清明节', '2026-04-04', '2026-04-06'],
  ['劳动节', '2026-05-01', '2026-05-05', '2026-05-09'],
  ['端午节', '2026-06-19', '2026-06-21'],
  ['中秋节', '2026-09-25', '2026-09-27'],
  ['国庆节', '2026-10-01', '2026-10-07', '2026-09-20', '2026-10-10'],
];

export const publicHolidays: readonly CalendarDay[] = festivals.flatMap(
  ([name, first, last, ...makeUpDays]) => [
    ...listDates(first, last).map((date): CalendarDay => ({ date, kind: 'holiday', name })),
    ...makeUpDays.map((date): CalendarDay => ({ date, kind: 'make_up', name })),
  ],
);

function listDates(first: string, last: string): string[] {
  const dates: string[] = [];
  for (let ms = Date.parse(first); ms <= Date.parse(last); ms += dayMs)
    dates.push(new Date(ms).toISOString().slice(0, 10));
  return dates;
}
