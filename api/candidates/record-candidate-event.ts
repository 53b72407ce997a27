import { sql } from 'kysely';
import type { CandidateEvent, CandidateEventType } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction } from '../database/tables.ts';
import { publishLive } from '../live/live-event.ts';
import { answerLongerDwell } from './ask-evidence.ts';
import { lockCandidate } from './candidate-lock.ts';
import { queueSealedCandidate } from './queue-sealed-candidate.ts';
import { toUrgency } from './urgency.ts';

/** Order of events that carry the same time. */
const ranks: Readonly<Record<CandidateEventType, number>> = {
  opened: 0,
  suppressed: 1,
  raised: 2,
  updated: 3,
  ended: 4,
};

/**
 * Takes an event of the rules into the case store. Idempotent, in any order: the newest facts stay, an end is never undone,
 * and what people have decided is never touched. A stay below the legal threshold (`opened`, or ended early) is no
 * candidate and is not stored. One that the rules hold is kept and counted as `suppressed`; it comes up for review only when it is raised.
 */
export async function recordCandidateEvent(context: ConsoleContext, event: CandidateEvent): Promise<void> {
  if (event.candidate.raisedAtMs === null && event.candidate.suppressed === null) return;
  await context.db.transaction().execute(async (db) => {
    await lockCandidate(db, event.candidate.id);
    const before = await db
      .selectFrom('candidate')
      .select(['state', 'to_at'])
      .where('id', '=', event.candidate.id)
      .executeTakeFirst();
    await upsertFacts(db, event);
    const isRaised = event.candidate.raisedAtMs !== null;
    if (before === undefined || (before.state === 'suppressed' && isRaised)) {
      if (before !== undefined) await raiseSuppressed(db, event);
      if (!isRaised || !(await queueSealedCandidate(context, db, event.candidate.id)))
        await publishLive(db, {
          event: 'candidate',
          data: { id: event.candidate.id, state: isRaised ? 'raised' : 'suppressed' },
        });
    } else if (before.to_at === null && event.candidate.toMs !== null) {
      await publishLive(db, { event: 'candidate', data: { id: event.candidate.id, state: before.state } });
    }
    if (before?.state === 'needs_evidence') await answerLongerDwell(context, db, event.candidate.id);
  });
}

/** What held it is gone: from now on it is a candidate like others. */
async function raiseSuppressed(db: DatabaseTransaction, { candidate, atMs }: CandidateEvent): Promise<void> {
  await db
    .updateTable('candidate')
    .set((set) => ({
      state: 'raised',
      suppressed_reason: null,
      raised_at: new Date(candidate.raisedAtMs ?? atMs),
      version: set('version', '+', 1),
    }))
    .where('id', '=', candidate.id)
    .where('state', '=', 'suppressed')
    .execute();
}

async function upsertFacts(db: DatabaseTransaction, event: CandidateEvent): Promise<void> {
  const facts = event.candidate;
  const reason = facts.raisedAtMs === null ? (facts.suppressed?.reason ?? null) : null;
  const changing = {
    from_at: new Date(facts.fromMs),
    to_at: facts.toMs === null ? null : new Date(facts.toMs),
    dwell_ms: Math.round(facts.dwellMs),
    mean_score: facts.meanScore,
    suppressed_reason: reason,
    facts: JSON.stringify(facts),
    facts_at: new Date(event.atMs),
    facts_rank: ranks[event.type],
  };
  await db
    .insertInto('candidate')
    .values({
      id: facts.id,
      camera_id: facts.camera,
      offence: facts.offence,
      zone: facts.zone,
      state: reason === null ? 'raised' : 'suppressed',
      version: 1,
      urgency: toUrgency(facts.offence),
      raised_at: new Date(facts.raisedAtMs ?? event.atMs),
      lease_account_id: null,
      lease_until: null,
      ...changing,
    })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet(changing)
        .where(
          sql<boolean>`(candidate.facts_at, candidate.facts_rank) < (excluded.facts_at, excluded.facts_rank)`,
        )
        .where(sql<boolean>`(candidate.to_at is null or excluded.to_at is not null)`),
    )
    .execute();
}
