import { type CaseLevel, type GeoPoint, toOffenceClass } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction, Row } from '../database/tables.ts';
import { openEnforcement } from '../integrations/enforcement/enforcement-file.ts';
import { openCase } from './open-case.ts';
import { takeStep } from './take-step.ts';

/** Actor of what the machine reports. */
const machineActor = 'ai';

/**
 * Makes the case of a confirmed candidate. The camera has reported it and the reviewer has seen it, which is what an intake
 * officer would do for a report by hand: the case goes on to `accepted`, with both steps in its flow, and waits for filing.
 */
export async function createCase(
  context: ConsoleContext,
  db: DatabaseTransaction,
  confirmed: {
    readonly candidate: Row<'candidate'>;
    readonly manifestHash: string;
    readonly level: CaseLevel;
    readonly note: string | null;
    /** User name of who confirmed last. */
    readonly reviewer: string;
    readonly penaltyTrack: boolean;
    readonly atMs: number;
  },
): Promise<string> {
  const { candidate, manifestHash, level, note, reviewer, penaltyTrack, atMs } = confirmed;
  const place = await findCameraPlace(db, candidate.camera_id);
  const reported = await openCase(context, db, {
    source: 'ai',
    candidate,
    class: toOffenceClass(candidate.offence),
    offence: candidate.offence,
    level,
    point: place.point,
    address: place.address,
    description: null,
    reporter: null,
    actor: machineActor,
    role: null,
    opinion: `candidate ${candidate.id}, evidence ${manifestHash}`,
    atMs,
  });
  await takeStep(context, db, {
    // Both steps make the first version that anybody sees.
    before: { ...reported, version: 0 },
    action: 'accept',
    to: 'accepted',
    changes: { penalty_track: penaltyTrack },
    actor: reviewer,
    role: 'reviewer',
    ip: null,
    atMs,
    opinion: note,
    attachments: [],
    details: {},
  });
  if (penaltyTrack) await openEnforcement(db, reported.case_no, reviewer, atMs);
  return reported.case_no;
}

async function findCameraPlace(
  db: DatabaseTransaction,
  cameraId: string,
): Promise<{ readonly point: GeoPoint | null; readonly address: string | null }> {
  const place = await db
    .selectFrom('camera_place')
    .select(['lon', 'lat', 'address'])
    .where('camera_id', '=', cameraId)
    .executeTakeFirst();
  if (place === undefined) return { point: null, address: null };
  return { point: { lon: place.lon, lat: place.lat }, address: place.address };
}
