import {
  type CaseAction,
  caseActions,
  findTransition,
  type Light,
  listActions,
  offenceFacts,
  toLight,
  toZonedIso,
  type WorkCalendar,
} from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import type { Row } from '../database/tables.ts';
import { findThumbnail, toThumbnailUrl } from '../evidence/package-view.ts';
import { toOffenceReference } from '../http/schema.ts';
import { toPhotoView } from '../photos/schema.ts';
import type { CaseRow } from './case-query.ts';
import { isOverdue, toClockMs } from './deadline.ts';
import type { CaseSummary, FlowRecord } from './schema.ts';
import { stateNamesZh } from './state-names.ts';

/** Calendars of the units that a page of cases is with, as the lights need them. */
export type Calendars = ReadonlyMap<string | null, WorkCalendar>;

export function toCaseSummary(
  row: CaseRow,
  user: User,
  { timeZone, nowMs, calendars }: { timeZone: string; nowMs: number; calendars: Calendars },
): CaseSummary {
  return {
    caseNo: row.case_no,
    state: row.state,
    stateZh: stateNamesZh[row.state],
    level: row.level,
    version: row.version,
    source: row.source,
    offence: row.offence === null ? null : toOffenceReference(row.offence),
    class: toClassView(row),
    camera: toReference(row.camera_id, row.camera_name),
    zone: row.zone,
    grid: toReference(row.grid_id, row.grid_name),
    address: row.address,
    unit: toReference(row.unit_id, row.unit_name),
    createdAt: toZonedIso(row.created_at.getTime(), timeZone),
    deadline: toIso(row.deadline, timeZone),
    stageDeadline: toIso(row.stage_deadline, timeZone),
    light: findLight(row, nowMs, calendars),
    escalatedPercent: row.escalated_percent,
    round: row.round,
    limit:
      row.limit_value === null || row.limit_unit === null
        ? null
        : { value: row.limit_value, unit: row.limit_unit },
    overdue: isOverdue(row, nowMs),
    thumbnailUrl: toThumbnailUrl(row.manifest_hash, findThumbnail(row.items)),
    actions: listOwnActions(row, user, nowMs),
  };
}

function toClassView(row: CaseRow): CaseSummary['class'] {
  const scheme = row.class_scheme ?? 'local';
  const code = row.class_code ?? '';
  const name = row.class_name ?? (row.offence === null ? code : offenceFacts[row.offence].nameZh);
  return { scheme, code, name };
}

function toReference(id: string | null, name: string | null): { id: string; name: string } | null {
  return id === null ? null : { id, name: name ?? id };
}

export function toIso(date: Date | null, timeZone: string): string | null {
  return date === null ? null : toZonedIso(date.getTime(), timeZone);
}

function findLight(row: CaseRow, nowMs: number, calendars: Calendars): Light | null {
  const calendar = calendars.get(row.unit_id);
  const { clock_from: from, deadline, limit_unit: unit } = row;
  if (from === null || deadline === null || unit === null || calendar === undefined) return null;
  return toLight(
    { fromMs: from.getTime(), deadlineMs: deadline.getTime(), unit },
    toClockMs(row, nowMs),
    calendar,
  );
}

/** Steps that settle what somebody has applied for, and what that must be. */
const settles: Partial<Record<CaseAction, readonly string[]>> = {
  refuse_return: ['return/open'],
  endorse: ['extension/open', 'suspension/open'],
  extend: ['extension/endorsed'],
  refuse_extension: ['extension/open', 'extension/endorsed'],
  suspend: ['suspension/endorsed'],
  refuse_suspension: ['suspension/open', 'suspension/endorsed'],
  refuse_void: ['void/open'],
  endorse_appeal: ['appeal/open'],
  grant_appeal: ['appeal/endorsed'],
  refuse_appeal: ['appeal/open', 'appeal/endorsed'],
};

/** What this user may do now, by post; an officer only on a case of the own unit; only what waits is settled. */
function listOwnActions(row: CaseRow, user: User, nowMs: number): CaseAction[] {
  const isOwnUnit = isForUnit(row, user);
  const held = user.roles.filter((role) => !user.offDuty.includes(role) && (role !== 'officer' || isOwnUnit));
  const allowed = new Set(held.flatMap((role) => listActions(row.state, role)));
  return caseActions.filter(
    (action) =>
      allowed.has(action) &&
      (settles[action]?.some((waiting) => row.waiting.includes(waiting)) ?? true) &&
      (action !== 'judge_omission' || row.omission !== null) &&
      (action !== 'apply_appeal' || isOverdue(row, nowMs)),
  );
}

/** Whether officers of the user's unit may do something here: it is with their unit, or the unit takes part in its coordination. */
export function isForUnit(
  { unit_id: unitId, consulted_unit_ids: consulted }: Pick<CaseRow, 'unit_id' | 'consulted_unit_ids'>,
  { unit }: User,
): boolean {
  return unit !== null && (unit.id === unitId || consulted.includes(unit.id));
}

/** Everything that the table allows from a state, whoever does it. */
export function listAllActions(state: CaseRow['state']): CaseAction[] {
  return caseActions.filter((action) => findTransition(state, action) !== undefined);
}

export function toFlowView(
  record: Row<'flow_record'> & { readonly unit_name: string | null },
  timeZone: string,
): FlowRecord {
  return {
    seq: record.seq,
    from: record.from_state,
    to: record.to_state,
    action: record.action,
    actor: record.actor,
    role: record.role,
    unit: toReference(record.unit_id, record.unit_name),
    at: toZonedIso(record.at.getTime(), timeZone),
    deadline: toIso(record.deadline, timeZone),
    overdue: record.overdue,
    opinion: record.opinion,
    attachments: record.attachments.map(toPhotoView),
    round: record.round,
    stageDeadline: toIso(record.stage_deadline, timeZone),
    details: record.details,
    prevHash: record.prev_hash,
    hash: record.hash,
  };
}
