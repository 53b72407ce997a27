import { toZonedIso, XunjieError } from '../../../domain/mod.ts';
import { appendAudit } from '../../audit/append-audit.ts';
import type { ConsoleContext } from '../../context.ts';
import type { DatabaseTransaction } from '../../database/tables.ts';
import { toOffenceReference } from '../../http/schema.ts';
import { findPlate } from '../../plates/plate-store.ts';
import { deliverWebhook, toFailure } from '../outbox/deliver.ts';
import { enqueueFor } from '../outbox/enqueue-event.ts';
import type { Speaker } from '../outbox/outbox-sender.ts';
import { lockEnforcement, moveEnforcement } from './enforcement-file.ts';
import type { EnforcementGateways } from './gateway.ts';

const handOverType = 'enforcement.hand_over';

/** Two officers at least (处罚法 42). */
const leastOfficers = 2;

/** Puts the hand-over of a confirmed case into the outbox. Our own exchange format, assumed: none is published. Returns the message. */
export async function queueHandOver(
  context: ConsoleContext,
  db: DatabaseTransaction,
  caseNo: string,
): Promise<string> {
  const to = await db
    .selectFrom('integration')
    .select('id')
    .where('kind', '=', 'enforcement')
    .where('state', '=', 'enabled')
    .where('url', 'is not', null)
    .orderBy('id')
    .executeTakeFirst();
  if (to === undefined)
    throw new XunjieError(
      'conflict',
      'no enforcement system (掌上执法) is connected to hand the case over to',
    );
  return enqueueFor(context, db, to.id, {
    type: handOverType,
    orderingKey: caseNo,
    atMs: context.nowMs(),
    data: await describeCase(context, db, caseNo),
  });
}

async function describeCase(context: ConsoleContext, db: DatabaseTransaction, caseNo: string) {
  const row = await db
    .selectFrom('case_file')
    .innerJoin('candidate', 'candidate.id', 'case_file.candidate_id')
    .innerJoin('evidence', 'evidence.candidate_id', 'case_file.candidate_id')
    .selectAll('case_file')
    .select(['candidate.from_at', 'candidate.to_at', 'candidate.dwell_ms'])
    .select(['evidence.manifest_hash', 'evidence.key_id', 'evidence.items'])
    .where('case_no', '=', caseNo)
    .executeTakeFirst();
  if (row === undefined || row.manifest_hash === null)
    throw new XunjieError('conflict', `case ${caseNo} has no sealed evidence to hand over`);
  const reviews = await db
    .selectFrom('review')
    .select(['reviewer', 'stage', 'at'])
    .where('candidate_id', '=', row.candidate_id ?? '')
    .where('result', '=', 'confirmed')
    .where('track', '=', 'penalty')
    .where('undone_at', 'is', null)
    .orderBy('at')
    .orderBy('stage')
    .execute();
  if (new Set(reviews.map(({ reviewer }) => reviewer)).size < leastOfficers)
    throw new XunjieError('conflict', `case ${caseNo} was confirmed by fewer than ${leastOfficers} officers`);
  const item = await db
    .selectFrom('offence_item')
    .select(['code', 'name', 'legal_basis'])
    .where('class_scheme', '=', row.class_scheme ?? 'local')
    .where('class_code', '=', row.class_code ?? '')
    .orderBy('code')
    .executeTakeFirst();
  const toTime = (at: Date): string => toZonedIso(at.getTime(), context.timeZone);
  return {
    v: 1,
    caseNo,
    candidateId: row.candidate_id,
    class: { scheme: row.class_scheme, code: row.class_code },
    offence: row.offence === null ? null : toOffenceReference(row.offence),
    item: item === undefined ? null : { code: item.code, name: item.name, legalBasis: item.legal_basis },
    from: toTime(row.from_at),
    to: row.to_at === null ? null : toTime(row.to_at),
    dwellMs: row.dwell_ms,
    camera: row.camera_id,
    point: row.lon === null || row.lat === null ? null : { lon: row.lon, lat: row.lat },
    address: row.address,
    confirmedBy: reviews.map(({ reviewer, stage, at }) => ({ reviewer, stage, at: toTime(at) })),
    evidence: { manifestHash: row.manifest_hash, keyId: row.key_id, items: row.items?.length ?? 0 },
  };
}

/** How messages go to 掌上执法: a hand-over by its own calls, anything else as to everybody. */
export function createEnforcementSpeaker(gateways: EnforcementGateways): Speaker {
  return {
    async deliver(context, to, message, signal) {
      if (message.type !== handOverType) return deliverWebhook(context, to, message, signal);
      try {
        const { data } = message.payload;
        // The plate stands in no message that waits: it is read at the moment of sending.
        const plate = await readPlate(context, String(data['candidateId']));
        const gateway = gateways.open(context, to);
        const { reference } = await gateway.submit({ ...data, plate, messageId: message.id }, signal);
        return { result: 'delivered', status: 200, receipt: reference };
      } catch (error) {
        return toFailure(error);
      }
    },
    follow: (context, message) => async (db, receipt) => {
      if (message.type !== handOverType) return;
      const caseNo = message.ordering_key;
      const atMs = context.nowMs();
      const file = await lockEnforcement(db, caseNo);
      if (file.hand_over_message !== message.id || file.state === 'handed_over') return;
      await moveEnforcement(db, file, {
        action: 'handed_over',
        to: 'handed_over',
        actor: `integration:${message.integration_id}`,
        role: null,
        atMs,
        note: receipt,
        changes: { reference: receipt },
      });
      await appendAudit(db, {
        atMs,
        actor: 'system',
        action: 'enforcement.handed_over',
        objectKind: 'case',
        objectId: caseNo,
        result: 'done',
        ip: null,
        details: { reference: receipt, message: message.id },
      });
    },
  };
}

async function readPlate(context: ConsoleContext, candidateId: string): Promise<string | null> {
  return (await findPlate(context, candidateId))?.plate ?? null;
}
