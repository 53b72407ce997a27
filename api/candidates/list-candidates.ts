import { sql } from 'kysely';
import type { CandidateState, Offence, SuppressionReason } from '../../domain/mod.ts';
import { isWide, matchCandidateReach } from '../auth/reach.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { isKeptFrom, mayDecideBlind } from './blind-sight.ts';
import { isHiddenFrom } from './is-hidden-from.ts';
import { countQueue, type QueueCount, type QueueRow, selectQueueRows } from './queue-query.ts';
import type { CandidateSummary } from './schema.ts';
import { createSharedRuns, type SharedRuns } from './shared-runs.ts';
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

/** What is the same for everybody who asks for a page. */
interface SharedPage {
  readonly rows: readonly QueueRow[];
  readonly summaries: readonly CandidateSummary[];
  readonly nextCursor: string | null;
}

interface Shared {
  readonly pages: SharedRuns<SharedPage>;
  readonly counts: SharedRuns<QueueCount>;
  /** The newest count of each long list. */
  readonly longCounts: Map<string, QueueCount & { readonly atMs: number }>;
}

const sharedByContext = new WeakMap<ConsoleContext, Shared>();
/** Sees every lease as someone else's. */
const nobody = { id: '' };
/** From this many on a total is not counted anew for everybody, but may be a second old. */
const longTotal = 1000;
const longCountAgeMs = 1000;

/** A page in the order of review: urgency, then the oldest, then the surest. */
export async function listCandidates(
  context: ConsoleContext,
  filter: CandidateFilter,
  user: User,
): Promise<CandidatePage> {
  const shared = sharedByContext.get(context) ?? {
    pages: createSharedRuns<SharedPage>(),
    counts: createSharedRuns<QueueCount>(),
    longCounts: new Map(),
  };
  sharedByContext.set(context, shared);
  // What is decided looks different to who may decide it again blindly; what waits is the same for all.
  const keptFrom =
    mayDecideBlind(user) && filter.states.some((state) => !waitingStates.includes(state)) ? user : null;
  const wanted = { ...filter, keptFrom, reachOf: isWide(user) ? null : user };
  const [page, { total, hidden }] = await Promise.all([
    shared.pages.get(toKey(wanted), () => readPage(context, wanted)),
    findCount(context, shared, wanted),
  ]);
  return {
    items: page.summaries.flatMap((summary, index) => {
      const row = page.rows[index];
      if (row === undefined || isHiddenFrom(row, user)) return [];
      const isMine = summary.lease !== null && row.lease_account_id === user.id;
      return isMine && summary.lease !== null
        ? { ...summary, lease: { ...summary.lease, mine: true } }
        : summary;
    }),
    total: total - (hidden[user.id] ?? 0),
    nextCursor: page.nextCursor,
  };
}

/** Who is kept from what is part of the question. */
interface Wanted extends CandidateFilter {
  readonly keptFrom: User | null;
  /** Whose reach narrows it; `null` where nothing does, which is asked for together. */
  readonly reachOf: User | null;
}

function toKey({ keptFrom, reachOf, ...filter }: Partial<Wanted>): string {
  const reach = reachOf && { ...reachOf.reach, username: reachOf.username };
  return JSON.stringify({ ...filter, keptFrom: keptFrom?.id ?? null, reach });
}

async function findCount(
  context: ConsoleContext,
  { counts, longCounts }: Shared,
  { limit: _limit, cursor: _cursor, ...filter }: Wanted,
): Promise<QueueCount> {
  const key = toKey(filter);
  const known = longCounts.get(key);
  if (known !== undefined && performance.now() - known.atMs < longCountAgeMs) return known;
  const count = await counts.get(key, () => countQueue(context.reads, toCondition(filter)));
  if (count.total >= longTotal) longCounts.set(key, { ...count, atMs: performance.now() });
  else longCounts.delete(key);
  return count;
}

async function readPage(context: ConsoleContext, filter: Wanted): Promise<SharedPage> {
  const { reads, timeZone } = context;
  let query = selectQueueRows(reads).where(toCondition(filter));
  if (filter.cursor !== null) query = query.where(isBehind(filter.cursor));
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
    rows: page,
    summaries: page.map((row) => toCandidateSummary(row, nobody, timeZone)),
    nextCursor:
      rows.length <= filter.limit || last === undefined
        ? null
        : encodeCursor([last.urgency, last.raised_at.getTime(), last.mean_score, last.id]),
  };
}

const waitingStates: readonly CandidateState[] = ['pending_review', 'in_review'];

/** Written out state by state and only with what is asked for, so that the planner can use the queue's own index. */
function toCondition(filter: Omit<Wanted, 'limit' | 'cursor'>) {
  const states = sql.join(filter.states.map((state) => sql.lit(state)));
  const parts = [sql`candidate.state in (${states})`];
  // A blind repetition waits like any other, and is none once it is decided.
  if (filter.states.some((state) => !waitingStates.includes(state)))
    parts.push(sql`(candidate.blind_of is null or candidate.state in ('pending_review', 'in_review'))`);
  if (filter.keptFrom !== null) parts.push(sql`not ${isKeptFrom(filter.keptFrom, sql`candidate.id`)}`);
  if (filter.reachOf !== null) parts.push(matchCandidateReach(filter.reachOf));
  if (filter.camera !== null) parts.push(sql`candidate.camera_id = ${filter.camera}`);
  if (filter.offences !== null) parts.push(sql`candidate.offence = any(${filter.offences}::text[])`);
  if (filter.reasons !== null) parts.push(sql`candidate.suppressed_reason = any(${filter.reasons}::text[])`);
  return sql<boolean>`${sql.join(parts, sql` and `)}`;
}

function isBehind(cursor: string) {
  const [urgency, raisedAtMs, score, id] = decodeCursor(cursor, ['number', 'number', 'number', 'string']);
  const raisedAt = new Date(Number(raisedAtMs));
  return sql<boolean>`(urgency, raised_at, -mean_score, candidate.id)
    > (${urgency}::smallint, ${raisedAt}::timestamptz, ${-Number(score)}::double precision, ${id}::text)`;
}
