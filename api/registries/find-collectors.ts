import { prepared } from '../database/prepared.ts';
import type { Database } from '../database/tables.ts';

/** Who collects in a grid on a day of the city's (`2026-03-02`): people at work, in the order of their ids. */
export function findCollectors(
  db: Database,
  gridId: string,
  date: string,
): Promise<{ readonly id: string; readonly username: string | null }[]> {
  return db
    .selectFrom('grid_collector')
    .innerJoin('person', 'person.id', 'grid_collector.person_id')
    .modifyFront(prepared)
    .select(['person.id', 'person.username'])
    .where('grid_id', '=', gridId)
    .where('from_date', '<=', date)
    .where((where) => where.or([where('to_date', 'is', null), where('to_date', '>=', date)]))
    .where('person.is_active', '=', true)
    .orderBy('person.id')
    .execute();
}
