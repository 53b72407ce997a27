import { sql } from 'kysely';
import type { CandidateState, Offence, SuppressionReason } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { selectCandidates } from './candidate-query.ts';
import type { CandidateSummary } from './schema.ts';
import { toCandidateSummary } from './view.ts';

export interface CandidateFilter {
  readonly states: readonly CandidateState[];
  readonly camera: string | null;
  readonly offences: readonly Offence[] | null;
  /** Only those that the rules hold for one of these. */
  readonly reasons: readonly SuppressionReason[] | null;
  readonly limit: number;
  readonly cursor: string | null;
}

export interface CandidatePage {
  items: CandidateSummary[];
  total: number;
  nextCursor: string | null;
}

/** A page in the order of review: urgency, then the oldest, then the surest. */
export async function listCandidates(
  context: ConsoleContext,
  filter: CandidateFilter,
  user: User,
): Promise<CandidatePage> {
  const { db, timeZone } = context;
  const isWanted = sql<boolean>`candidate.state in (${sql.join(filter.states)})
    and (${filter.camera}::text is null or candidate.camera_id = ${filter.camera})
    and (${filter.offences}::text[] is null or candidate.offence = any(${filter.offences}))
    and (${filter.reasons}::text[] is null or candidate.suppressed_reason = any(${filter.reasons}))`;
  const { total } = await db
    .selectFrom('candidate')
    .select((select) => select.fn.countAll<number>().as('total'))
    .where(isWanted)
    .executeTakeFirstOrThrow();
  let query = selectCandidates(db).where(isWanted);
  if (filter.cursor !== null) {
    const [urgency, raisedAtMs, score, id] = decodeCursor(filter.cursor, [
      'number',
      'number',
      'number',
      'string',
    ]);
    const raisedAt = new Date(Number(raisedAtMs));
    query = query.where(
      sql<boolean>`(urgency, raised_at, -mean_score, candidate.id)
        > (${urgency}::smallint, ${raisedAt}::timestamptz, ${-Number(score)}::double precision, ${id}::text)`,
    );
  }
  const rows = await query
    .orderBy('urgency')
    .orderBy('raised_at')
    .orderBy(sql`-mean_score`)
    .orderBy('candidate.id')
    .limit(filter.limit + 1)
    .execute();
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => toCandidateSummary(row, user, timeZone)),
    total,
    nextCursor:
      rows.length <= filter.limit || last === undefined
        ? null
        : encodeCursor([last.urgency, last.raised_at.getTime(), last.mean_score, last.id]),
  };
}
