import { type GeoPoint, type Offence, offences, toZonedIso, XunjieError } from '../../../domain/mod.ts';
import { writeReport } from '../../cases/report-case.ts';
import type { ConsoleContext } from '../../context.ts';
import type { DatabaseTransaction, PhotoAttachment, Row } from '../../database/tables.ts';
import { type EncodedPhoto, reEncodePhoto } from '../../photos/re-encode.ts';
import { storeReportPhotos, toPhotoKey } from '../../photos/store-report-photos.ts';
import type { Alarm } from './read-alarms.ts';

const maxPictureBytes = 4 * 1024 * 1024;

/** What became of an alarm: a report's number, or why there is none. */
export interface TakenAlarm {
  readonly caseNo: string | null;
  readonly result: string;
}

/**
 * Makes a report of an alarm that the integration's settings know a meaning for, once for each id. It is no candidate and has no sealed
 * evidence: it waits in `reported` for intake, who is a person, and can never go on the penalty track.
 */
export async function takeAlarm(
  context: ConsoleContext,
  from: Row<'integration'>,
  alarm: Alarm,
): Promise<TakenAlarm> {
  const offence = findOffence(from, alarm);
  if (offence === null)
    return { caseNo: null, result: 'it means nothing here: no offence for its EventSort' };
  const known = await findTaken(context.db, from.id, alarm.id);
  if (known !== null) return known;
  const photos = await encodePictures(alarm);
  for (const photo of photos) await context.blobs.put(toPhotoKey(photo.sha256), photo.bytes, 'image/jpeg');
  return context.db.transaction().execute(async (db) => {
    const at = new Date(context.nowMs());
    const inserted = await db
      .insertInto('inbox_message')
      .values({
        integration_id: from.id,
        message_id: alarm.id,
        type: 'alarm.raised',
        // No plate, no colour, nothing of whoever was there.
        payload: JSON.stringify({ deviceId: alarm.deviceId, eventSorts: alarm.eventSorts }),
        state: 'applied',
        received_at: at,
        handled_at: at,
        result: null,
      })
      .onConflict((conflict) => conflict.columns(['integration_id', 'message_id']).doNothing())
      .returning('message_id')
      .executeTakeFirst();
    if (inserted === undefined)
      return (await findTaken(db, from.id, alarm.id)) ?? { caseNo: null, result: 'taken' };
    const caseNo = await report(context, db, from, alarm, offence, photos);
    await db
      .updateTable('inbox_message')
      .set({ result: caseNo })
      .where('integration_id', '=', from.id)
      .where('message_id', '=', alarm.id)
      .execute();
    await db
      .updateTable('integration')
      .set({ last_success_at: at, heartbeat_at: at })
      .where('id', '=', from.id)
      .execute();
    return { caseNo, result: caseNo };
  });
}

async function report(
  context: ConsoleContext,
  db: DatabaseTransaction,
  from: Row<'integration'>,
  alarm: Alarm,
  offence: Offence,
  photos: readonly EncodedPhoto[],
): Promise<string> {
  const place = findPlace(from, alarm.deviceId);
  const shotAt = alarm.shotAtMs === null ? null : toZonedIso(alarm.shotAtMs, context.timeZone);
  const file = await writeReport(
    context,
    db,
    {
      source: 'other',
      offence,
      ...(place.point !== null && { point: place.point }),
      ...(place.address !== null && { address: place.address }),
      description: `${from.name}: ${alarm.deviceId}${shotAt === null ? '' : `, ${shotAt}`}`,
      reporter: `${from.id} ${alarm.id}`.slice(0, 100),
    },
    { actor: `integration:${from.id}`, role: null, ip: null, atMs: context.nowMs() },
    async (caseNo) => attachPictures(context, db, from, caseNo, photos),
  );
  return file.case_no;
}

async function attachPictures(
  context: ConsoleContext,
  db: DatabaseTransaction,
  from: Row<'integration'>,
  caseNo: string,
  photos: readonly EncodedPhoto[],
): Promise<PhotoAttachment[]> {
  if (photos.length === 0) return [];
  return storeReportPhotos(context, db, { caseNo, accountId: await findMachineAccount(db, from), photos });
}

/** Pictures belong to somebody: to an account that nobody can log in with. */
async function findMachineAccount(db: DatabaseTransaction, from: Row<'integration'>): Promise<string> {
  const username = `integration:${from.id}`;
  await db
    .insertInto('account')
    .values({ username, display_name: from.name, kind: 'machine', roles: [] })
    .onConflict((conflict) => conflict.column('username').doNothing())
    .execute();
  const { id } = await db
    .selectFrom('account')
    .select('id')
    .where('username', '=', username)
    .executeTakeFirstOrThrow();
  return id;
}

async function findTaken(
  db: ConsoleContext['db'],
  integrationId: string,
  alarmId: string,
): Promise<TakenAlarm | null> {
  const row = await db
    .selectFrom('inbox_message')
    .select('result')
    .where('integration_id', '=', integrationId)
    .where('message_id', '=', alarmId)
    .executeTakeFirst();
  return row === undefined ? null : { caseNo: row.result, result: row.result ?? 'taken' };
}

async function encodePictures({ pictures }: Alarm): Promise<EncodedPhoto[]> {
  const encoded: EncodedPhoto[] = [];
  for (const picture of pictures) {
    if (picture.length > (maxPictureBytes * 4) / 3)
      throw new XunjieError('bad_request', `a picture is larger than ${maxPictureBytes / 1024 / 1024} MB`);
    encoded.push(await reEncodePhoto(Buffer.from(picture, 'base64')));
  }
  return encoded;
}

/** `settings.eventSorts`: the third party's numbers, and which offence each is. */
function findOffence(from: Row<'integration'>, { eventSorts }: Alarm): Offence | null {
  const meanings = (from.settings['eventSorts'] ?? {}) as Record<string, unknown>;
  for (const sort of eventSorts) {
    const named = Object.hasOwn(meanings, sort) ? meanings[sort] : undefined;
    const offence = offences.find((each) => each === named);
    if (offence !== undefined) return offence;
  }
  return null;
}

/** `settings.devices`: where each device stands. */
function findPlace(
  from: Row<'integration'>,
  deviceId: string,
): { readonly point: GeoPoint | null; readonly address: string | null } {
  const devices = (from.settings['devices'] ?? {}) as Record<string, unknown>;
  const place = (Object.hasOwn(devices, deviceId) ? devices[deviceId] : null) as {
    lon?: unknown;
    lat?: unknown;
    address?: unknown;
  } | null;
  const { lon, lat, address } = place ?? {};
  const isPoint =
    typeof lon === 'number' && typeof lat === 'number' && Math.abs(lon) <= 180 && Math.abs(lat) <= 90;
  return {
    point: isPoint ? { lon, lat } : null,
    address: typeof address === 'string' && address !== '' ? address.slice(0, 200) : null,
  };
}
