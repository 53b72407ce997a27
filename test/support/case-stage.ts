import type { Client } from 'pg';
import type { CaseAction, CaseState } from '../../domain/mod.ts';

/** What waits to be settled where a step settles it. */
const applications: Partial<Record<CaseAction, readonly [kind: string, state: string]>> = {
  refuse_return: ['return', 'open'],
  endorse: ['extension', 'open'],
  extend: ['extension', 'endorsed'],
  refuse_extension: ['extension', 'open'],
  suspend: ['suspension', 'endorsed'],
  refuse_suspension: ['suspension', 'open'],
  refuse_void: ['void', 'open'],
  endorse_appeal: ['appeal', 'open'],
  grant_appeal: ['appeal', 'endorsed'],
  refuse_appeal: ['appeal', 'open'],
};

const hour = 3_600_000;

/**
 * Puts a case where a step may be taken: its state, with the unit, the clock and the applications that the step's guard
 * looks for. Goes past the program, which is how a state is reached in one move. Returns the case's version.
 */
export async function stageCase(
  sql: Client,
  caseNo: string,
  staged: {
    readonly state: CaseState;
    readonly action: CaseAction;
    readonly master: string;
    readonly nowMs: number;
  },
): Promise<number> {
  const { state, action, master, nowMs } = staged;
  const isLate = action.endsWith('appeal');
  const at = (hours: number) => new Date(nowMs + hours * hour);
  await sql.query('delete from case_timer where case_no = $1', [caseNo]);
  await sql.query('delete from case_application where case_no = $1', [caseNo]);
  const application = applications[action];
  if (application !== undefined)
    await sql.query(
      `insert into case_application (case_no, round, kind, state, unit_id, applicant, applied_at, reason, until)
       values ($1, 1, $2, $3, 'huling-squad', 'squad-77', $4, 'x', $5)`,
      [caseNo, ...application, at(-1), at(24)],
    );
  const { rows } = await sql.query<{ version: number }>(
    `update case_file set state = $2, unit_id = $3, standard_id = 'sidewalk_parking-normal', round = 1,
       clock_from = $4, deadline = $5, disposed_at = $6, ended_at = $7, close_type = $8,
       suspended_at = $9, suspended_until = $10, merged_into = $11, merged_from_state = $12,
       return_count = 0, extension_count = 0, suspension_count = 0, overdue_exempt = false,
       omission = 'possible', consulted_unit_ids = $13, lon = 120.6, lat = 27.8
     where case_no = $1 returning version`,
    [
      caseNo,
      state,
      ['registered', 'coordination'].includes(state) ? null : 'huling-squad',
      at(-2),
      isLate ? at(-1) : at(1),
      isLate ? at(-0.5) : null,
      state === 'closed' ? at(-0.25) : null,
      state === 'closed' ? (isLate ? 'overdue' : 'normal') : null,
      state === 'suspended' ? at(-1) : null,
      state === 'suspended' ? at(24) : null,
      state === 'merged' ? master : null,
      state === 'merged' ? 'registered' : null,
      state === 'coordination' ? ['huling-squad'] : [],
    ],
  );
  return rows[0]?.version ?? 0;
}
