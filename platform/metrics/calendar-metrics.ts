import type { Registry } from 'prom-client';
import { addGauge } from './read-at-scrape.ts';

/** A year that deadlines may fall in by now, and whether its days off and make-up days are entered. */
export interface CalendarYear {
  readonly year: number;
  readonly isMissing: boolean;
}

/** `xunjie_calendar_year_missing`. */
export function registerCalendarMetrics(registry: Registry, list: () => Iterable<CalendarYear>): void {
  addGauge(registry, {
    name: 'xunjie_calendar_year_missing',
    help: '1 while days off and make-up days of the year are not entered, so that its deadlines go by weekends alone',
    labels: ['year'],
    read: () =>
      [...list()].map(({ year, isMissing }) => ({
        labels: { year: String(year) },
        value: isMissing ? 1 : 0,
      })),
  });
}
