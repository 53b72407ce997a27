import { type EvidenceEvent, type EvidenceManifest, XunjieError } from '../../domain/mod.ts';
import { lockCandidate } from '../candidates/candidate-lock.ts';
import { queueSealedCandidate } from '../candidates/queue-sealed-candidate.ts';
import type { ConsoleContext } from '../context.ts';
import { appendCustody } from '../custody/append-custody.ts';
import type { DatabaseTransaction } from '../database/tables.ts';
import { publishLive } from '../live/live-event.ts';

type SealedEvent = Extract<EvidenceEvent, { type: 'sealed' }>;

/**
 * Takes news of a candidate's evidence, before or after the candidate itself, any number of times. The first package of a
 * candidate stays its package: people decide on what they saw. A failure never undoes a seal. A package whose manifest is
 * not in the store counts as failed, so that nothing reaches the queue without its evidence; a store that cannot be
 * reached rejects, and the event must be delivered again.
 */
export async function recordEvidenceEvent(context: ConsoleContext, event: EvidenceEvent): Promise<void> {
  const sealed = event.type === 'sealed' ? await readManifest(context, event) : null;
  const failure =
    event.type === 'failed' ? event.reason : `the package ${event.manifestHash} is not in the blob store`;
  await context.db.transaction().execute(async (db) => {
    await lockCandidate(db, event.candidateId);
    if (event.type === 'sealed' && sealed !== null) await recordSeal(context, db, event, sealed);
    else await recordFailure(db, event.candidateId, failure);
  });
}

async function readManifest(context: ConsoleContext, event: SealedEvent): Promise<EvidenceManifest | null> {
  try {
    const bytes = await context.blobs.get(`packages/${event.manifestHash}/manifest.json`);
    return JSON.parse(Buffer.from(bytes).toString()) as EvidenceManifest;
  } catch (error) {
    if (!(error instanceof XunjieError && error.code === 'blob_not_found')) throw error;
    context.logger.warn(
      { candidate: event.candidateId, manifestHash: event.manifestHash },
      'a sealed package is not in the blob store',
    );
    return null;
  }
}

async function recordSeal(
  context: ConsoleContext,
  db: DatabaseTransaction,
  event: SealedEvent,
  manifest: EvidenceManifest,
): Promise<void> {
  const seal = {
    manifest_hash: event.manifestHash,
    key_id: manifest.keyId,
    items: JSON.stringify(event.items),
    sealed_facts: JSON.stringify(manifest.candidate),
    sealed_at: new Date(event.sealedAtMs),
    failure: null,
  };
  const { numInsertedOrUpdatedRows: kept = 0n } = await db
    .insertInto('evidence')
    .values({ candidate_id: event.candidateId, ...seal })
    .onConflict((conflict) =>
      conflict.column('candidate_id').doUpdateSet(seal).where('evidence.manifest_hash', 'is', null),
    )
    .executeTakeFirst();
  await queueSealedCandidate(context, db, event.candidateId);
  if (kept === 0n) return; // heard before
  const masked = event.items.filter((item) => item.kind === 'masked').length;
  await appendCustody(db, {
    atMs: context.nowMs(),
    candidateId: event.candidateId,
    manifestHash: event.manifestHash,
    action: 'capture',
    actor: 'system',
    reason: `sealed at ${new Date(event.sealedAtMs).toISOString()} with key ${manifest.keyId}, ${masked} masked copies`,
    from: `camera:${event.camera}`,
  });
}

async function recordFailure(db: DatabaseTransaction, candidateId: string, failure: string): Promise<void> {
  await db
    .insertInto('evidence')
    .values({ candidate_id: candidateId, failure })
    .onConflict((conflict) =>
      conflict.column('candidate_id').doUpdateSet({ failure }).where('evidence.manifest_hash', 'is', null),
    )
    .execute();
  await publishLive(db, { event: 'candidate', data: { id: candidateId, state: 'raised' } });
}
