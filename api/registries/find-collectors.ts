import { toLocalTime } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';

/** Who collects in a grid today, by id. */
export async function findCollectors(context: ConsoleContext, gridId: string): Promise<string[]> {
  const { date } = toLocalTime(context.nowMs(), context.timeZone);
  const rows = await context.db
    .selectFrom('grid_collector')
    .innerJoin('person', 'person.id', 'grid_collector.person_id')
    .select('person.id')
    .where('grid_id', '=', gridId)
    .where('from_date', '<=', date)
    .where((where) => where.or([where('to_date', 'is', null), where('to_date', '>=', date)]))
    .where('person.is_active', '=', true)
    .orderBy('person.id')
    .execute();
  return rows.map(({ id }) => id);
}
