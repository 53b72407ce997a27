import { type CaseClass, type GeoPoint, type Offence, toDistanceM, toLocalTime } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database } from '../database/tables.ts';
import { findCollectors } from '../registries/find-collectors.ts';
import { refuse } from './applications.ts';
import { type Effect, refuseField, type Step } from './step.ts';

/** Who had it before the public: the number of a case or the id of a candidate; `null`: nobody, so that it may be an omission. */
export interface Omission {
  readonly earlier: { readonly case: string } | { readonly candidate: string } | null;
}

/** More of one class and one day in one place is no city. */
const maxCompared = 2000;
const metresPerDegree = 111_195;

/**
 * The case or the candidate of the same class that is near enough in place and time to be the same thing, as cases are merged by. What was
 * found not to be there is none. A report without a place is compared with nothing.
 */
export async function findEarlier(
  context: Pick<ConsoleContext, 'cases'>,
  db: Database,
  report: {
    readonly class: CaseClass;
    readonly offence: Offence | null;
    readonly point: GeoPoint | null;
    readonly atMs: number;
  },
): Promise<Omission['earlier']> {
  const { point, atMs } = report;
  if (point === null) return null;
  const { mergeWithinM, mergeWithinMs } = context.cases;
  const [since, at] = [new Date(atMs - mergeWithinMs), new Date(atMs)];
  const [south, north] = [-1, 1].map((sign) => point.lat + (sign * mergeWithinM) / metresPerDegree) as [
    number,
    number,
  ];
  const isNear = (place: { readonly lon: number | null; readonly lat: number | null }) =>
    place.lon !== null &&
    place.lat !== null &&
    toDistanceM(point, { lon: place.lon, lat: place.lat }) <= mergeWithinM;
  const cases = await db
    .selectFrom('case_file')
    .select(['case_no', 'lon', 'lat'])
    .where('class_scheme', '=', report.class.scheme)
    .where('class_code', '=', report.class.code)
    .where('created_at', '>=', since)
    .where('created_at', '<=', at)
    .where('lat', '>=', south)
    .where('lat', '<=', north)
    .where('state', 'not in', ['not_accepted', 'voided'])
    .orderBy('created_at')
    .limit(maxCompared)
    .execute();
  const earlier = cases.find(isNear);
  if (earlier !== undefined) return { case: earlier.case_no };
  if (report.offence === null) return null;
  const candidates = await db
    .selectFrom('candidate')
    .innerJoin('camera_place', 'camera_place.camera_id', 'candidate.camera_id')
    .select(['candidate.id', 'camera_place.lon', 'camera_place.lat'])
    .where('candidate.offence', '=', report.offence)
    .where('candidate.raised_at', '>=', since)
    .where('candidate.raised_at', '<=', at)
    .where('candidate.blind_of', 'is', null)
    .where('candidate.state', 'not in', ['observing', 'suppressed', 'rejected'])
    .where('camera_place.lat', '>=', south)
    .where('camera_place.lat', '<=', north)
    .orderBy('candidate.raised_at')
    .limit(maxCompared)
    .execute();
  const seen = candidates.find(isNear);
  return seen === undefined ? null : { candidate: seen.id };
}

/** For the record of the report. */
export function toDetails({ earlier }: Omission): Record<string, unknown> {
  return earlier === null ? { omission: 'possible' } : { earlier };
}

/**
 * Who collected in the case's grid on the day of its report, by username: on record with the filing, an omission weighs on them whatever
 * the registry says later. Somebody without an account goes by the number in the registry; where nobody collects there is nobody.
 */
export async function listAnswerable({ context, db, before }: Step): Promise<string[]> {
  if (before.grid_id === null) return [];
  const { date } = toLocalTime(before.created_at.getTime(), context.timeZone);
  const collectors = await findCollectors(db, before.grid_id, date);
  return collectors.map(({ id, username }) => username ?? id);
}

/** 漏报: intake says whether a collector should have found it; whoever says so last is right. */
export function judgeOmission({ before, body }: Step): Effect {
  const { omitted } = body;
  if (omitted === undefined) throw refuseField('omitted', 'judge_omission needs an omitted');
  if (before.omission === null)
    throw refuse(before, 'the public did not report it first: no collector has missed it');
  return {
    changes: { omission: omitted ? 'confirmed' : 'dismissed' },
    details: { omitted: String(omitted) },
  };
}
