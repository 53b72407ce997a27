import { sql } from 'kysely';
import { XunjieError } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import { isKeptFrom } from '../candidates/blind-sight.ts';
import type { Database, Row } from '../database/tables.ts';
import { type PackageRelation, toRelation } from './unmasked.ts';

/** A sealed package, as somebody asks for it. */
export interface FoundPackage {
  readonly manifestHash: string;
  readonly candidateId: string;
  /** It was asked for as the package of a blind repetition. */
  readonly isBlind: boolean;
  readonly items: Row<'evidence'>['items'];
  readonly deleting_at: Date | null;
  readonly relation: PackageRelation;
  /** Its first decision is kept from whoever asks. */
  readonly isKept: boolean;
}

/**
 * The package of a name for somebody who may read of it at all; whether it is in reach was asked before the route's handler. Rejects with
 * `not_found` for one that is deleted, and for the reviewer who may yet decide blindly, by any name but the blind one.
 */
export async function requireReadablePackage(db: Database, name: string, user: User): Promise<FoundPackage> {
  const found = await findPackage(db, name, user);
  if (!found.isBlind && found.isKept)
    throw new XunjieError('not_found', `there is no evidence package ${name}`);
  if (found.deleting_at !== null)
    throw new XunjieError(
      'not_found',
      `package ${name} was deleted at ${found.deleting_at.toISOString()}: its retention was over`,
    );
  return found;
}

/** The package of a name: its manifest's hash, or the name that a blind repetition has for it. Rejects with `not_found`. */
async function findPackage(db: Database, name: string, user: User): Promise<FoundPackage> {
  const found = await db
    .selectFrom('evidence')
    .select(['evidence.manifest_hash', 'evidence.candidate_id', 'evidence.items', 'evidence.deleting_at'])
    .select([
      toRelation(user, sql`evidence.candidate_id`).as('relation'),
      isKeptFrom(user, sql`evidence.candidate_id`).as('isKept'),
    ])
    .where(
      sql<boolean>`evidence.candidate_id = coalesce(
        (select candidate_id from evidence named where named.manifest_hash = ${name}),
        (select blind_of from candidate where blind_package = ${name}))`,
    )
    .executeTakeFirst();
  if (found === undefined || found.manifest_hash === null)
    throw new XunjieError('not_found', `there is no evidence package ${name}`);
  const { manifest_hash: manifestHash, candidate_id: candidateId, ...rest } = found;
  return { ...rest, manifestHash, candidateId, isBlind: name !== manifestHash };
}
