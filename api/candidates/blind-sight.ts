import { type RawBuilder, sql } from 'kysely';
import type { Role } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import type { Database } from '../database/tables.ts';
import { noCandidate } from './no-candidate.ts';

/** They oversee reviews, so that they must see both decisions. */
const overseers: readonly Role[] = ['shift_leader', 'commander', 'legal_reviewer'];

/** Whether somebody may be the second who decides without knowing of the first. */
export function mayDecideBlind({ roles }: Pick<User, 'roles'>): boolean {
  return roles.includes('reviewer') && !roles.some((role) => overseers.includes(role));
}

/**
 * Whether a candidate, with its decision and its case, is kept from a reviewer: while it waits for a blind second decision, nobody who could
 * be that second person finds it; who decided first does.
 */
export function isKeptFrom(user: User, candidateId: RawBuilder<string | null>): RawBuilder<boolean> {
  if (!mayDecideBlind(user)) return sql<boolean>`false`;
  return sql<boolean>`exists (
    select 1 from candidate again
    where again.blind_of = ${candidateId} and again.first_reviewer_id <> ${user.id}::uuid
      and (again.state in ('pending_review', 'in_review')
        or exists (select 1 from review open where open.candidate_id = again.id
          and open.settled_at is null and open.undone_at is null)))`;
}

/** Refuses as if there were no such candidate. */
export async function requireNotKept(db: Database, id: string, user: User): Promise<void> {
  if (!mayDecideBlind(user)) return;
  const { rows } = await sql<{ kept: boolean }>`select ${isKeptFrom(user, sql`${id}::text`)} as kept`.execute(
    db,
  );
  if (rows[0]?.kept === true) throw noCandidate(id);
}
