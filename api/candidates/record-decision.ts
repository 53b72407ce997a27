import { sql } from 'kysely';
import { type EvidenceCheck, toZonedIso, XunjieError } from '../../domain/mod.ts';
import { noteWritten, toActorColumns } from '../audit/append-audit.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database, Row } from '../database/tables.ts';
import type { SeenCandidate } from './seen-candidate.ts';

export interface Decider {
  readonly user: User;
  readonly ip: string;
}

/** What a reviewer decides, beside what the candidate itself says. */
export type Decision = Pick<Row<'review'>, 'result' | 'note'> &
  Partial<
    Pick<Row<'review'>, 'reason' | 'level' | 'track' | 'driver_absent' | 'wants' | 'channel' | 'grace_ms'>
  > & { readonly checks?: Record<EvidenceCheck, boolean> };

const auditActions = {
  confirmed: 'candidate.confirm',
  rejected: 'candidate.reject',
  needs_evidence: 'candidate.ask_evidence',
  reminded: 'candidate.remind',
  merged: 'candidate.merge',
} as const;

export function requireVersion(
  row: Pick<Row<'candidate'>, 'id' | 'state' | 'version'>,
  version: number,
): void {
  if (row.version === version) return;
  throw new XunjieError(
    'conflict',
    `candidate ${row.id} has changed: it is ${row.state} at version ${row.version}, not ${version}`,
    { details: { state: row.state, version: row.version } },
  );
}

/**
 * Writes a decision down and takes the candidate off the queue: candidate, review and audit row in one statement, so all or nothing,
 * and only if the candidate is still as it was seen (version, state and holder). What comes of it (a case, a reminder)
 * happens when the undo window is over. Returns the review's id, or `null` when somebody was faster.
 */
export async function recordDecision(
  context: ConsoleContext,
  db: Database,
  candidate: SeenCandidate,
  decision: Decision,
  by: Decider,
): Promise<string | null> {
  const { id, manifest_hash: manifestHash } = candidate;
  if (manifestHash === null) throw new XunjieError('conflict', `candidate ${id} has no sealed evidence`);
  const atMs = context.nowMs();
  const effectiveAtMs = atMs + context.review.undoWindowMs;
  const { checks, result, note, ...details } = decision;
  const audited = {
    ...details,
    ...(checks !== undefined && { checks }),
    manifestHash,
    stage: candidate.stage,
    undoUntil: toZonedIso(effectiveAtMs, context.timeZone),
  };
  const written = await db
    .with('moved', (cte) =>
      cte
        .updateTable('candidate')
        .set({ state: result, version: candidate.version + 1, lease_account_id: null, lease_until: null })
        .where('id', '=', id)
        .where('version', '=', candidate.version)
        .where('state', '=', candidate.state)
        .where('lease_account_id', 'is not distinct from', candidate.lease_account_id)
        .returning(['facts', 'lease_shown', 'lease_at']),
    )
    .with('written', (cte) =>
      cte
        .insertInto('review')
        .columns([
          'candidate_id',
          'reviewer_id',
          'reviewer',
          'result',
          'reason',
          'checks',
          'note',
          'manifest_hash',
          'facts',
          'at',
          'effective_at',
          'stage',
          'track',
          'level',
          'driver_absent',
          'wants',
          'channel',
          'grace_ms',
          'shown',
          'spent_ms',
        ])
        .expression((select) =>
          select
            .selectFrom('moved')
            .select([
              sql`${id}::text`.as('candidate_id'),
              sql`${by.user.id}::uuid`.as('reviewer_id'),
              sql`${by.user.username}::text`.as('reviewer'),
              sql`${result}::text`.as('result'),
              sql`${decision.reason ?? null}::text`.as('reason'),
              sql`${checks === undefined ? null : JSON.stringify(checks)}::jsonb`.as('checks'),
              sql`${note}::text`.as('note'),
              sql`${manifestHash}::text`.as('manifest_hash'),
              'moved.facts',
              sql`${new Date(atMs)}::timestamptz`.as('at'),
              sql`${new Date(effectiveAtMs)}::timestamptz`.as('effective_at'),
              sql`${candidate.stage}::smallint`.as('stage'),
              sql`${decision.track ?? 'management'}::text`.as('track'),
              sql`${decision.level ?? 'normal'}::text`.as('level'),
              sql`${decision.driver_absent ?? null}::boolean`.as('driver_absent'),
              sql`${decision.wants ?? null}::text`.as('wants'),
              sql`${decision.channel ?? null}::text`.as('channel'),
              sql`${decision.grace_ms ?? null}::integer`.as('grace_ms'),
              'moved.lease_shown as shown',
              candidate.lease_account_id === null
                ? sql<null>`null::integer`.as('spent_ms')
                : sql<number>`(extract(epoch from ${new Date(atMs)}::timestamptz - moved.lease_at) * 1000)::integer`.as(
                    'spent_ms',
                  ),
            ]),
        )
        .returning('id'),
    )
    .with('audited', (cte) =>
      cte
        .insertInto('audit_log')
        .columns([
          'at',
          'actor',
          'action',
          'object_kind',
          'object_id',
          'result',
          'ip',
          'details',
          'posts',
          'unit_id',
          'reason',
        ])
        .expression((select) =>
          select
            .selectFrom('written')
            .select([
              sql`${new Date(atMs)}::timestamptz`.as('at'),
              sql`${by.user.username}::text`.as('actor'),
              sql`${auditActions[result]}::text`.as('action'),
              sql`'candidate'`.as('object_kind'),
              sql`${id}::text`.as('object_id'),
              sql`'done'`.as('result'),
              sql`${by.ip}::text`.as('ip'),
              sql`${JSON.stringify(audited)}::jsonb`.as('details'),
              sql`${toActorColumns(by.user.username).posts}::text[]`.as('posts'),
              sql`${toActorColumns(by.user.username).unit_id}::text`.as('unit_id'),
              sql`${note}::text`.as('reason'),
            ]),
        )
        .returning('seq'),
    )
    .selectFrom('written')
    .select('id')
    .executeTakeFirst();
  if (written !== undefined) noteWritten('done');
  return written?.id ?? null;
}
