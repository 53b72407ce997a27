import type { CaseLevel } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction, Row } from '../database/tables.ts';
import { publishLive } from '../live/live-event.ts';
import { takeCaseNo } from './case-no.ts';
import { appendFlow } from './flow-record.ts';

/** Actor of what the machine reports. */
const machineActor = 'ai';

/**
 * Makes the case of a confirmed candidate. The camera has reported it and the reviewer has seen it, which is what an intake
 * officer would do for a report by hand: the case begins in `accepted`, with both steps in its flow, and waits for filing.
 */
export async function createCase(
  context: ConsoleContext,
  db: DatabaseTransaction,
  confirmed: {
    readonly candidate: Row<'candidate'>;
    readonly manifestHash: string;
    readonly level: CaseLevel;
    readonly note: string | null;
    readonly reviewer: User;
    readonly atMs: number;
  },
): Promise<string> {
  const { candidate, manifestHash, level, note, reviewer, atMs } = confirmed;
  const at = new Date(atMs);
  const caseNo = await takeCaseNo(db, context.areaCode, atMs, context.timeZone);
  await db
    .insertInto('case_file')
    .values({
      case_no: caseNo,
      candidate_id: candidate.id,
      state: 'accepted',
      level,
      version: 1,
      offence: candidate.offence,
      camera_id: candidate.camera_id,
      zone: candidate.zone,
      created_at: at,
    })
    .execute();
  const common = { case_no: caseNo, unit_id: null, at, deadline: null, overdue: false, attachments: [] };
  await appendFlow(db, {
    ...common,
    from_state: null,
    to_state: 'reported',
    action: 'report',
    actor: machineActor,
    role: null,
    opinion: `candidate ${candidate.id}, evidence ${manifestHash}`,
  });
  await appendFlow(db, {
    ...common,
    from_state: 'reported',
    to_state: 'accepted',
    action: 'accept',
    actor: reviewer.username,
    role: 'reviewer',
    opinion: note,
  });
  await publishLive(db, { event: 'case', data: { caseNo, state: 'accepted' } });
  return caseNo;
}
