import { type Static, Type } from 'typebox';
import { XunjieError } from '../../../domain/mod.ts';
import { appendAudit } from '../../audit/append-audit.ts';
import type { ConsoleContext } from '../../context.ts';
import type { DatabaseTransaction } from '../../database/tables.ts';
import { Nullable } from '../../http/schema.ts';
import { requireFieldKeys } from '../../plates/require-field-keys.ts';
import type { Editor } from '../registry/integration-store.ts';

export const Contact = Type.Object({
  email: Nullable(Type.String()),
  phone: Nullable(Type.String()),
  firstName: Nullable(Type.String()),
  lastName: Nullable(Type.String()),
  deviceId: Nullable(Type.String()),
  accountId: Nullable(Type.String()),
  mediaUrl: Nullable(Type.String({ description: 'As it was sent; this program never fetches it' })),
});
export type Contact = Static<typeof Contact>;

const toPlace = (caseNo: string): string => `report contact:${caseNo}`;

/** Keeps what was told of the reporter, encrypted; without keys nothing of it is kept. */
export async function keepContact(
  { fieldKeys }: ConsoleContext,
  db: DatabaseTransaction,
  caseNo: string,
  contact: Contact,
): Promise<void> {
  if (fieldKeys === null || Object.values(contact).every((value) => value === null)) return;
  const { keyId, bytes } = fieldKeys.encrypt(JSON.stringify(contact), toPlace(caseNo));
  await db
    .insertInto('report_contact')
    .values({ case_no: caseNo, key_id: keyId, encrypted: bytes })
    .execute();
}

/** Shows how to reach who reported, to whoever must ask back; it is written down who looked. */
export async function readContact(
  context: ConsoleContext,
  caseNo: string,
  { user, ip }: Editor,
): Promise<Contact> {
  const keys = requireFieldKeys(context);
  return context.db.transaction().execute(async (db) => {
    const row = await db
      .selectFrom('report_contact')
      .selectAll()
      .where('case_no', '=', caseNo)
      .executeTakeFirst();
    if (row === undefined) throw new XunjieError('not_found', `nobody to reach is known for case ${caseNo}`);
    await appendAudit(db, {
      atMs: context.nowMs(),
      actor: user.username,
      action: 'case.read_contact',
      objectKind: 'case',
      objectId: caseNo,
      result: 'done',
      ip,
    });
    return JSON.parse(keys.decrypt({ keyId: row.key_id, bytes: row.encrypted }, toPlace(caseNo))) as Contact;
  });
}
