import { sql } from 'kysely';
import { XunjieError } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { User } from '../auth/user.ts';
import { lockCandidate } from '../candidates/candidate-lock.ts';
import type { ConsoleContext } from '../context.ts';
import { appendCustody } from '../custody/append-custody.ts';
import type { Database } from '../database/tables.ts';
import { maskPlate, parsePlate } from './plate-text.ts';
import { requireFieldKeys } from './require-field-keys.ts';

export interface KnownPlate {
  readonly plate: string;
  readonly enteredBy: string;
  readonly enteredAt: Date;
  /** Other candidates with the same plate. */
  readonly otherCandidates: number;
}

export interface Visitor {
  readonly user: User;
  readonly ip: string;
}

const toPlace = (candidateId: string): string => `plate:${candidateId}`;

/** Writes down the plate of a candidate's vehicle, encrypted, with its audit row; a correction takes its place. */
export async function enterPlate(
  context: ConsoleContext,
  candidateId: string,
  text: string,
  { user, ip }: Visitor,
): Promise<void> {
  const keys = requireFieldKeys(context);
  const plate = parsePlate(text);
  const { keyId, bytes } = keys.encrypt(plate, toPlace(candidateId));
  const at = new Date(context.nowMs());
  const values = {
    key_id: keyId,
    encrypted: bytes,
    blind_index: keys.toBlindIndex(plate),
    entered_by: user.username,
    entered_at: at,
  };
  await context.db.transaction().execute(async (trx) => {
    await lockCandidate(trx, candidateId);
    await requireCandidate(trx, candidateId);
    await trx
      .insertInto('plate')
      .values({ candidate_id: candidateId, ...values })
      .onConflict((conflict) => conflict.column('candidate_id').doUpdateSet(values))
      .execute();
    await appendAudit(trx, {
      atMs: at.getTime(),
      actor: user.username,
      action: 'plate.enter',
      objectKind: 'candidate',
      objectId: candidateId,
      result: 'done',
      ip,
      details: { masked: maskPlate(plate) },
    });
  });
}

/** The plate of a candidate's vehicle, for who may then show it whole or masked; `null` where none was entered. */
export async function findPlate(context: ConsoleContext, candidateId: string): Promise<KnownPlate | null> {
  const keys = requireFieldKeys(context);
  const row = await context.db
    .selectFrom('plate')
    .selectAll('plate')
    .select((select) =>
      select
        .selectFrom('plate as other')
        .whereRef('other.blind_index', '=', 'plate.blind_index')
        // A candidate and its blind repetition are one thing, and neither tells of the other.
        .innerJoin('candidate as theirs', 'theirs.id', 'other.candidate_id')
        .where(
          sql<boolean>`coalesce(theirs.blind_of, theirs.id) <> (
            select coalesce(own.blind_of, own.id) from candidate own where own.id = plate.candidate_id)`,
        )
        .select(sql<number>`count(distinct coalesce(theirs.blind_of, theirs.id))`.as('count'))
        .as('others'),
    )
    .where('plate.candidate_id', '=', candidateId)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    plate: keys.decrypt({ keyId: row.key_id, bytes: row.encrypted }, toPlace(candidateId)),
    enteredBy: row.entered_by,
    enteredAt: row.entered_at,
    otherCandidates: row.others ?? 0,
  };
}

/**
 * The same with the entries that say who saw it whole, and why: nobody does without. Rejects with `not_found` where none was entered.
 */
export async function revealPlate(
  context: ConsoleContext,
  candidateId: string,
  reason: string,
  { user, ip }: Visitor,
): Promise<KnownPlate> {
  const found = await findPlate(context, candidateId);
  if (found === null) throw new XunjieError('not_found', `no plate was entered for candidate ${candidateId}`);
  const atMs = context.nowMs();
  await context.db.transaction().execute(async (trx) => {
    await appendAudit(trx, {
      atMs,
      actor: user.username,
      action: 'plate.reveal',
      objectKind: 'candidate',
      objectId: candidateId,
      result: 'done',
      ip,
      details: { reason },
    });
    await appendCustody(trx, {
      candidateId: await findPackageOwner(trx, candidateId),
      atMs,
      action: 'view',
      actor: user.username,
      unit: user.unit?.name ?? null,
      content: 'plate',
      reason,
      from: ip,
    });
  });
  return found;
}

/** The candidate whose package shows the vehicle. */
async function findPackageOwner(db: Database, candidateId: string): Promise<string> {
  const row = await db
    .selectFrom('candidate')
    .select('blind_of')
    .where('id', '=', candidateId)
    .executeTakeFirst();
  return row?.blind_of ?? candidateId;
}

async function requireCandidate(db: Database, candidateId: string): Promise<void> {
  const found = await db
    .selectFrom('candidate')
    .select('id')
    .where('id', '=', candidateId)
    .executeTakeFirst();
  if (found === undefined) throw new XunjieError('not_found', `there is no candidate ${candidateId}`);
}
