import { sql } from 'kysely';
import { type EvidenceItem, XunjieError } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import { requireOwnLease } from './lease.ts';
import { readSeenCandidate, type SeenCandidate } from './seen-candidate.ts';
import { listStillMoments, type StillMoment, stillMoments } from './still-moments.ts';

/**
 * Remembers that a still was sent to this user, full size, if the user holds the candidate. A copy (annotated, masked) shows
 * the same moment. One statement, which changes nothing at the second time.
 */
export async function noteShownStill(
  context: ConsoleContext,
  manifestHash: string,
  item: { readonly kind: EvidenceItem['kind'] | null; readonly moment: EvidenceItem['moment'] | null },
  user: User,
): Promise<void> {
  const { kind, moment } = item;
  if (kind === null || kind === 'clip' || !stillMoments.some((known) => known === moment)) return;
  await context.db
    .updateTable('candidate')
    .set({ lease_shown: sql<string[]>`array_append(lease_shown, ${moment}::text)` })
    .where('lease_account_id', '=', user.id)
    .where('state', '=', 'in_review')
    .where('lease_until', '>', new Date(context.nowMs()))
    .where(sql<boolean>`not (${moment}::text = any(lease_shown))`)
    .where(
      sql<boolean>`coalesce(blind_of, id) = (select candidate_id from evidence where manifest_hash = ${manifestHash})`,
    )
    .execute();
}

/** The page says what it has drawn (a browser may have had the picture already). Needs the lease, like a decision. */
export async function acknowledgeStills(
  context: ConsoleContext,
  id: string,
  moments: readonly StillMoment[],
  user: User,
): Promise<{ shown: string[]; missing: StillMoment[] }> {
  const row = await readSeenCandidate(context.db, id);
  requireOwnLease(context, row, user);
  const needed = listStillMoments(row.items);
  const stranger = moments.find((moment) => !needed.includes(moment));
  if (stranger !== undefined)
    throw new XunjieError('bad_request', `body.moments: the package has no still "${stranger}"`, {
      details: { field: 'body.moments' },
    });
  // A version is a lease: what was shown under another one does not count.
  const noted = await context.db
    .updateTable('candidate')
    .set({
      lease_shown: sql<string[]>`lease_shown || array(
        select one from unnest(${[...new Set(moments)]}::text[]) with ordinality said (one, at)
        where not one = any(lease_shown) order by at)`,
    })
    .where('id', '=', id)
    .where('version', '=', row.version)
    .where('lease_account_id', '=', user.id)
    .returning('lease_shown')
    .executeTakeFirst();
  if (noted === undefined)
    throw new XunjieError('lease_lost', `you no longer hold candidate ${id}; open it again`);
  const shown = stillMoments.filter((moment) => noted.lease_shown.includes(moment));
  return { shown, missing: needed.filter((moment) => !shown.includes(moment)) };
}

/** Refuses while a still of the package has not been shown to the holder under this lease. */
export function requireShownStills(row: SeenCandidate): void {
  const missing = listStillMoments(row.items).filter((moment) => !row.lease_shown.includes(moment));
  if (missing.length === 0) return;
  throw new XunjieError(
    'stills_not_shown',
    `not looked at under this lease: the still${missing.length > 1 ? 's' : ''} ${missing.join(', ')}`,
    { details: { missing } },
  );
}
