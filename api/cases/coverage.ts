import { type GeoPoint, isInRing, toLocalTime, XunjieError } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database, Row } from '../database/tables.ts';

type Asked = { readonly point: GeoPoint | null; readonly atMs: number };

/** Refuses a report from a region that the city has left out, and says why and who takes it. Without a point nobody can tell. */
export async function requireNotExcluded(
  context: Pick<ConsoleContext, 'timeZone'>,
  db: Database,
  { point, atMs }: Asked,
): Promise<void> {
  if (point === null) return;
  const regions = await listRegions(context, db, 'excluded', atMs);
  const region = regions.find(({ ring }) => isInRing(point, ring));
  if (region === undefined) return;
  const why = region.reason === null ? '' : `: ${region.reason}`;
  const instead = region.refer_to === null ? '' : `; report it to ${region.refer_to}`;
  throw new XunjieError(
    'bad_request',
    `body.point: ${point.lon}, ${point.lat} lies in ${region.name}, which is not covered${why}${instead}`,
    { details: { field: 'body.point', region: region.id, referTo: region.refer_to } },
  );
}

/** Whether a place is in none of the regions that are covered; false where the city has drawn none, and without a point. */
export async function isOutsideCoverage(
  context: Pick<ConsoleContext, 'timeZone'>,
  db: Database,
  { point, atMs }: Asked,
): Promise<boolean> {
  if (point === null) return false;
  const regions = await listRegions(context, db, 'covered', atMs);
  return regions.length > 0 && !regions.some(({ ring }) => isInRing(point, ring));
}

async function listRegions(
  { timeZone }: Pick<ConsoleContext, 'timeZone'>,
  db: Database,
  kind: Row<'region'>['kind'],
  atMs: number,
): Promise<Row<'region'>[]> {
  return db
    .selectFrom('region')
    .selectAll()
    .where('kind', '=', kind)
    .where((where) =>
      where.or([where('from_date', 'is', null), where('from_date', '<=', toLocalTime(atMs, timeZone).date)]),
    )
    .orderBy('id')
    .execute();
}
