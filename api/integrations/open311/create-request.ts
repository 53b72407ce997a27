import type { GeoPoint } from '../../../domain/mod.ts';
import type { User } from '../../auth/user.ts';
import { writeReport } from '../../cases/report-case.ts';
import { findGridAt } from '../../cases/route-case.ts';
import type { ConsoleContext } from '../../context.ts';
import type { Database } from '../../database/tables.ts';
import type { EncodedPhoto } from '../../photos/re-encode.ts';
import { storeReportPhotos, toPhotoKey } from '../../photos/store-report-photos.ts';
import { type Open311Problem, Open311Refusal } from './answer.ts';
import { type Contact, keepContact } from './contact.ts';
import type { Form } from './read-form.ts';
import { findService } from './services.ts';

/** Longest of each text, characters. */
const limits = {
  description: 2000,
  address_string: 200,
  address_id: 100,
  email: 200,
  phone: 50,
  first_name: 100,
  last_name: 100,
  device_id: 100,
  account_id: 100,
  media_url: 500,
} as const;
type TextField = keyof typeof limits;
/** NUL, and halves of surrogate pairs, which JSON can spell. */
const unkeepable = /\0|\p{Cs}/u;

/** Makes a case of a request and its pictures, by the way that every report goes. Says all that is wrong with it at once. */
export async function createRequest(
  context: ConsoleContext,
  form: Form,
  photos: readonly EncodedPhoto[],
  by: { readonly user: User; readonly ip: string },
): Promise<string> {
  const code = read(form, 'service_code');
  if (code === null) throw new Open311Refusal([{ code: 400, description: 'service_code was not provided' }]);
  const service = await findService(context.db, code);
  const problems: Open311Problem[] = [];
  const add = (description: string): void => void problems.push({ code: 400, description });
  const texts = readTexts(form, add);
  const point = readPoint(form, add);
  const { address_string: addressString, address_id: addressId, description } = texts;
  if (point === null && addressString === null && addressId === null && problems.length === 0)
    add('a location is needed: lat and long, address_string or address_id');
  const level = readLevel(form, add);
  const landmark = read(form, 'attribute[LANDMARK]')?.slice(0, 200) ?? null;
  if (landmark !== null && unkeepable.test(landmark))
    add('attribute[LANDMARK] holds a character that cannot be kept');
  if (texts.media_url !== null && !/^https?:\/\/[^\s]+$/i.test(texts.media_url))
    add('media_url is not an http or https address');
  if (point !== null && problems.length === 0) await requireCovered(context.db, point, add);
  if (problems.length > 0) throw new Open311Refusal(problems);
  const contact: Contact = {
    email: texts.email,
    phone: texts.phone,
    firstName: texts.first_name,
    lastName: texts.last_name,
    deviceId: texts.device_id,
    accountId: texts.account_id,
    mediaUrl: texts.media_url,
  };
  for (const photo of photos) await context.blobs.put(toPhotoKey(photo.sha256), photo.bytes, 'image/jpeg');
  return context.db.transaction().execute(async (db) => {
    const words = [description, landmark].filter((text) => text !== null).join('\n');
    const address = addressString ?? (addressId === null ? null : `address_id ${addressId}`);
    const file = await writeReport(
      context,
      db,
      {
        source: 'public',
        class: service.class,
        level,
        ...(point !== null && { point }),
        ...(address !== null && { address }),
        ...(words !== '' && { description: words }),
        reporter: null,
      },
      { actor: by.user.username, role: null, ip: by.ip, atMs: context.nowMs() },
      (caseNo) => storeReportPhotos(context, db, { caseNo, accountId: by.user.id, photos }),
    );
    await keepContact(context, db, file.case_no, contact);
    return file.case_no;
  });
}

function read(form: Form, field: string): string | null {
  const value = form[field];
  const first = typeof value === 'string' ? value : (value?.[0] ?? '');
  return first.trim() === '' ? null : first.trim();
}

function readTexts(form: Form, add: (problem: string) => void): Record<TextField, string | null> {
  const texts = {} as Record<TextField, string | null>;
  for (const field of Object.keys(limits) as TextField[]) {
    const text = read(form, field);
    if (text !== null && text.length > limits[field])
      add(`${field} is longer than ${limits[field]} characters`);
    if (text !== null && unkeepable.test(text)) add(`${field} holds a character that cannot be kept`);
    texts[field] = text;
  }
  return texts;
}

function readPoint(form: Form, add: (problem: string) => void): GeoPoint | null {
  const [lat, long] = [read(form, 'lat'), read(form, 'long') ?? read(form, 'lon')];
  if (lat === null && long === null) return null;
  const point = { lat: Number(lat ?? Number.NaN), lon: Number(long ?? Number.NaN) };
  if (!Number.isFinite(point.lat) || Math.abs(point.lat) > 90) add('lat is not a latitude in degrees');
  if (!Number.isFinite(point.lon) || Math.abs(point.lon) > 180) add('long is not a longitude in degrees');
  return point;
}

function readLevel(form: Form, add: (problem: string) => void): 'normal' | 'urgent' {
  const level = read(form, 'attribute[LEVEL]') ?? 'normal';
  if (level === 'normal' || level === 'urgent') return level;
  add('attribute[LEVEL] is not one of normal, urgent');
  return 'normal';
}

/** The city answers for its grids; where it has drawn none, for everywhere. */
async function requireCovered(db: Database, point: GeoPoint, add: (problem: string) => void): Promise<void> {
  if ((await findGridAt(db, point)) !== null) return;
  const drawn = await db.selectFrom('grid').select('id').limit(1).executeTakeFirst();
  if (drawn !== undefined)
    add(`the place ${point.lat}, ${point.lon} is outside the area that this city answers for`);
}
