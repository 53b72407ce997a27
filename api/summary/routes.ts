import { sql } from 'kysely';
import { Type } from 'typebox';
import {
  type CandidateState,
  type CaseState,
  candidateStates,
  caseStates,
  type SuppressionReason,
  suppressionReasons,
  toZonedIso,
} from '../../domain/mod.ts';
import { isWide, matchCandidateReach, matchReach } from '../auth/reach.ts';
import { requireUser, type User } from '../auth/user.ts';
import { listMissingYears } from '../calendar/missing-years.ts';
import { releaseLapsedLeases } from '../candidates/lease.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database } from '../database/tables.ts';
import type { App } from '../http/app.ts';

const Summary = Type.Object({
  now: Type.String({ description: "The time on the city's clock, ISO 8601 with offset" }),
  candidates: Type.Record(Type.Enum([...candidateStates]), Type.Integer()),
  suppressed: Type.Record(Type.Enum([...suppressionReasons]), Type.Integer(), {
    description: 'Candidates that the rules hold, by reason',
  }),
  cases: Type.Record(Type.Enum([...caseStates]), Type.Integer()),
  overdue: Type.Integer({ description: 'Cases whose unit has not replied and is late' }),
  missingCalendarYears: Type.Array(Type.Integer(), {
    description: 'Whose days off and make-up days are not entered: this year, from November on the next',
  }),
});

export function registerSummaryRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/summary',
    config: { permission: 'session' },
    schema: { tags: ['summary'], summary: 'How many of each', response: { 200: Summary } },
    handler: async (request) => {
      const user = requireUser(request);
      await releaseLapsedLeases(context);
      return {
        now: toZonedIso(context.nowMs(), context.timeZone),
        candidates: await keepLongCount(
          context,
          isWide(user) ? 'candidates' : `candidates of ${user.id}`,
          () => countCandidates(context.db, user),
        ),
        suppressed: await countSuppressed(context.db, user),
        cases: await keepLongCount(context, `cases of ${user.id}`, () => countCases(context.db, user)),
        overdue: await countOverdue(context.db, user, context.nowMs()),
        missingCalendarYears: await listMissingYears(context.db, context.timeZone, context.nowMs()),
      };
    },
  });
}

/** From this many on, counting takes long enough that everybody may see what is a little old. */
const longTotal = 100_000;
const longCountAgeMs = 5_000;
const longCounts = new WeakMap<
  ConsoleContext,
  Map<string, { readonly counts: unknown; readonly atMs: number }>
>();

async function keepLongCount<Counts extends Readonly<Record<string, number>>>(
  context: ConsoleContext,
  name: string,
  count: () => Promise<Counts>,
): Promise<Counts> {
  const kept = longCounts.get(context) ?? new Map();
  longCounts.set(context, kept);
  const known = kept.get(name);
  if (known !== undefined && performance.now() - known.atMs < longCountAgeMs) return known.counts as Counts;
  const counts = await count();
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  if (total >= longTotal) kept.set(name, { counts, atMs: performance.now() });
  return counts;
}

/** Of the candidates that the user may know of, or of all. Every state is there, with 0 where there is none. */
export async function countCandidates(
  db: Database,
  user: User | null,
): Promise<Record<CandidateState, number>> {
  const rows = await db
    .selectFrom('candidate')
    .select(['state', (select) => select.fn.countAll<number>().as('count')])
    // A blind repetition waits like any other, and is none once it is decided.
    .where((where) =>
      where.or([where('blind_of', 'is', null), where('state', 'in', ['pending_review', 'in_review'])]),
    )
    .where(user === null ? sql<boolean>`true` : matchCandidateReach(user))
    .groupBy('state')
    .execute();
  return toCounts(candidateStates, rows);
}

async function countSuppressed(db: Database, user: User): Promise<Record<SuppressionReason, number>> {
  const rows = await db
    .selectFrom('candidate')
    .select(['suppressed_reason', (select) => select.fn.countAll<number>().as('count')])
    .where('candidate.state', '=', 'suppressed')
    .where(matchCandidateReach(user))
    .groupBy('suppressed_reason')
    .execute();
  return toCounts(
    suppressionReasons,
    rows.flatMap(({ suppressed_reason: state, count }) => (state === null ? [] : [{ state, count }])),
  );
}

/** Of the cases that the user sees. */
async function countCases(db: Database, user: User): Promise<Record<CaseState, number>> {
  const rows = await db
    .selectFrom('case_file')
    .select(['state', (select) => select.fn.countAll<number>().as('count')])
    .where(matchReach(user))
    .groupBy('state')
    .execute();
  return toCounts(caseStates, rows);
}

async function countOverdue(db: Database, user: User, nowMs: number): Promise<number> {
  const { count } = await db
    .selectFrom('case_file')
    .select(sql<number>`count(*)`.as('count'))
    .where(matchReach(user))
    .where('deadline', '<', new Date(nowMs))
    .where('disposed_at', 'is', null)
    .where('ended_at', 'is', null)
    .where('suspended_at', 'is', null)
    // What is late is its master.
    .where('state', '!=', 'merged')
    .executeTakeFirstOrThrow();
  return count;
}

function toCounts<State extends string>(
  states: readonly State[],
  rows: readonly { readonly state: State; readonly count: number }[],
): Record<State, number> {
  const counts = Object.fromEntries(states.map((state) => [state, 0])) as Record<State, number>;
  for (const { state, count } of rows) counts[state] = count;
  return counts;
}
