import { type EvidenceTimeStamp, timeStampFile, toMessage } from '../../domain/mod.ts';
import type { TimeStampAuthority } from '../../platform/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { ConsoleContext, SignCustody } from '../context.ts';

/** What time stamps need of the console. */
export type TimeStampContext = Pick<ConsoleContext, 'db' | 'blobs' | 'nowMs' | 'logger'> & {
  readonly sign: SignCustody;
};

const minuteMs = 60_000;
/** So long another console leaves a package alone that this one is asking for. */
const claimMs = 5 * minuteMs;
const longestPauseMs = 6 * 60 * minuteMs;
const maxPerLook = 100;

/**
 * Has an outside authority say of each sealed package when it was there: a token over the manifest's SHA-256, stored beside the manifest
 * as `timestamp.json` with a seal of our own over all of it. Sealing does not wait for it. What fails is written at the package and tried again, after a minute first, then after
 * twice as long each time, six hours at most. Resolves to the number of tokens got.
 */
export async function stampDueEvidence(
  context: TimeStampContext,
  authority: TimeStampAuthority,
): Promise<number> {
  let stamped = 0;
  for (let count = 0; count < maxPerLook; count++) {
    const due = await claimNext(context);
    if (due === null) break;
    const problem = await stampOne(context, authority, due);
    if (problem === null) stamped++;
    else await postpone(context, due, problem);
  }
  return stamped;
}

interface Unstamped {
  readonly candidateId: string;
  readonly manifestHash: string;
  readonly tries: number;
}

async function claimNext({ db, nowMs }: TimeStampContext): Promise<Unstamped | null> {
  const now = new Date(nowMs());
  return db.transaction().execute(async (trx) => {
    const due = await trx
      .selectFrom('evidence')
      .select(['candidate_id', 'manifest_hash', 'time_stamp_tries'])
      .where('manifest_hash', 'is not', null)
      .where('time_stamped_at', 'is', null)
      .where('deleting_at', 'is', null)
      .where((either) =>
        either.or([either('time_stamp_next_at', 'is', null), either('time_stamp_next_at', '<=', now)]),
      )
      .orderBy('sealed_at')
      .limit(1)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (due === undefined || due.manifest_hash === null) return null;
    await trx
      .updateTable('evidence')
      .set({ time_stamp_next_at: new Date(nowMs() + claimMs) })
      .where('candidate_id', '=', due.candidate_id)
      .execute();
    return {
      candidateId: due.candidate_id,
      manifestHash: due.manifest_hash,
      tries: due.time_stamp_tries,
    };
  });
}

/** What went wrong, or `null`. */
async function stampOne(
  { db, blobs, nowMs, sign }: TimeStampContext,
  authority: TimeStampAuthority,
  { manifestHash, candidateId }: Unstamped,
): Promise<string | null> {
  try {
    const { token, timeStamp } = await authority.stamp(Buffer.from(manifestHash, 'hex'));
    const { algorithm, keyId, publicKey, signature } = await sign(token);
    // Its keys in this order are canonical JSON, which verifying demands.
    const file: EvidenceTimeStamp = {
      seal: { algorithm, keyId, publicKey, signature },
      token: Buffer.from(token).toString('base64'),
      v: 1,
    };
    const key = `packages/${manifestHash}/${timeStampFile}`;
    await blobs.put(key, Buffer.from(JSON.stringify(file)), 'application/json');
    const isKept = await db.transaction().execute(async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('evidence')
        .set({ time_stamped_at: new Date(timeStamp.genTimeMs), time_stamp_failure: null })
        .where('candidate_id', '=', candidateId)
        .where('deleting_at', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return false;
      await appendAudit(trx, {
        atMs: nowMs(),
        actor: 'system',
        action: 'evidence.time_stamp',
        objectKind: 'evidence',
        objectId: manifestHash,
        result: 'done',
        ip: null,
        details: { authority: timeStamp.authority, at: new Date(timeStamp.genTimeMs).toISOString() },
      });
      return true;
    });
    // Its package's time was over meanwhile: nothing of it may stay.
    if (!isKept) await blobs.delete(key);
    return null;
  } catch (error) {
    return toMessage(error);
  }
}

async function postpone(
  { db, nowMs, logger }: TimeStampContext,
  { candidateId, manifestHash, tries }: Unstamped,
  problem: string,
): Promise<void> {
  const pauseMs = Math.min(minuteMs * 2 ** Math.min(tries, 20), longestPauseMs);
  logger.warn({ manifestHash, tries: tries + 1, pauseMs, problem }, 'a package has no time stamp yet');
  await db
    .updateTable('evidence')
    .set({
      time_stamp_failure: problem,
      time_stamp_tries: tries + 1,
      time_stamp_next_at: new Date(nowMs() + pauseMs),
    })
    .where('candidate_id', '=', candidateId)
    .execute();
}
