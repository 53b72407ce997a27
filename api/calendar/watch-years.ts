import type { CalendarYear } from '../../platform/mod.ts';
import type { ConsoleContext } from '../context.ts';
import { listYears } from './missing-years.ts';

/** Knows which years of the calendar are not entered, and says in the log when another one comes to be missing. */
export interface YearWatch {
  /** Reads the calendar anew. */
  look(): Promise<void>;
  /** As it was read last; none before. */
  list(): readonly CalendarYear[];
}

export function watchYears({ db, logger, timeZone, nowMs }: ConsoleContext): YearWatch {
  let known: readonly CalendarYear[] = [];
  return {
    async look() {
      const years = await listYears(db, timeZone, nowMs());
      const before = known.filter(({ isMissing }) => isMissing).map(({ year }) => year);
      const missing = years.filter(({ isMissing }) => isMissing).map(({ year }) => year);
      known = years;
      // Deadlines are worked out all the same, by weekends alone: somebody must know.
      if (missing.some((year) => !before.includes(year)))
        logger.warn(
          { years: missing },
          'days off and make-up days of a year are not entered: its deadlines go by weekends alone; import them into the registry calendar-days',
        );
    },
    list: () => known,
  };
}
