import { type CaseAction, caseActions, findTransition, listActions, toZonedIso } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import type { Row } from '../database/tables.ts';
import { toThumbnailUrl } from '../evidence/package-view.ts';
import { maySeeUnmasked } from '../evidence/unmasked.ts';
import { toOffenceReference } from '../http/schema.ts';
import { toPhotoView } from '../photos/schema.ts';
import type { CaseRow } from './case-query.ts';
import { isOverdue } from './deadline.ts';
import type { CaseSummary, FlowRecord } from './schema.ts';
import { stateNamesZh } from './state-names.ts';

export function toCaseSummary(row: CaseRow, user: User, timeZone: string, nowMs: number): CaseSummary {
  return {
    caseNo: row.case_no,
    state: row.state,
    stateZh: stateNamesZh[row.state],
    level: row.level,
    version: row.version,
    offence: toOffenceReference(row.offence),
    camera: { id: row.camera_id, name: row.camera_name ?? row.camera_id },
    zone: row.zone,
    address: row.address,
    unit: row.unit_id === null ? null : { id: row.unit_id, name: row.unit_name ?? row.unit_id },
    createdAt: toZonedIso(row.created_at.getTime(), timeZone),
    deadline: row.deadline === null ? null : toZonedIso(row.deadline.getTime(), timeZone),
    limit:
      row.limit_value === null || row.limit_unit === null
        ? null
        : { value: row.limit_value, unit: row.limit_unit },
    overdue: isOverdue(row, nowMs),
    thumbnailUrl: toThumbnailUrl(row.manifest_hash, row.items, maySeeUnmasked(user, true)),
    actions: listOwnActions(row, user),
  };
}

/** What this user may do now, by post; an officer only on a case of the own unit. */
function listOwnActions(row: CaseRow, user: User): CaseAction[] {
  const isOwnUnit = user.unit !== null && user.unit.id === row.unit_id;
  const held = user.roles.filter((role) => role !== 'officer' || isOwnUnit);
  const allowed = new Set(held.flatMap((role) => listActions(row.state, role)));
  return caseActions.filter((action) => allowed.has(action));
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
    unit: record.unit_id === null ? null : { id: record.unit_id, name: record.unit_name ?? record.unit_id },
    at: toZonedIso(record.at.getTime(), timeZone),
    deadline: record.deadline === null ? null : toZonedIso(record.deadline.getTime(), timeZone),
    overdue: record.overdue,
    opinion: record.opinion,
    attachments: record.attachments.map(toPhotoView),
    prevHash: record.prev_hash,
    hash: record.hash,
  };
}
