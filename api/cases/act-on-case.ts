import {
  type CaseAction,
  findTransition,
  type Role,
  type Transition,
  transitions,
  XunjieError,
} from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction, Row } from '../database/tables.ts';
import { publishLive } from '../live/live-event.ts';
import { isOverdue } from './deadline.ts';
import { findCase, noCase } from './find-case.ts';
import { appendFlow } from './flow-record.ts';
import type { ActionBody, CaseDetail } from './schema.ts';
import { nameState } from './state-names.ts';
import { applyTransition } from './transition-effects.ts';
import { listAllActions } from './view.ts';

/**
 * Takes one step of the closed loop: case, flow record, photo and audit in one transaction. Refuses in this order:
 * another unit's case, a step that the table does not have from here, an outdated version, what the step lacks.
 */
export async function actOnCase(
  context: ConsoleContext,
  caseNo: string,
  action: CaseAction,
  body: ActionBody,
  by: { readonly user: User; readonly ip: string },
): Promise<CaseDetail> {
  const { user, ip } = by;
  const atMs = context.nowMs();
  return context.db.transaction().execute(async (db) => {
    const before = await db
      .selectFrom('case_file')
      .selectAll()
      .where('case_no', '=', caseNo)
      .forUpdate()
      .executeTakeFirst();
    if (before === undefined) throw noCase(caseNo);
    const transition = findTransition(before.state, action);
    const role = requireRole(before, action, transition, user);
    if (transition === undefined) throw refuseTransition(before, action);
    requireVersion(before, body.version);
    requireFields(transition, body);
    const { changes, attachments } = await applyTransition(context, db, {
      before,
      transition,
      body,
      user,
      atMs,
    });
    const after = { ...before, ...changes, state: transition.to, version: before.version + 1 };
    await updateCase(db, after);
    await appendFlow(db, {
      case_no: caseNo,
      from_state: before.state,
      to_state: after.state,
      action,
      actor: user.username,
      role,
      unit_id: after.unit_id ?? before.unit_id,
      at: new Date(atMs),
      deadline: after.deadline,
      overdue: isOverdue(after, atMs),
      opinion: toOpinion(body),
      attachments,
    });
    await appendAudit(db, {
      atMs,
      actor: user.username,
      action: `case.${action}`,
      objectKind: 'case',
      objectId: caseNo,
      result: 'done',
      ip,
      details: { from: before.state, to: after.state, version: after.version },
    });
    await publishLive(db, { event: 'case', data: { caseNo, state: after.state } });
    return findCase(context, db, caseNo, user);
  });
}

/** The post in which the user acts. As an officer one acts for the own unit only. */
function requireRole(
  before: Row<'case_file'>,
  action: CaseAction,
  transition: Transition | undefined,
  user: User,
): Role {
  const posts =
    transition?.by ?? transitions.filter((known) => known.action === action).flatMap((known) => known.by);
  const isOwnUnit = user.unit !== null && user.unit.id === before.unit_id;
  const held = posts.filter((role) => user.roles.includes(role));
  const role = held.find((post) => post !== 'officer' || isOwnUnit);
  if (role !== undefined) return role;
  if (held.length === 0)
    throw new XunjieError(
      'forbidden',
      `${user.username} may not ${action} a case; it is for ${posts.join(', ')}`,
      { details: { posts } },
    );
  // A case that is with no unit is in no state for an officer: that is said as such, below.
  if (before.unit_id === null && transition === undefined) throw refuseTransition(before, action);
  throw new XunjieError(
    'forbidden',
    `case ${before.case_no} is not with your unit; ${action} is for the officers of the unit it is with`,
    {
      details: { posts },
    },
  );
}

function refuseTransition(before: Row<'case_file'>, action: CaseAction): XunjieError {
  const from = transitions.filter((known) => known.action === action).flatMap((known) => known.from);
  const allowed = listAllActions(before.state);
  return new XunjieError(
    'transition_not_allowed',
    `case ${before.case_no} is ${nameState(before.state)}; ${action} needs ${from.map(nameState).join(' or ')}; allowed now: ${allowed.join(', ') || 'nothing'}`,
    { details: { state: before.state, allowed } },
  );
}

function requireVersion(before: Row<'case_file'>, version: number): void {
  if (before.version === version) return;
  throw new XunjieError(
    'conflict',
    `case ${before.case_no} has changed: it is at version ${before.version}, not ${version}`,
    {
      details: { version: before.version },
    },
  );
}

function requireFields(transition: Transition, body: ActionBody): void {
  const { action, needs } = transition;
  // Without a named standard, filing takes the default of the offence.
  const missing = needs.find((field) => field !== 'standard' && body[field] === undefined);
  if (missing !== undefined)
    throw new XunjieError('bad_request', `body.${missing}: ${action} needs a ${missing}`, {
      details: { field: `body.${missing}` },
    });
  const useless = (['unit', 'standard'] as const).find(
    (field) => body[field] !== undefined && !needs.includes(field),
  );
  if (useless !== undefined)
    throw new XunjieError('bad_request', `body.${useless}: ${action} takes no ${useless}`, {
      details: { field: `body.${useless}` },
    });
}

async function updateCase(db: DatabaseTransaction, after: Row<'case_file'>): Promise<void> {
  const { case_no: caseNo, ...values } = after;
  await db.updateTable('case_file').set(values).where('case_no', '=', caseNo).execute();
}

function toOpinion({ reason, note }: ActionBody): string | null {
  const words = [reason, note].filter((text) => text !== undefined && text.trim() !== '');
  return words.length === 0 ? null : words.join('; ');
}
