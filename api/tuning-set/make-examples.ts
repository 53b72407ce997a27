import { createHash } from 'node:crypto';
import { type CandidateFacts, type EvidenceItem, XunjieError } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import { appendCustody } from '../custody/append-custody.ts';
import type { Row } from '../database/tables.ts';
import { type Crop, chooseMaskedStill, cutMaskedCrop } from './mask-crop.ts';

const maxPerTurn = 20;

/** Where the crop of a decision lies in the blob store. */
export function toCropPath(reviewId: string): string {
  return `tuning/${reviewId}.jpg`;
}

type Decided = Pick<Row<'review'>, 'id' | 'result' | 'reason' | 'manifest_hash' | 'at' | 'candidate_id'> & {
  readonly camera_id: string;
  readonly items: readonly EvidenceItem[] | null;
  readonly sealed_facts: CandidateFacts | null;
};

/**
 * Makes an example of each decision that has taken effect and is none yet. Idempotent: the crop lies under the decision's id, the
 * row is written after it. Where no masked crop can be had, the example says why and has none. Returns how many were made.
 */
export async function makeTuningExamples(context: ConsoleContext, signal?: AbortSignal): Promise<number> {
  const decided = await context.db
    .selectFrom('review')
    .innerJoin('candidate', 'candidate.id', 'review.candidate_id')
    .leftJoin('evidence', 'evidence.manifest_hash', 'review.manifest_hash')
    .leftJoin('tuning_example', 'tuning_example.review_id', 'review.id')
    .select([
      'review.id',
      'review.result',
      'review.reason',
      'review.manifest_hash',
      'review.at',
      'review.candidate_id',
      'candidate.camera_id',
      'evidence.items',
      'evidence.sealed_facts',
    ])
    .where('review.settled_at', 'is not', null)
    .where('review.needs_example', '=', true)
    .where('tuning_example.review_id', 'is', null)
    .orderBy('review.settled_at')
    .limit(maxPerTurn)
    .execute();
  for (const review of decided) {
    if (signal?.aborted) break;
    await makeExample(context, review);
  }
  return decided.length;
}

async function makeExample(context: ConsoleContext, review: Decided): Promise<void> {
  const made = await tryCrop(context, review);
  const crop = 'bytes' in made ? made : null;
  if (crop !== null) await context.blobs.put(toCropPath(review.id), crop.bytes, 'image/jpeg');
  const facts = review.sealed_facts;
  await context.db.transaction().execute(async (db) => {
    if (facts !== null)
      await db
        .insertInto('tuning_example')
        .values({
          review_id: review.id,
          candidate_id: review.candidate_id,
          manifest_hash: review.manifest_hash,
          camera_id: review.camera_id,
          offence: facts.offence,
          class: facts.class,
          result: review.result,
          reason: review.reason,
          decided_at: review.at,
          sha256: crop && createHash('sha256').update(crop.bytes).digest('hex'),
          width: crop?.width ?? null,
          height: crop?.height ?? null,
          box: crop && JSON.stringify(crop.box),
          why_no_crop: 'bytes' in made ? null : made.whyNot,
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    await db.updateTable('review').set({ needs_example: false }).where('id', '=', review.id).execute();
    if (crop !== null && facts !== null)
      await appendCustody(db, {
        atMs: context.nowMs(),
        candidateId: facts.id,
        manifestHash: review.manifest_hash,
        action: 'mask',
        actor: 'system',
        content: toCropPath(review.id),
        reason: 'masked crop for the tuning set',
        from: 'system',
      });
  });
}

async function tryCrop(
  { blobs, maskPicture, logger }: ConsoleContext,
  { id, reason, manifest_hash: manifestHash, items, sealed_facts: facts }: Decided,
): Promise<Crop | { readonly whyNot: string }> {
  if (reason === 'privacy') return { whyNot: 'rejected for privacy: its picture is not spread' };
  const still = items === null ? null : chooseMaskedStill(items);
  if (facts === null || still === null) return { whyNot: 'the package has no masked copy' };
  if (maskPicture === null) return { whyNot: 'nothing here can mask a picture' };
  const { moment } = still;
  const sighting = moment === 'first' || moment === 'middle' ? facts[moment] : facts.last;
  try {
    const masked = await blobs.get(`packages/${manifestHash}/${still.path}`);
    return await cutMaskedCrop(masked, sighting.box, facts.class, maskPicture);
  } catch (error) {
    // A store that cannot be reached comes back; a picture that is gone or broken does not.
    if (error instanceof XunjieError && error.code === 'blob_store_unreachable') throw error;
    logger.warn({ review: id, manifestHash, file: still.path }, 'the masked copy could not be read');
    return { whyNot: 'the masked copy could not be read' };
  }
}
