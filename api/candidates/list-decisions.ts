import type { CandidateFacts } from '../../domain/mod.ts';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import type { Logger } from '../../platform/mod.ts';
import { connectDatabase, parseDatabaseUrl } from '../database/connect.ts';

/** What a person decided on a candidate. */
export interface Decision {
  readonly decision: 'confirmed' | 'rejected';
  /** Of a rejection. */
  readonly reason: string | null;
  readonly decidedAtMs: number;
  /** As last heard of: its end may have come after the decision. */
  readonly candidate: CandidateFacts;
}

/** Every decision in a case store, by time of the candidate, read beside a console that may be running. Names of reviewers are left out. */
export async function listDecisions(databaseUrl: string, logger: Logger): Promise<Decision[]> {
  const address = parseDatabaseUrl(databaseUrl);
  const db = connectDatabase(address, logger);
  try {
    const rows = await db
      .selectFrom('review')
      .innerJoin('candidate', 'candidate.id', 'review.candidate_id')
      .select(['review.result', 'review.reason', 'review.at', 'candidate.facts'])
      .where('review.settled_at', 'is not', null)
      .where('review.result', 'in', ['confirmed', 'rejected'])
      .where('candidate.blind_of', 'is', null)
      // The last one that took effect counts: a second reviewer or an appeal may have decided otherwise.
      .where((where) =>
        where.not(
          where.exists(
            where
              .selectFrom('review as later')
              .select('later.id')
              .whereRef('later.candidate_id', '=', 'review.candidate_id')
              .whereRef('later.at', '>', 'review.at')
              .where('later.settled_at', 'is not', null)
              .where('later.result', 'in', ['confirmed', 'rejected']),
          ),
        ),
      )
      .orderBy('candidate.from_at')
      .orderBy('candidate.id')
      .execute();
    return rows.flatMap(({ result, reason, at, facts }) =>
      result === 'confirmed' || result === 'rejected'
        ? [{ decision: result, reason, decidedAtMs: at.getTime(), candidate: facts }]
        : [],
    );
  } catch (error) {
    throw new XunjieError(
      'database_unreachable',
      `the decisions cannot be read from ${address.place}: ${toMessage(error)}`,
      {
        cause: error,
      },
    );
  } finally {
    await db.destroy();
  }
}
