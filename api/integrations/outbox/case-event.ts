import { stateNamesZh } from '../../cases/state-names.ts';
import { toIso } from '../../cases/view.ts';
import type { ConsoleContext } from '../../context.ts';
import type { FlowAction, Row } from '../../database/tables.ts';
import { toOffenceReference } from '../../http/schema.ts';
import { insertEvent } from './enqueue-event.ts';

/**
 * The write that puts a step of a case into the outbox. It names posts, units and places, never a person: no reporter, no text that somebody wrote
 * down. `version` grows with each step, so that a receiver can tell an old message from a new one.
 */
export function insertCaseEvent(
  context: Pick<ConsoleContext, 'timeZone'>,
  file: Row<'case_file'>,
  step: {
    readonly action: FlowAction;
    readonly from: Row<'case_file'>['state'] | null;
    readonly role: string | null;
    readonly atMs: number;
    /** Units that took part in its coordination until this step. */
    readonly consulted?: readonly string[];
  },
) {
  const { action, from, role, atMs, consulted = [] } = step;
  return insertEvent(context, {
    type: `case.${action}`,
    orderingKey: file.case_no,
    atMs,
    unitId: file.unit_id,
    consultedUnitIds: [...consulted, ...file.consulted_unit_ids],
    data: {
      caseNo: file.case_no,
      action,
      from,
      state: file.state,
      stateZh: stateNamesZh[file.state],
      version: file.version,
      round: file.round,
      role,
      level: file.level,
      source: file.source,
      class: { scheme: file.class_scheme, code: file.class_code },
      offence: file.offence === null ? null : toOffenceReference(file.offence),
      unit: file.unit_id,
      consultedUnits: file.consulted_unit_ids,
      grid: file.grid_id,
      camera: file.camera_id,
      point: file.lon === null || file.lat === null ? null : { lon: file.lon, lat: file.lat },
      address: file.address,
      deadline: toIso(file.deadline, context.timeZone),
      penaltyTrack: file.penalty_track,
      ...(action === 'escalate' && { percent: file.escalated_percent }),
    },
  });
}
